// SPDX-License-Identifier: MIT
// Speculative decoding outcome by outcome: scripted random numbers, a walk over all that they can
// lead to, a drafter of a table and rules as one type.
#pragma once

#include "support/models.hpp"

#include <logitkit/decode/speculative.hpp>
#include <logitkit/process/chain.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>

#include <map>
#include <set>

namespace test {

/// Which random number was asked for.
struct Question {
  char stream;  // 'n'ext, 'd'rafts or 't'ests
  std::uint64_t round, index;
  friend auto operator<=>(const Question&, const Question&) = default;
};

/// Numbers, in units of 2^-53, in the order in which they are first asked for; the largest where
/// there are no more. And what happened: questions, and whatever the others have noted.
struct Script {
  static constexpr std::uint64_t kNumbers = std::uint64_t{1} << 53;

  std::vector<std::uint64_t> numbers;
  std::vector<Question> asked;
  std::vector<lk::Token> noted;

  double answer(const Question& question) {
    const auto place = std::find(asked.begin(), asked.end(), question);
    const auto at = static_cast<std::size_t>(place - asked.begin());
    if (place == asked.end()) asked.push_back(question);
    return static_cast<double>(at < numbers.size() ? numbers[at] : kNumbers - 1) * 0x1p-53;
  }
};

/// How the numbers are keyed: the right way, and wrong ones.
enum class Keys { right, tests_are_drafts, tests_by_position, drafts_by_position };

/// The three streams, from a script.
class ScriptedNumbers {
 public:
  explicit ScriptedNumbers(Script& script, Keys keys = Keys::right)
      : script_(&script), keys_(keys) {}

  struct Stream {
    Script* script;
    char name;
    std::uint64_t round, first;
    double operator()(std::uint64_t index) const {
      return script->answer({name, round, first + index});
    }
  };

  double operator()(std::uint64_t position) const { return script_->answer({'n', 0, position}); }
  [[nodiscard]] Stream drafts(std::uint64_t round) const {
    return {script_, 'd', keys_ == Keys::drafts_by_position ? 0 : round, 0};
  }
  [[nodiscard]] Stream tests(std::uint64_t round) const {
    if (keys_ == Keys::tests_are_drafts) return {script_, 'd', round, round};
    if (keys_ == Keys::tests_by_position) return {script_, 't', 0, round};
    return {script_, 't', round, 0};
  }

 private:
  Script* script_;
  Keys keys_;
};
static_assert(lk::SpeculativeDecider<ScriptedNumbers>);

/// The law of run(script) -> tokens. A number matters only by where it lies between the points at
/// which something changes; these are found by bisection, in which points found before, for the
/// same question, are tried first.
template <class Run>
std::map<std::vector<lk::Token>, long double> enumerate_speculation(const Run& run) {
  std::map<std::vector<lk::Token>, long double> law;
  std::map<Question, std::set<std::uint64_t>> points;
  Script script;
  struct Behaviour {
    std::vector<Question> asked;
    std::vector<lk::Token> noted, tokens;
    bool operator==(const Behaviour&) const = default;
  };
  const auto behaviour = [&]() -> Behaviour {
    script.asked.clear();
    script.noted.clear();
    auto tokens = run(script);
    return {script.asked, script.noted, std::move(tokens)};
  };
  const auto walk = [&](const auto& self, long double weight) -> void {
    const Behaviour open = behaviour();
    const std::size_t depth = script.numbers.size();
    if (open.asked.size() == depth) {
      law[open.tokens] += weight;
      return;
    }
    auto& known = points[open.asked[depth]];
    script.numbers.push_back(0);
    for (std::uint64_t begin = 0; begin < Script::kNumbers;) {
      script.numbers.back() = begin;
      const Behaviour expected = behaviour();
      const auto same = [&](std::uint64_t number) {
        script.numbers.back() = number;
        return behaviour() == expected;
      };
      std::uint64_t last = begin, beyond = Script::kNumbers;
      std::vector<std::uint64_t> tries(known.upper_bound(begin), known.end());
      const auto changed =
          std::partition_point(tries.begin(), tries.end(), [&](auto point) { return same(point); });
      if (changed != tries.begin()) last = *(changed - 1);
      if (changed != tries.end()) beyond = *changed;
      if (last + 1 < beyond && same(beyond - 1)) last = beyond - 1;
      while (last + 1 < beyond) {
        const std::uint64_t middle = last + (beyond - last) / 2;
        (same(middle) ? last : beyond) = middle;
      }
      if (beyond < Script::kNumbers) known.insert(beyond);
      script.numbers.back() = begin;
      self(self, weight * static_cast<long double>(beyond - begin) * 0x1p-53L);
      begin = beyond;
    }
    script.numbers.pop_back();
  };
  walk(walk, 1);
  return law;
}

/// A small model by the last token, with a chain of its own. What it says that it has drawn from
/// may be wrong on purpose.
class TableDrafter {
 public:
  enum class Says { truth, before_truncation, certain, certain_as_drawn };

  TableDrafter(const TableModel<double>& table, double temperature, std::size_t k,
               Says says = Says::truth, Script* script = nullptr)
      : table_(&table),
        chain_(lk::Temperature{temperature}, lk::TopK{k}),
        says_(says),
        script_(script) {}

  [[nodiscard]] lk::Draft propose(const lk::Context& context, std::size_t n, const auto& decider) {
    tokens_.clear();
    drawn_from_.resize(n);
    std::vector<lk::Token> all(context.tokens.begin(), context.tokens.end());
    lk::Workspace workspace;
    for (std::size_t i = 0; i < n; ++i) {
      const auto row = (*table_)(all);
      lk::Candidates candidates(row, workspace);
      if (says_ == Says::before_truncation) drawn_from_[i].assign(candidates);
      chain_(candidates, context);
      const bool by_chance = says_ == Says::truth || says_ == Says::before_truncation;
      const lk::Token token = by_chance ? candidates.draw(decider(all.size())) : candidates.best();
      if (says_ != Says::before_truncation) drawn_from_[i].assign(candidates);
      tokens_.push_back(token);
      all.push_back(token);
      if (script_ != nullptr) script_->noted.push_back(token);
    }
    if (says_ == Says::certain) return {tokens_, {}};
    return {tokens_, drawn_from_};
  }

 private:
  const TableModel<double>* table_;
  lk::Chain<lk::Temperature<double>, lk::TopK<std::size_t>> chain_;
  Says says_;
  Script* script_;
  std::vector<lk::Token> tokens_;
  std::vector<lk::Probabilities> drawn_from_;
};
static_assert(lk::Drafter<TableDrafter>);

/// Any rule, so that a decoder is compiled once.
class AnyRule {
 public:
  using Target = std::function<const lk::Probabilities&(std::size_t)>;
  using Numbers = std::function<double(std::size_t)>;

  template <class Rule>
    requires(!std::same_as<Rule, AnyRule>)
  AnyRule(Rule rule) : rule_(std::move(rule)) {}

  /// The same, which notes its verdicts.
  [[nodiscard]] AnyRule noting(Script& script) const {
    AnyRule other = *this;
    other.script_ = &script;
    return other;
  }

  lk::Verdict operator()(const Target& target, const lk::Draft& draft, const Numbers& tests,
                         const Numbers& next) const {
    const lk::Verdict verdict = rule_(target, draft, tests, next);
    if (script_ != nullptr) {
      script_->noted.push_back(static_cast<lk::Token>(verdict.accepted));
      script_->noted.push_back(verdict.next);
    }
    return verdict;
  }

 private:
  std::function<lk::Verdict(const Target&, const lk::Draft&, const Numbers&, const Numbers&)> rule_;
  Script* script_ = nullptr;
};

}  // namespace test
