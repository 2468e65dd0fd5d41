// SPDX-License-Identifier: MIT
// The registry: each name of it, the order of the rows, what its values for "off" leave out.
#include "support/catch.hpp"

#include <logitkit/presets/registry.hpp>

#include <set>

namespace lk = logitkit;

namespace {

std::string chain_of(const lk::Parameters& parameters) {
  lk::detail::ParameterReader reader(parameters);
  reader.read(lk::detail::Registry<>::kRows);
  CHECK(reader.complaints.empty());
  return to_string(reader.chain);
}

const lk::Value::Tokens kTokens{7};

}  // namespace

TEST_CASE("every parameter and alias makes its processor") {
  CHECK(chain_of({{"logit_bias", lk::Value::Biases{{3, -1.5}}}}) == "logit_bias([3: -1.5])");
  CHECK(chain_of({{"sequence_bias", lk::Value::SequenceBiases{{{1, 2}, 1}}}}) == "sequence_bias");
  CHECK(chain_of({{"encoder_repetition_penalty", 2}, {"encoder_input_ids", kTokens}}) ==
        "encoder_repetition_penalty(r=2, tokens=[7])");
  CHECK(chain_of({{"repetition_penalty", 1.1}}) == "repetition_penalty(1.1)");
  CHECK(chain_of({{"repeat_penalty", 1.1}}) == "repetition_penalty(1.1)");
  CHECK(chain_of({{"frequency_penalty", -0.5}}) == "frequency_penalty(-0.5)");
  CHECK(chain_of({{"presence_penalty", 0.5}}) == "presence_penalty(0.5)");
  CHECK(chain_of({{"no_repeat_ngram_size", 3}}) == "no_repeat_ngram(3)");
  CHECK(chain_of({{"encoder_no_repeat_ngram_size", 3}, {"encoder_input_ids", kTokens}}) ==
        "encoder_no_repeat_ngram(3)");
  CHECK(chain_of({{"bad_words_ids", lk::Value::Sequences{{1, 2}}}}) == "ban_sequences");
  CHECK(chain_of({{"min_length", 3}, {"eos_token_id", 7}}) == "min_length(n=3, end_tokens=[7])");
  CHECK(chain_of({{"min_tokens", 3}, {"stop_token_ids", kTokens}}) ==
        "min_new_tokens(n=3, end_tokens=[7])");
  CHECK(chain_of({{"allowed_token_ids", kTokens}}) == "allow_only([7])");
  CHECK(chain_of({{"forced_bos_token_id", 7}}) == "force_first(7)");
  CHECK(chain_of({{"forced_eos_token_id", 7}, {"max_tokens", 30}}) ==
        "force_last(max_new_tokens=30, end_tokens=[7])");
  CHECK(chain_of({{"exponential_decay_length_penalty", lk::Value::Biases{{5, 1.2}}},
                  {"eos_token_id", 7}}) ==
        "exponential_length_decay(start=5, factor=1.2, end_tokens=[7])");
  CHECK(chain_of({{"suppress_tokens", kTokens}}) == "ban([7])");
  CHECK(chain_of({{"bad_token_ids", kTokens}}) == "ban([7])");
  CHECK(chain_of({{"begin_suppress_tokens", kTokens}}) == "suppress_at_start([7])");
  CHECK(chain_of({{"min_eos_p", 0.2}, {"eos_token_id", 7}}) ==
        "end_prioritizer(p=0.2, end_tokens=[7])");
  CHECK(chain_of({{"dry_multiplier", 0.8}, {"dry_penalty_last_n", 100}, {"dry_base", 2}}) ==
        "dry(multiplier=0.8, base=2, allowed_length=2, last=100)");
  CHECK(chain_of({{"temperature", 0.8}}) == "temperature(0.8)");
  CHECK(chain_of({{"temp", 0}}) == "temperature(0)");
  CHECK(chain_of({{"temp", 0.8}, {"dynatemp_range", 0.3}}) ==
        "dynamic_temperature(min=0.5, max=1.1, exponent=1)");
  CHECK(chain_of({{"dynatemp_range", 0.5}, {"dynatemp_exponent", 2}}) ==
        "dynamic_temperature(min=0.5, max=1.5, exponent=2)");
  CHECK(chain_of({{"temp", 0}, {"dynatemp_range", 0.3}}) == "temperature(0)");
  CHECK(chain_of({{"smoothing_factor", 0.3}, {"smoothing_curve", 2}}) ==
        "quadratic_smoothing(factor=0.3, curve=2)");
  CHECK(chain_of({{"top_n_sigma", 1.5}}) == "top_n_sigma(1.5)");
  CHECK(chain_of({{"top_nsigma", 1.5}}) == "top_n_sigma(1.5)");
  CHECK(chain_of({{"top_h", 0.5}}) == "top_h(alpha=0.5, hugging_face=true)");
  CHECK(chain_of({{"top_h", 1}}).empty());
  CHECK(chain_of({{"top_k", 40}}) == "top_k(40)");
  CHECK(chain_of({{"top_p", 0.95}, {"min_keep", 2}}) == "top_p(p=0.95, min_keep=2)");
  CHECK(chain_of({{"min_p", 0.05}}) == "min_p(0.05)");
  CHECK(chain_of({{"top_a", 0.2}}) == "top_a(0.2)");
  CHECK(chain_of({{"typ_p", 0.9}}) == "typical(0.9)");
  CHECK(chain_of({{"epsilon_cutoff", 0.0003}}) == "epsilon(0.0003)");
  CHECK(chain_of({{"eta_cutoff", 0.0006}}) == "eta(0.0006)");
  CHECK(chain_of({{"p_less", true}}) == "p_less");
  CHECK(chain_of({{"xtc_probability", 0.5}, {"seed", 1}}) == "xtc(q=0.5, threshold=0.1)");
  CHECK(chain_of({{"xtc_probability", 0.5}, {"xtc_threshold", 0.2}, {"min_tokens_to_keep", 3}}) ==
        "xtc(q=0.5, threshold=0.2, min_keep=3)");
  CHECK(chain_of({{"tfs_z", 0.9}}) == "tail_free(0.9)");
  CHECK(chain_of({{"tfs", 0.9}}) == "tail_free(0.9)");
  CHECK(chain_of({{"adaptive_target", 0.3}}) == "adaptive_p(target=0.3, decay=0.9)");
  CHECK(chain_of({{"mirostat", 2}, {"mirostat_tau", 3}}) == "mirostat(tau=3, eta=0.1)");
  CHECK(chain_of({{"mirostat", 1}}) == "mirostat(tau=5, eta=0.1, version=1)");
  CHECK(chain_of({{"target_prefix", kTokens}}) == "force_prefix([7])");
  CHECK(chain_of({{"thinking_token_budget", 64},
                  {"think_start_token_ids", kTokens},
                  {"think_end_token_ids", 8}}) == "thinking_budget(n=64, begin=[7], end=[8])");
  CHECK(chain_of({{"reasoning_budget", 0},
                  {"think_start_token_ids", 7},
                  {"think_end_token_ids", 8},
                  {"think_forced_token_ids", lk::Value::Tokens{5, 8}}}) ==
        "thinking_budget(n=0, begin=[7], end=[8], forced=[5, 8])");
  CHECK(chain_of({{"watermark_bias", 2}, {"vocab_size", 100}}) == "green_list_watermark(2)");
  CHECK(chain_of({{"watermark_bias", 2.5},
                  {"vocab_size", 100},
                  {"greenlist_ratio", 0.5},
                  {"hashing_key", 15485863},
                  {"context_width", 4},
                  {"watermark_self_hash", true}}) ==
        "green_list_watermark(bias=2.5, ratio=0.5, self_hash=true, context=4)");
  CHECK(chain_of({{"renormalize_logits", true}}) == "softmax");
}

TEST_CASE("a window is that of all penalties, and counts the prompt, as in llama.cpp and Ollama") {
  CHECK(chain_of({{"repeat_last_n", 64}, {"repeat_penalty", 1.1}, {"presence_penalty", 1}}) ==
        "repetition_penalty(r=1.1, last=64) > presence_penalty(a=1, last=64, skip_prompt=0)");
  CHECK(chain_of({{"repeat_last_n", -1}, {"repeat_penalty", 1.1}}) == "repetition_penalty(1.1)");
}

TEST_CASE("a value that means off adds nothing") {
  CHECK(chain_of({{"repetition_penalty", 1},
                  {"frequency_penalty", 0},
                  {"presence_penalty", 0.0},
                  {"min_new_tokens", 0},
                  {"temperature", 1},
                  {"top_k", 0},
                  {"top_p", 1.0},
                  {"min_p", 0},
                  {"renormalize_logits", false}}) == "");
  CHECK(chain_of({{"top_k", -1}}) == "");
  CHECK(chain_of({{"dry_multiplier", 0},
                  {"smoothing_factor", 0},
                  {"top_n_sigma", -1},
                  {"tfs_z", 1},
                  {"top_a", 0},
                  {"adaptive_target", -1},
                  {"mirostat", 0},
                  {"thinking_token_budget", -1},
                  {"watermark_bias", 0},
                  {"typical", 1},
                  {"epsilon_cutoff", 0},
                  {"eta_cutoff", 0},
                  {"p_less", false},
                  {"xtc_probability", 0},
                  {"no_repeat_ngram_size", 0},
                  {"min_length", 0},
                  {"min_eos_p", 1},
                  {"repeat_last_n", 64}}) == "");
}

TEST_CASE("what a parameter lacks, and a number out of range, is told by name") {
  const auto complaints = [](const lk::Parameters& parameters) {
    lk::detail::ParameterReader reader(parameters);
    reader.read(lk::detail::Registry<>::kRows);
    return reader.complaints;
  };
  using Sentences = std::vector<std::string>;
  CHECK(complaints({{"thinking_token_budget", 5}}) ==
        Sentences{"thinking_token_budget needs think_start_token_ids",
                  "thinking_token_budget needs think_end_token_ids"});
  CHECK(
      complaints({{"thinking_token_budget", -2},
                  {"think_start_token_ids", kTokens},
                  {"think_end_token_ids", kTokens}}) ==
      Sentences{"thinking_token_budget, think_start_token_ids, think_end_token_ids: n must satisfy "
                "n >= 0, got -2"});
  CHECK(complaints({{"thinking_token_budget", 5}, {"think_start_token_ids", kTokens}}) ==
        Sentences{"thinking_token_budget needs think_end_token_ids"});
  CHECK(complaints({{"mirostat", -1}}) ==
        Sentences{"mirostat must satisfy mirostat = 0, 1 or 2, got -1"});
  CHECK(complaints({{"watermark_bias", 2}}) ==
        Sentences{"watermark_bias: vocabulary must satisfy 1 <= vocabulary <= 2^24, got 0"});
  // Refused before it takes 8 GB.
  CHECK(
      complaints({{"watermark_bias", 2}, {"vocab_size", 0x7fffffff}}) ==
      Sentences{"watermark_bias, vocab_size: vocabulary must satisfy 1 <= vocabulary <= 2^24, got "
                "2147483647"});
  CHECK(complaints({{"watermark_bias", 2}, {"vocab_size", 50}, {"hashing_key", -1}}) ==
        Sentences{"hashing_key must satisfy 0 <= hashing_key <= 4294967295, got -1"});
  CHECK(complaints({{"watermark_bias", 2}, {"vocab_size", 50}, {"hashing_key", 1ll << 32}}) ==
        Sentences{"hashing_key must satisfy 0 <= hashing_key <= 4294967295, got 4294967296"});
}

TEST_CASE("no name is in two rows, but for what they share") {
  const std::set<std::string_view> shared{"eos_token_id|stop_token_ids",
                                          "encoder_input_ids",
                                          "repeat_last_n|penalty_last_n",
                                          "min_keep|min_tokens_to_keep",
                                          "max_new_tokens|max_tokens|n_predict|num_predict",
                                          "seed|random_seed"};
  std::set<std::string_view> seen;
  for (const auto& row : lk::detail::Registry<>::kRows) {
    for (std::string_view left = row.parameters; !left.empty();) {
      std::string_view names = lk::detail::cut_word(left, ' ');
      if (shared.contains(names)) continue;
      while (!names.empty()) {
        const std::string_view name = lk::detail::cut_word(names, '|');
        CAPTURE(name);
        CHECK(seen.insert(name).second);
      }
    }
  }
}
