// SPDX-License-Identifier: MIT
// The arguments of Hugging Face's generate(), as they stand in golden files.
#pragma once

#include "golden/cases.hpp"

#include <logitkit/presets/huggingface.hpp>

namespace golden {

/// The chain that it builds of them.
inline lk::DynamicChain chain_of(const json& given) {
  lk::presets::HuggingFace to;
  const auto read = [&](const char* name, auto& field) {
    if (given.contains(name)) given.at(name).get_to(field);
  };
  read("do_sample", to.do_sample);
  read("sequence_bias", to.sequence_bias);
  read("repetition_penalty", to.repetition_penalty);
  read("no_repeat_ngram_size", to.no_repeat_ngram_size);
  read("bad_words_ids", to.bad_words_ids);
  read("min_length", to.min_length);
  read("min_new_tokens", to.min_new_tokens);
  read("eos_token_id", to.eos_token_id);
  read("forced_bos_token_id", to.forced_bos_token_id);
  if (given.contains("forced_eos_token_id"))
    to.forced_eos_token_id = {given["forced_eos_token_id"]};
  read("max_length", to.max_length);
  read("exponential_decay_length_penalty", to.exponential_decay_length_penalty);
  read("suppress_tokens", to.suppress_tokens);
  read("temperature", to.temperature);
  read("top_h", to.top_h);
  read("top_k", to.top_k);
  read("top_p", to.top_p);
  read("min_p", to.min_p);
  read("typical_p", to.typical_p);
  read("epsilon_cutoff", to.epsilon_cutoff);
  read("eta_cutoff", to.eta_cutoff);
  read("num_beams", to.num_beams);
  read("renormalize_logits", to.renormalize_logits);
  return huggingface(to);
}

}  // namespace golden
