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

TEST_CASE("Every parameter and alias makes its processor") {
  CHECK(chain_of({{"logit_bias", lk::Value::Biases{{3, -1.5}}}}) == "logit_bias([3: -1.5])");
  CHECK(chain_of({{"repetition_penalty", 1.1}}) == "repetition_penalty(1.1)");
  CHECK(chain_of({{"repeat_penalty", 1.1}}) == "repetition_penalty(1.1)");
  CHECK(chain_of({{"frequency_penalty", -0.5}}) == "frequency_penalty(-0.5)");
  CHECK(chain_of({{"presence_penalty", 0.5}}) == "presence_penalty(0.5)");
  CHECK(chain_of({{"suppress_tokens", kTokens}}) == "ban([7])");
  CHECK(chain_of({{"allowed_token_ids", kTokens}}) == "allow_only([7])");
  CHECK(chain_of({{"temperature", 0.8}}) == "temperature(0.8)");
  CHECK(chain_of({{"temp", 0}}) == "temperature(0)");
  CHECK(chain_of({{"top_k", 40}}) == "top_k(40)");
  CHECK(chain_of({{"top_p", 0.95}}) == "top_p(0.95)");
  CHECK(chain_of({{"min_p", 0.05}}) == "min_p(0.05)");
  CHECK(chain_of({{"renormalize_logits", true}}) == "softmax");
  CHECK(chain_of({{"min_tokens", 3}, {"stop_token_ids", kTokens}}) ==
        "min_new_tokens(n=3, end_tokens=[7])");
}

TEST_CASE("A value that means off adds nothing") {
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
}

TEST_CASE("No name is in two rows, but for what they share") {
  const std::set<std::string_view> shared{"eos_token_id|stop_token_ids"};
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
