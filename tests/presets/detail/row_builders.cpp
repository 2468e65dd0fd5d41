// SPDX-License-Identifier: MIT
// RowBuilders: what many rows share; the registry's test has those of one row.
#include <logitkit/presets/detail/row_builders.hpp>

#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/min_new_tokens.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_p.hpp>

#include "support/catch.hpp"

namespace lk = logitkit;
using Build = lk::detail::RowBuilders<>;

namespace {

/// What a row of the given names makes of parameters: a chain, or complaints.
std::string made(std::string_view names, void (*build)(lk::detail::ParameterReader&),
                 const lk::Parameters& parameters) {
  lk::detail::ParameterReader reader(parameters);
  const lk::detail::Registration row{names, build};
  reader.read({&row, 1});
  std::string text = to_string(reader.chain);
  for (const std::string& complaint : reader.complaints) text += complaint;
  return text;
}

}  // namespace

TEST_CASE("a processor of one parameter is built unless it is off") {
  const auto top_k = [](const lk::Parameters& given) {
    return made("k", &Build::of<lk::TopK<std::int64_t>, std::int64_t, 0, -1>, given);
  };
  CHECK(top_k({{"k", 3}}) == "top_k(3)");
  CHECK(top_k({{"k", -2}}) == "k: k must satisfy k >= 1, got -2");
  for (const lk::Parameters& off : {lk::Parameters{}, {{"k", 0}}, {{"k", -1}}}) {
    CHECK(top_k(off).empty());
  }
}

TEST_CASE("a list of tokens that is needed is asked for by name") {
  const auto at_least = [](const lk::Parameters& given) {
    return made("n ends", &Build::with_tokens<lk::MinNewTokens<std::int64_t>, std::int64_t, 0>,
                given);
  };
  CHECK(at_least({{"n", 3}, {"ends", 2}}) == "min_new_tokens(n=3, end_tokens=[2])");
  CHECK(at_least({{"n", 0}}).empty());
  CHECK(at_least({{"n", 3}}).find("n needs ends") != std::string::npos);
}

TEST_CASE("a truncation takes min_keep, and 0 as 1") {
  const auto top_p = [](const lk::Parameters& given) {
    return made("p min_keep", &Build::truncation<lk::TopP<double>, 1>, given);
  };
  CHECK(top_p({{"p", 0.5}, {"min_keep", 2}}) == "top_p(p=0.5, min_keep=2)");
  CHECK(top_p({{"p", 0.5}, {"min_keep", 0}}) == "top_p(0.5)");
  CHECK(top_p({{"p", 1}, {"min_keep", 2}}).empty());
}

TEST_CASE("a penalty counts what has been generated, or a window of all tokens") {
  const auto penalty = [](const lk::Parameters& given) {
    return made("a repeat_last_n", &Build::penalty<lk::FrequencyPenalty<double>, 0, false>, given);
  };
  CHECK(penalty({{"a", 0.5}}) == "frequency_penalty(0.5)");
  CHECK(penalty({{"a", 0.5}, {"repeat_last_n", 64}}) ==
        "frequency_penalty(a=0.5, last=64, skip_prompt=0)");
  CHECK(penalty({{"a", 0.5}, {"repeat_last_n", -1}}) == "frequency_penalty(a=0.5, skip_prompt=0)");
  CHECK(penalty({{"repeat_last_n", 64}}).empty());
}
