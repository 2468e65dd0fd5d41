// SPDX-License-Identifier: MIT
// PrefixAllowed: what the function returns is what is kept; an empty answer is a status.
#include "support/catch.hpp"

#include "reference/constraints.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/prefix_allowed.hpp>

#include <array>
#include <functional>
#include <map>

namespace lk = logitkit;
using reference::Scores;
using reference::Tokens;

namespace {

constexpr auto b = reference::kBanned;

/// A trie of texts, as a map from each beginning to what may follow.
struct Trie {
  std::map<Tokens, Tokens> next;

  explicit Trie(const std::vector<Tokens>& texts) {
    for (const Tokens& text : texts) {
      for (std::size_t n = 0; n < text.size(); ++n) {
        next[Tokens(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(n))].push_back(
            text[n]);
      }
    }
  }
  [[nodiscard]] std::span<const lk::Token> after(std::span<const lk::Token> text) const {
    const auto found = next.find(Tokens(text.begin(), text.end()));
    return found == next.end() ? std::span<const lk::Token>() : found->second;
  }
};

}  // namespace

TEMPLATE_TEST_CASE("PrefixAllowed agrees with the twin of AllowOnly", "", float, double) {
  const lk::PrefixAllowed only_0{[](const lk::Context&) { return Tokens{0, 0}; }};
  static_assert(lk::Processor<decltype(only_0)>);
  static_assert(!lk::StatefulProcessor<decltype(only_0)>);
  reference::agree<TestType>(only_0, [](const Scores& s) { return reference::allow_only(s, {0}); });
}

TEMPLATE_TEST_CASE("PrefixAllowed follows a trie, whose nodes it reads in place", "", float,
                   double) {
  const Trie trie({{1, 2, 0}, {1, 3, 0}, {2, 0}});
  const lk::PrefixAllowed allowed{
      [&](const lk::Context& context) { return trie.after(context.generated()); }};
  const std::vector<TestType> row{1, 2, 3, 4, 5};
  const auto scores = [&](Tokens tokens) {
    tokens.insert(tokens.begin(), {4, 4});
    return reference::after(allowed, row, {tokens, 2});
  };
  CHECK(scores({}) == Scores{b, 2, 3, b, b});
  CHECK(scores({1}) == Scores{b, b, 3, 4, b});
  CHECK(scores({1, 3}) == Scores{1, b, b, b, b});
  CHECK(scores({2}) == Scores{1, b, b, b, b});
}

TEMPLATE_TEST_CASE("PrefixAllowed of no token leaves nothing, and does not throw", "[peers]", float,
                   double) {
  const std::vector<TestType> row{1, static_cast<TestType>(b)};
  const auto status = [&](const Tokens& tokens) {
    const lk::PrefixAllowed allowed{[&](const lk::Context&) { return tokens; }};
    return reference::status_after(allowed, row);
  };
  CHECK(status({}) == lk::Status::nothing_left);
  CHECK(status({1}) == lk::Status::nothing_left);
  CHECK(status({2}) == lk::Status::token_out_of_range);
  CHECK(status({0, 1}) == lk::Status::ok);
}

TEST_CASE("PrefixAllowed takes a function that returns any contiguous range of tokens") {
  const std::vector<float> row{1, 2, 3};
  const Tokens list{2, 0};
  const auto check = [&](const auto& allowed) {
    CHECK(reference::after(allowed, row) == Scores{1, b, 3});
  };
  check(lk::PrefixAllowed{[&](const lk::Context&) -> const Tokens& { return list; }});
  check(lk::PrefixAllowed{[](const lk::Context&) { return std::array<lk::Token, 2>{0, 2}; }});
  check(lk::PrefixAllowed{[&](const lk::Context&) { return std::span(list); }});
  const std::function<Tokens(const lk::Context&)> any = [&](const lk::Context&) { return list; };
  check(lk::PrefixAllowed{any});
}

TEST_CASE("PrefixAllowed keeps NaN in the row a bad row") {
  const std::vector<float> row{1, std::numeric_limits<float>::quiet_NaN(), 2};
  const lk::PrefixAllowed only_0{[](const lk::Context&) { return Tokens{0}; }};
  CHECK(reference::status_after(only_0, row) == lk::Status::not_a_number);
  CHECK(reference::status_after(only_0, std::vector<float>{}) == lk::Status::wrong_length);
}
