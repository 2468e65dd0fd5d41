// SPDX-License-Identifier: MIT
// Request: parameters by their usual names, made into a chain and a decoder's options.
#pragma once

#include <logitkit/presets/registry.hpp>

#include <string>
#include <utility>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// What a server's request comes to:
///
///   const Parameters parameters{{"temperature", 0.8}, {"top_k", 40}, {"seed", 42}};
///   for (const std::string& complaint : Request::complaints(parameters)) ...  // and answer 400
///   const Request request(parameters);
///   RandomDecoder(request.chain, request.random).decode(model, prompt, request.limits);
///
/// Names are those of Hugging Face, vLLM, llama.cpp and Ollama. Which there are, and in what order
/// the processors run, is the table at the end of registry.hpp, whatever the order given: biases,
/// penalties, constraints, dry, temperature and smoothing, truncations, xtc, adaptive_p, mirostat,
/// watermark, renormalize_logits, each on what the one before has left. It is Hugging Face's order,
/// with what that lacks beside its like; presets:: has the engines' own. A value that means "off"
/// (top_k 0 or -1, top_p 1, penalties 0 or 1) adds nothing.
/// temperature 0 keeps the best token alone; of equal tokens at an edge the lower stay.
/// to_string(chain) shows what runs.
struct Request {
  DynamicChain chain{};
  RandomOptions random{};
  Limits limits{};

  /// Refuses what `complaints` lists.
  template <class Registry = detail::Registry<>>
  explicit Request(const Parameters& parameters) {
    detail::ParameterReader reader(parameters);
    reader.read(Registry::kRows);
    chain = std::move(reader).finish();
    random = reader.random;
    limits = std::move(reader.limits);
  }

  /// Everything that is wrong, a sentence each: "top_p: p must satisfy 0 < p <= 1, got 1.5",
  /// "top_k must be a whole number, got 0.5", "unknown parameter 'top_q'"; empty if nothing is.
  /// Tokens that go with something that is off are not looked at.
  template <class Registry = detail::Registry<>>
  [[nodiscard]] static std::vector<std::string> complaints(const Parameters& parameters) {
    detail::ParameterReader reader(parameters);
    reader.read(Registry::kRows);
    return reader.complaints;
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI
