// SPDX-License-Identifier: MIT
// Observer: who gets each token as soon as it is certain to stay. NoObserver: nobody.
#pragma once

#include <logitkit/stop/first_met.hpp>

namespace logitkit::inline LOGITKIT_ABI {

struct NoObserver {
  void operator()(Token) const {}
};

/// Called with each generated token, in order. May return a bool, of which false ends the run;
/// anything else that it returns is ignored.
template <class O>
concept Observer = std::invocable<O&, Token>;

namespace detail {

template <class O>
[[nodiscard]] bool notify(O& observer, Token token) {
  if constexpr (std::same_as<std::invoke_result_t<O&, Token>, bool>) {
    return observer(token);
  } else {
    static_cast<void>(observer(token));
    return true;
  }
}

/// Streams generated tokens, but waits with those that may still become a stop sequence, and never
/// hands out the stop sequence itself.
class CertainTokens {
 public:
  explicit CertainTokens(const Limits& limits) : limits_(limits) {}

  /// Hands out what has become certain; false if the observer wants to stop, which is final.
  template <class O>
  [[nodiscard]] bool advance(O& observer, std::span<const Token> generated, StopReason reason) {
    if constexpr (std::same_as<std::remove_cv_t<O>, NoObserver>) return true;  // for nothing
    std::size_t certain = generated.size();
    certain -= reason == StopReason::none ? StopSequence{limits_.stop_sequences}.pending(generated)
                                          : FirstMet{limits_}.stop_size(reason, generated);
    while (open_ && handed_out_ < certain) open_ = notify(observer, generated[handed_out_++]);
    return open_;
  }

 private:
  const Limits& limits_;
  std::size_t handed_out_ = 0;
  bool open_ = true;
};

}  // namespace detail

}  // namespace logitkit::inline LOGITKIT_ABI
