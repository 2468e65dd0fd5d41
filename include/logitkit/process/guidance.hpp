// SPDX-License-Identifier: MIT
// Guidance: away from what the model would say without, say, the instruction (classifier-free).
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>
#include <logitkit/math/log_sum_exp.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// What Guidance works on.
enum class Guided : std::uint8_t {
  log_probabilities,  ///< log_softmax of both rows. Hugging Face: UnbatchedClassifierFreeGuidance
  logits,             ///< both as they are. Hugging Face: ClassifierFreeGuidance
};

/// score' = g * (s - u) + u, where s is the score and u that of the same token in a second row, the
/// model's without the condition: `second(context)` returns it, for any context, so that each beam
/// has its own. g finite: 1 is s alone (then nobody is asked for a second row), above 1 more of the
/// condition, 0 is u alone. Of log-probabilities, s is what comes in, normalised, and the result is
/// not normalised again; of logits, no constant is taken off either row.
///
/// Banned stays banned. A token that only the second row bans gets the limit: -inf for g < 1,
/// +inf, which is a bad status, for g > 1 (Hugging Face: NaN). Bad is also a second row with NaN or
/// +inf, with nothing but -inf, or of another length. On a narrowed set or a list it is the formula
/// for what is left. Cost: the second row is read once and weighed; before narrowing a write of V
/// scores; no memory of its own. Source: Sanchez et al. 2023, "Stay on topic with classifier-free
/// guidance", arXiv 2306.17806, equation 7.
template <class F>
class Guidance {
  static_assert(std::copy_constructible<F> && std::invocable<const F&, const Context&>,
                "logitkit: Guidance takes a function, copyable and callable as second(context) "
                "const with a const lk::Context&, that returns a row of logits");

 public:
  Guidance(double g, F second, Guided guided = Guided::log_probabilities)
      : g_(g), second_(std::move(second)), guided_(guided) {
    require(check(g));
  }

  [[nodiscard]] static std::string check(double g) {
    constexpr double kMax = std::numeric_limits<double>::max();
    return g >= -kMax && g <= kMax ? std::string() : misuse("Guidance", "g", "-inf < g < inf", g);
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context& context) const {
    static_assert(detail::explain_row<std::invoke_result_t<const F&, const Context&>>());
    if (candidates.status() != Status::ok) return;
    if (guided_ == Guided::log_probabilities) candidates.normalise();
    if (g_ == 1) return;

    decltype(auto) second = second_(context);
    const auto row = as_row(second);
    if (row.size() != candidates.vocabulary()) return candidates.fail(Status::wrong_length);
    const double total =
        row.visit([&](const auto* data) { return math::log_sum_exp(data, row.size()); });
    if (math::is_nan(total)) return candidates.fail(Status::not_a_number);
    if (total == kInfinity) return candidates.fail(Status::positive_infinity);
    if (total == -kInfinity) return candidates.fail(Status::nothing_left);
    const double off = guided_ == Guided::log_probabilities ? total : 0;
    candidates.transform([&](Token token, double score) {
      const double u = math::widen(row[static_cast<std::size_t>(token)]) - off;
      return std::fma(g_, score, (1 - g_) * u);
    });
  }

  void describe(auto& tell) const {
    tell("guidance", "g", g_).option("of_logits", guided_ == Guided::logits, false);
  }

 private:
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();

  double g_;
  F second_;
  Guided guided_;
};

static_assert(Processor<Guidance<Row<float> (*)(const Context&)>>);

}  // namespace logitkit::inline LOGITKIT_ABI
