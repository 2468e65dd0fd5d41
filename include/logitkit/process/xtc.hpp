// SPDX-License-Identifier: MIT
// Xtc: exclude top choices, removes now and then the tokens that everybody would have chosen.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/min_keep.hpp>
#include <logitkit/random/philox_decider.hpp>

namespace logitkit::inline LOGITKIT_ABI {

struct XtcOptions {
  std::uint64_t seed = 0;    ///< the same seed and logits give the same result, everywhere
  std::uint64_t stream = 0;  ///< independent numbers for the same seed, as in RandomOptions
  std::size_t min_keep = 1;  ///< where fewer would be left, nothing is removed; >= 1
};

/// With probability q, bans all tokens of probability >= threshold but the last of them, best
/// first; of equal ones the higher token is the last. Nothing happens where there are fewer than
/// two, so never for a threshold above 1/2. q in [0, 1], threshold in (0, 1].
/// Whether it happens is decided once a token by a number of its own, keyed by seed, stream and
/// position; the number that RandomDecoder draws with is another, also for equal seeds and streams.
/// An all-banned row stays as it is. Cost: nothing if it does not happen, else O(V) exponentials
/// and a sort of the at most 1 / threshold tokens. Source: p-e-w 2024, text-generation-webui pull
/// request 6335, which lets it be where a new line or the end would be banned; here, as in
/// llama.cpp, no token is special.
template <std::floating_point P = float, Decider D = PhiloxDecider>
class Xtc {
 public:
  Xtc(P q, P threshold, XtcOptions options = {})
    requires std::same_as<D, PhiloxDecider>
      : Xtc(q, threshold, PhiloxDecider(options.seed, options.stream ^ kStream), options.min_keep) {
  }

  /// With a decider of one's own, such as a test that tries both outcomes.
  Xtc(P q, P threshold, D decider, std::size_t min_keep = 1)
      : q_((require(check(q, threshold, {.min_keep = min_keep})), q)),
        threshold_(threshold),
        log_threshold_(math::log(double(threshold))),
        decider_(std::move(decider)),
        min_keep_(min_keep) {}

  [[nodiscard]] static std::string check(P q, P threshold, const XtcOptions& options = {}) {
    if (!(q >= 0 && q <= 1)) return misuse("Xtc", "q", "0 <= q <= 1", double(q));
    return threshold > 0 && threshold <= 1
               ? detail::check_min_keep("Xtc", options.min_keep)
               : misuse("Xtc", "threshold", "0 < threshold <= 1", double(threshold));
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context& context) const {
    if (!(decider_(context.position()) < double(q_)) || candidates.status() != Status::ok) return;
    const double most = 1 / double(threshold_);  // tokens can reach it
    const auto limit = double(candidates.vocabulary()) - double(min_keep_);
    const auto n = static_cast<std::size_t>(std::max(std::min(most + 1, limit), 0.0)) + min_keep_;
    const auto best = candidates.sorted(n);
    std::size_t top = 0;
    while (top < best.size() && candidates.log_probability(best[top].token) >= log_threshold_) {
      ++top;
    }
    if (top < 2 || best.size() - (top - 1) < min_keep_) return;
    for (const Candidate& each : best.first(top - 1)) candidates.ban(each.token);
  }

  void describe(auto& tell) const {
    tell("xtc", "q", q_, "threshold", threshold_).option("min_keep", min_keep_, 1);
  }

 private:
  static constexpr std::uint64_t kStream = 0x585443u << 8;  // "XTC": not that of any decoder

  P q_;
  P threshold_;
  double log_threshold_;
  D decider_;
  std::size_t min_keep_;
};

template <std::floating_point P>
Xtc(P, P, XtcOptions = {}) -> Xtc<P, PhiloxDecider>;

static_assert(Processor<Xtc<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
