// SPDX-License-Identifier: MIT
// presets::openai: the parameters of OpenAI's API, as a chain.
#pragma once

#include <logitkit/presets/detail/assembly.hpp>
#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/logit_bias.hpp>
#include <logitkit/process/presence_penalty.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_p.hpp>

#include <string>
#include <utility>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI::presets {

/// The fields of a request to the Chat Completions API, with its defaults and its ranges.
struct OpenAi {
  double temperature = 1;                              ///< in [0, 2]; 0 keeps the best token alone
  double top_p = 1;                                    ///< in [0, 1]; 0 keeps the best token alone
  double presence_penalty = 0;                         ///< in [-2, 2]; of what has been generated
  double frequency_penalty = 0;                        ///< in [-2, 2]; of what has been generated
  std::vector<std::pair<Token, double>> logit_bias{};  ///< each in [-100, 100]

  /// Everything that is wrong, a sentence each; empty if nothing is.
  template <class = void>
  [[nodiscard]] std::vector<std::string> complaints() const {
    return assembled().complaints;
  }

  /// What `openai` makes its chain of.
  template <class = void>
  [[nodiscard]] logitkit::detail::Assembly assembled() const {
    logitkit::detail::Assembly to;
    to.within(0, 2, "temperature", temperature);
    to.within(0, 1, "top_p", top_p);
    to.within(-2, 2, "presence_penalty", presence_penalty);
    to.within(-2, 2, "frequency_penalty", frequency_penalty);
    for (const auto& [token, bias] : logit_bias) to.within(-100, 100, "logit_bias", bias);
    if (!to.complaints.empty()) return to;

    if (!logit_bias.empty()) to.add<LogitBias<double>>("logit_bias", logit_bias);
    to.add_unless<FrequencyPenalty<double>>(0.0, "frequency_penalty", frequency_penalty);
    to.add_unless<PresencePenalty<double>>(0.0, "presence_penalty", presence_penalty);
    to.add_unless<Temperature<double>>(1.0, "temperature", temperature);
    to.add_unless<TopP<double>>(1.0, "top_p", to.least_if_0(top_p));
    return to;
  }
};

/// logit_bias > frequency_penalty > presence_penalty > temperature > top_p: the documented formula,
/// in which biases and penalties are added to the model's logits. What is off is left out.
/// Penalties count what has been sampled, not the prompt. The service's own top_p at the boundary
/// is not documented; ours is that of TopP. Refuses what `complaints` lists.
///
/// A template, as its parameters' functions are, so that only who calls it compiles the processors.
template <class = void>
[[nodiscard]] DynamicChain openai(const OpenAi& parameters = {}) {
  return parameters.assembled().finish();
}

}  // namespace logitkit::inline LOGITKIT_ABI::presets
