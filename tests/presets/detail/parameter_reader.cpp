// SPDX-License-Identifier: MIT
// ParameterReader: names and aliases, kinds, what is given twice, what nobody knows.
#include "support/catch.hpp"

#include <logitkit/presets/detail/parameter_reader.hpp>
#include <logitkit/process/min_new_tokens.hpp>

namespace lk = logitkit;
using Reader = lk::detail::ParameterReader;
using Complaints = std::vector<std::string>;

namespace {

constexpr lk::detail::Registration kRows[] = {
    {"min_new_tokens|min_tokens eos",
     [](Reader& reader) {
       const auto n = reader.get<std::int64_t>("min_new_tokens", 0);
       reader.build<lk::MinNewTokens<std::int64_t>>(n, reader.get<lk::Value::Tokens>("eos", {}));
     }},
    {"eos flag|f", [](Reader& reader) { static_cast<void>(reader.get<bool>("flag")); }},
};

std::pair<std::string, Complaints> read(const lk::Parameters& parameters) {
  Reader reader(parameters);
  reader.read(kRows);
  return {to_string(reader.chain), reader.complaints};
}

}  // namespace

TEST_CASE("a parameter is found under its name and its aliases") {
  const auto expected =
      std::pair<std::string, Complaints>{"min_new_tokens(n=3, end_tokens=[2])", {}};
  CHECK(read({{"min_new_tokens", 3}, {"eos", 2}}) == expected);
  CHECK(read({{"eos", 2}, {"min_tokens", 3}, {"f", true}}) == expected);
}

TEST_CASE("complaints name what the user wrote, in the order of the rows, unknown names last") {
  CHECK(read({{"who", 1}, {"min_tokens", -3}, {"eos", lk::Value::Tokens{}}, {"flag", 1}}).second ==
        Complaints{"min_tokens, eos: n must satisfy n >= 0, got -3",
                   "flag must be true or false, got 1", "unknown parameter 'who'"});
  CHECK(read({{"min_tokens", 2.5}, {"eos", true}}).second ==
        Complaints{"min_tokens must be a whole number, got 2.5",
                   "eos must be a list of tokens, got true"});
}

TEST_CASE("a value of another kind is refused by what it must be") {
  const auto complaint = []<class T>(T) {
    const lk::Parameters given{{"x", true}};
    Reader reader(given);
    static constexpr lk::detail::Registration kRow[] = {
        {"x", [](Reader& of) { static_cast<void>(of.get<T>("x")); }}};
    reader.read(kRow);
    return reader.complaints.at(0);
  };
  CHECK(complaint(1.5) == "x must be a number, got true");
  CHECK(complaint(std::int64_t(1)) == "x must be a whole number, got true");
  CHECK(complaint(lk::Value::Tokens()) == "x must be a list of tokens, got true");
  CHECK(complaint(lk::Value::Biases()) == "x must be a list of (token, bias), got true");
  CHECK(complaint(lk::Value::Sequences()) == "x must be a list of lists of tokens, got true");
  CHECK(complaint(lk::Value::SequenceBiases()) == "x must be a list of (tokens, bias), got true");
}

TEST_CASE("a parameter that is given twice is refused, once") {
  CHECK(read({{"min_tokens", 3}, {"min_new_tokens", 3}}).second ==
        Complaints{"min_new_tokens and min_tokens are the same, give one"});
  CHECK(read({{"eos", 3}, {"eos", 4}}).second == Complaints{"eos is given twice"});
}
