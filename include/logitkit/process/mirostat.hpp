// SPDX-License-Identifier: MIT
// Mirostat: truncates so that the surprise of what is generated stays near a target.
#pragma once

#include <logitkit/core/error.hpp>
#include <logitkit/process/detail/steered.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Which surprise an accepted token is said to have had.
enum class MirostatSurprise {
  original,  ///< in the distribution before truncation, as in the paper
  llama_cpp  ///< among what truncation has left, which is smaller
};

struct MirostatOptions {
  int version = 2;      ///< 1 or 2
  std::size_t m = 100;  ///< version 1: the exponent is estimated from the m best, >= 2
  MirostatSurprise surprise = MirostatSurprise::original;
};

/// Version 2 keeps a token iff its surprise -log2(probability) is <= mu bits; the best token stays.
/// Version 1 keeps the k best, k = floor((e 2^mu / (1 - V^-e))^(1/s)), at least one, where
/// e = s - 1 and s is Zipf's exponent: the least-squares slope of -ln(probability) over ln(rank),
/// between neighbours among the m best. Where these are as good as equal, s < 1e-6, all are kept.
/// mu begins at 2 tau; a token that is accepted takes it to mu - eta (surprise - tau). One that was
/// not kept in the row before it, or of which no row was seen (`decoder.next` with generated tokens
/// in its context), leaves mu as it is. tau in (0, +inf) bits, eta in [0, +inf), both finite.
/// Belongs last in a chain, before the draw. Equal scores: version 2 keeps all, version 1 the lower
/// tokens. An all-banned row stays empty. State: see detail::Steered; one object serves one thread
/// at a time. Cost: O(V) exponentials and O(kept), of which there are at most 2^mu.
/// Source: Basu et al. 2020, "Mirostat", arXiv 2007.14966, algorithm 1 and equation 30; version 2:
/// the authors' code.
template <std::floating_point P = float>
class Mirostat {
 public:
  explicit Mirostat(P tau = P(5), P eta = P(0.1), MirostatOptions options = {})
      : tau_(double(tau)), eta_(double(eta)), options_(options), mu_(2 * double(tau)) {
    require(check(tau, eta, options));
  }

  [[nodiscard]] static std::string check(P tau, P eta, const MirostatOptions& options = {}) {
    constexpr P kMax = std::numeric_limits<P>::max();
    if (!(tau > 0 && tau <= kMax)) return misuse("Mirostat", "tau", "0 < tau < inf", double(tau));
    if (!(eta >= 0 && eta <= kMax)) return misuse("Mirostat", "eta", "0 <= eta < inf", double(eta));
    if (options.version != 1 && options.version != 2) {
      return misuse("Mirostat", "version", "version = 1 or 2", double(options.version));
    }
    return options.m >= 2 ? std::string() : misuse("Mirostat", "m", "m >= 2", double(options.m));
  }

  /// The surprise that is allowed now, in bits.
  [[nodiscard]] double mu() const { return mu_.value(); }

  void accept(Token token) {
    mu_.accept(token,
               [this](double mu, double surprise) { return std::fma(-eta_, surprise - tau_, mu); });
  }
  void recall(const Mirostat& before) { mu_.recall(before.mu_); }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    mu_.begin_row(candidates.vocabulary());
    if (candidates.status_and_mass() != Status::ok) return;
    const double maximum = candidates.maximum(), allowed = mu() / math::kLog2E;  // in nats
    double least = -candidates.log_probability(candidates.best());               // the best one's
    if (options_.version == 1) {
      candidates.keep_top(best_to_keep(candidates));
    } else if (least > allowed) {
      candidates.keep_top(1);
    } else {
      candidates.keep_above(maximum + (least - allowed));
    }
    if (options_.surprise == MirostatSurprise::llama_cpp) {
      least = -candidates.log_probability(candidates.best());
    }
    for (const auto& [token, score] : candidates) {
      if (!candidates.contains(token)) continue;
      mu_.observe(token, (least + (maximum - score)) * math::kLog2E);
    }
  }

  void describe(auto& tell) const {
    tell("mirostat", "tau", tau_, "eta", eta_)
        .option("version", options_.version, 2)
        .option("m", options_.m, MirostatOptions().m)
        .option("llama_cpp", options_.surprise == MirostatSurprise::llama_cpp, false);
  }

 private:
  /// Version 1's k.
  template <std::floating_point S>
  [[nodiscard]] std::size_t best_to_keep(Candidates<S>& candidates) const {
    const auto best = candidates.sorted(options_.m);
    double products = 0, squares = 0;
    for (std::size_t i = 0; i + 1 < best.size(); ++i) {
      const double t = math::log(double(i + 2) / double(i + 1));
      products = std::fma(t, best[i].score - best[i + 1].score, products);
      squares = std::fma(t, t, squares);
    }
    const double s = std::min(products / squares, 1e300);  // more is not a number to divide by
    const double log_v = math::log(double(candidates.vocabulary()));
    if (!(s >= 1e-6)) return candidates.vocabulary();  // NaN, too: a single token
    const double e = s - 1;
    // e / (1 - V^-e), which is 1 / ln V where e is 0
    const double factor = std::abs(e) < 1e-9 ? 1 / log_v : e / (1 - math::exp(-e * log_v));
    const double log_k = (math::log(factor) + mu() / math::kLog2E) / s;
    return log_k >= log_v ? candidates.vocabulary()
                          : std::max<std::size_t>(1, static_cast<std::size_t>(math::exp(log_k)));
  }

  double tau_, eta_;
  MirostatOptions options_;
  detail::Steered mu_;
};

template <std::integral I>
Mirostat(I) -> Mirostat<float>;
template <std::floating_point P>
Mirostat(P, P, MirostatOptions = {}) -> Mirostat<P>;

static_assert(AcceptingProcessor<Mirostat<>> && RecallingProcessor<Mirostat<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
