// SPDX-License-Identifier: MIT
// Recording: what `decode` makes of a session's picks: a generation, and a stream of tokens.
#pragma once

#include <logitkit/decode/choose.hpp>
#include <logitkit/decode/observe.hpp>

namespace logitkit::inline LOGITKIT_ABI::detail {

template <class O>
class Recording {
 public:
  Recording(O& observer, const Limits& limits, StopReason reason)
      : observer_(observer), limits_(limits), certain_(limits) {
    generation_.reason = reason;
  }

  /// Notes a pick that was committed as the last one of these tokens, and whether they end with it;
  /// the observer may end them, too. False at the end.
  [[nodiscard]] bool take(const Pick& pick, std::span<const Token> generated, StopReason reason) {
    append(pick, generation_);
    generation_.reason = reason;
    const bool open = certain_.advance(observer_, generated, reason);
    return going() && (open || stop(StopReason::observer));
  }

  /// False, for who returns whether it goes on.
  bool stop(StopReason reason, Status status = Status::ok, std::exception_ptr error = {}) {
    generation_.reason = reason;
    generation_.status = status;
    generation_.error = std::move(error);
    return false;
  }

  [[nodiscard]] bool going() const { return generation_.reason == StopReason::none; }

  [[nodiscard]] Generation finish(std::span<const Token> generated) {
    generation_.tokens.assign(generated.begin(), generated.end());
    generation_.stop_size = FirstMet{limits_}.stop_size(generation_.reason, generated);
    // What was held back for a stop sequence that never came is certain now.
    static_cast<void>(certain_.advance(observer_, generated, generation_.reason));
    return std::move(generation_);
  }

 private:
  O& observer_;
  const Limits& limits_;
  CertainTokens certain_;
  Generation generation_{};
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
