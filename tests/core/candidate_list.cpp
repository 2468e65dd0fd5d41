// SPDX-License-Identifier: MIT
// Candidate lists: the same as a row that is narrowed to them, in any order; what is refused; and
// where the mass of the rest counts.
#include "support/allocations.hpp"

#include <logitkit/core/candidate_list.hpp>

#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/process/allow_only.hpp>
#include <logitkit/process/ban.hpp>
#include <logitkit/process/chain.hpp>
#include <logitkit/process/dynamic_temperature.hpp>
#include <logitkit/process/guidance.hpp>
#include <logitkit/process/logit_bias.hpp>
#include <logitkit/process/min_new_tokens.hpp>
#include <logitkit/process/min_p.hpp>
#include <logitkit/process/quadratic_smoothing.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/softmax.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_p.hpp>

#include "reference/inputs.hpp"
#include "reference/scores.hpp"
#include "support/catch.hpp"
#include "support/kept.hpp"
#include "support/weight_error.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

template <class S>
struct Part {
  Tokens tokens;
  std::vector<S> logits;
  std::size_t vocabulary;
  double rest;

  lk::CandidateList<S> list() const { return {tokens, logits, vocabulary, rest}; }
};

/// The best n of a row, best first, and ln of the sum of exp of the others.
template <class S>
Part<S> best_of(const std::vector<S>& row, std::size_t n) {
  reference::Scores scores(row.begin(), row.end());
  auto order = reference::best_first(scores);
  n = std::min(n, order.size());
  Part<S> part{{}, {}, row.size(), 0};
  for (std::size_t i = 0; i < n; ++i) {
    part.tokens.push_back(static_cast<lk::Token>(order[i]));
    part.logits.push_back(row[order[i]]);
    scores[order[i]] = reference::kBanned;
  }
  part.rest = double(reference::log_sum_exp(scores));
  return part;
}

template <class S>
lk::Status status_of(const Tokens& tokens, const std::vector<S>& logits, std::size_t vocabulary,
                     double rest = lk::CandidateList<S>::kNoRest) {
  lk::Workspace workspace;
  lk::Candidates set(lk::CandidateList{tokens, logits, vocabulary, rest}, workspace);
  if (set.status() != lk::Status::ok) {
    CHECK(set.draw(0.5) == lk::kNoToken);
    CHECK((set.sorted().empty() || set.status() == lk::Status::positive_infinity));
  }
  return set.status();
}

}  // namespace

TEMPLATE_TEST_CASE("a list of all tokens is the row, to the bit", "[candidates]", float, double) {
  using S = TestType;
  lk::Workspace workspace, other;
  for (const std::size_t size : reference::sizes()) {
    for (const auto& [name, row] : reference::inputs<S>(size)) {
      Part<S> part = best_of(row, size);
      CAPTURE(name, size);
      lk::Candidates whole(row, workspace);
      whole.keep_above(std::numeric_limits<double>::lowest());
      lk::Candidates listed(part.list(), other);
      CHECK(listed.narrowed());
      REQUIRE(test::kept(listed) == test::kept(whole));
      CHECK(listed.log_sum_exp() == whole.log_sum_exp());
      CHECK(listed.entropy() == whole.entropy());
      CHECK(listed.best() == whole.best());
      for (const double u : {0.0, 0.2, 0.7, 0.999}) CHECK(listed.draw(u) == whole.draw(u));
      whole.keep_mass(0.7), listed.keep_mass(0.7);
      CHECK(test::kept(listed) == test::kept(whole));
    }
  }
}

TEMPLATE_TEST_CASE("the best of a row and the mass of the rest are as good as the row",
                   "[candidates]", float, double) {
  using S = TestType;
  const auto row = reference::normal_row<S>(20000, 5, 3);
  const Part<S> part = best_of(row, 600);
  lk::Workspace workspace, other;
  const auto both = [&](const auto& compare) {
    lk::Candidates whole(row, workspace);
    lk::Candidates listed(part.list(), other);
    compare(whole, listed);
  };
  const auto near = [](double x) { return Catch::Approx(x).margin(4 * test::kWeightError<S>); };
  both([&](auto& whole, auto& listed) {
    CHECK(listed.vocabulary() == 20000);
    CHECK(listed.size() == 600);
    CHECK(listed.log_sum_exp() == near(whole.log_sum_exp()));
    for (const lk::Token token : {part.tokens[0], part.tokens[77], part.tokens[599]}) {
      CHECK(listed.log_probability(token) == near(whole.log_probability(token)));
      CHECK(listed.rank(token) == whole.rank(token));
    }
    CHECK(listed.log_sum_exp() > std::log(2.0) + part.rest);  // a good part is not in the list
  });
  both([&](auto& whole, auto& listed) {
    whole.normalise(), listed.normalise();
    CHECK(listed.log_sum_exp() == near(0));
    CHECK(listed.score(part.tokens[3]) == near(whole.score(part.tokens[3])));
    listed.normalise();
    CHECK(listed.log_sum_exp() == near(0));
    listed.shift(2);
    CHECK(listed.log_sum_exp() == near(2));
    CHECK(listed.log_probability(part.tokens[3]) == near(whole.log_probability(part.tokens[3])));
  });
  for (const double p : {0.05, 0.2, 0.5}) {
    both([&](auto& whole, auto& listed) {
      whole.keep_mass(p), listed.keep_mass(p);
      CHECK(test::kept(listed) == test::kept(whole));
      CHECK(listed.log_sum_exp() == whole.log_sum_exp());  // of what is kept alone
      for (const double u : {0.1, 0.5, 0.9}) CHECK(listed.draw(u) == whole.draw(u));
    });
  }
  both([&](auto&, auto& listed) {
    listed.keep_mass(0.99);  // more than there is in the list
    CHECK(listed.size() == 600);
    CHECK(listed.log_probability(part.tokens[0]) > std::log(1 / 600.0));
  });
}

TEMPLATE_TEST_CASE("what forgets the rest, and what keeps it", "[candidates]", float, double) {
  using S = TestType;
  const Tokens tokens{9, 4, 7};
  const std::vector<S> logits{2, 2, 2};
  const double rest = 2 + std::log(5.0);  // as much as five more
  lk::Workspace workspace;
  const auto after = [&](const auto& f) {  // 1 / the probability of a token
    lk::Candidates set(lk::CandidateList{tokens, logits, 100, rest}, workspace);
    f(set);
    return std::exp(-set.log_probability(4));
  };
  const auto near = [](double x) { return Catch::Approx(x).epsilon(1e-6); };
  CHECK(after([](auto&) {}) == near(8));
  CHECK(after([](auto& set) { set.keep_mass(1); }) == near(8));
  CHECK(after([](auto& set) { set.keep_top(100); }) == near(8));
  CHECK(after([](auto& set) { set.scale(1); }) == near(8));
  CHECK(after([](auto& set) { set.normalise(); }) == near(8));
  CHECK(after([](auto& set) { set.shift(-7); }) == near(8));
  CHECK(after([](auto& set) { set.ban(9); }) == near(7));
  CHECK(after([](auto& set) { set.add(9, std::log(3.0)); }) == near(10));
  CHECK(after([](auto& set) { set.scale(0.5); }) == near(3));
  CHECK(after([](auto& set) { set.transform([](double s) { return s; }); }) == near(3));
  CHECK(after([](auto& set) { set.keep_top(3); }) == near(3));
  CHECK(after([](auto& set) { set.keep_mass(0.9); }) == near(3));
  CHECK(after([](auto& set) { set.keep_mass(0.24); }) == near(2));  // 1/8 and 2/8
  CHECK(after([](auto& set) { set.keep_above(-1); }) == near(3));
  CHECK(after([](auto& set) { set.keep_if([](lk::Token, double) { return true; }); }) == near(3));
  CHECK(after([&](auto& set) { set.keep_only(tokens); }) == near(3));
  CHECK(after([](auto& set) { set.mask(std::vector<std::uint32_t>{0x10u}); }) == near(1));
  for (const double huge : {1e4, 1e300}) {  // even where the list is nothing beside it
    lk::Candidates set(lk::CandidateList{tokens, logits, 100, huge}, workspace);
    CHECK(set.log_sum_exp() == Catch::Approx(huge));
    CHECK(set.log_probability(7) == Catch::Approx(2 - huge));
    CHECK(set.draw(0.99) == 9);
  }
}

TEMPLATE_TEST_CASE("the rest is never drawn", "[candidates]", float, double) {
  const Tokens tokens{50, 3};
  const std::vector<TestType> logits{0, 0};
  lk::Workspace workspace;
  lk::Candidates set(lk::CandidateList{tokens, logits, 1000, 20.0}, workspace);
  CHECK(set.draw(0) == 3);
  CHECK(set.draw(0.4999) == 3);
  CHECK(set.draw(0.5) == 50);
  CHECK(set.draw(1 - 0x1p-53) == 50);
}

TEMPLATE_TEST_CASE("a list that cannot be is a bad status", "[candidates]", float, double) {
  using Logits = std::vector<TestType>;
  const TestType nan = std::numeric_limits<TestType>::quiet_NaN();
  const TestType inf = std::numeric_limits<TestType>::infinity();
  CHECK(status_of<TestType>({3, 1, 2}, {1, 2, 3}, 4) == lk::Status::ok);
  CHECK(status_of<TestType>({3, 1, 3}, {1, 2, 3}, 4) == lk::Status::duplicate_token);
  CHECK(status_of<TestType>({3, 1, 2}, {1, 2, 3}, 3) == lk::Status::token_out_of_range);
  CHECK(status_of<TestType>({-1, 1, 2}, {1, 2, 3}, 3) == lk::Status::token_out_of_range);
  CHECK(status_of<TestType>({0, 1, 2}, {1, 2}, 3) == lk::Status::wrong_length);
  CHECK(status_of<TestType>({0, 1}, {1, 2, 3}, 3) == lk::Status::wrong_length);
  CHECK(status_of<TestType>({0, 1}, {1, 2}, 0) == lk::Status::wrong_length);
  CHECK(status_of<TestType>({}, Logits{}, 5) == lk::Status::nothing_left);
  CHECK(status_of<TestType>({0, 4}, {-inf, -inf}, 5) == lk::Status::nothing_left);
  CHECK(status_of<TestType>({0, 4}, {-inf, 1}, 5) == lk::Status::ok);
  CHECK(status_of<TestType>({0, 4}, {1, nan}, 5) == lk::Status::not_a_number);
  CHECK(status_of<TestType>({0, 4}, {1, inf}, 5) == lk::Status::positive_infinity);
  CHECK(status_of<TestType>({0, 4}, {1, 2}, 5, double(nan)) == lk::Status::not_a_number);
  CHECK(status_of<TestType>({0, 4}, {1, 2}, 5, double(inf)) == lk::Status::positive_infinity);
  CHECK(status_of<TestType>({0, 4}, {1, 2}, 5, -double(inf)) == lk::Status::ok);
}

TEST_CASE("logits of a list come in any scalar", "[candidates]") {
  const Tokens tokens{5, 2};
  const std::vector<Eigen::half> halves{Eigen::half(1), Eigen::half(3)};
  Eigen::VectorXd doubles(2);
  doubles << 1, 3;
  lk::Workspace workspace;
  lk::Candidates of_halves(lk::CandidateList{tokens, halves, 10}, workspace);
  static_assert(std::same_as<decltype(of_halves), lk::Candidates<float>>);
  CHECK(of_halves.best() == 2);
  lk::Candidates of_doubles(lk::CandidateList{tokens, doubles, 10}, workspace);
  static_assert(std::same_as<decltype(of_doubles), lk::Candidates<double>>);
  CHECK(of_doubles.score(5) == 1);
  CHECK(of_doubles.score(3) == -std::numeric_limits<double>::infinity());
}

TEMPLATE_TEST_CASE("processors see in a list what they see in a row narrowed to it", "[candidates]",
                   float, double) {
  using S = TestType;
  const auto row = reference::normal_row<S>(5000, 7), second = reference::normal_row<S>(5000, 8);
  const Part<S> part = best_of(row, 150);
  const lk::CandidateList list{part.tokens, part.logits, 5000};
  lk::Workspace workspace, other;
  const auto check = [&](const auto& processor) {
    lk::Candidates whole(row, workspace);
    whole.keep_only(part.tokens);
    lk::Candidates listed(list, other);
    processor(whole, lk::Context{}), processor(listed, lk::Context{});
    REQUIRE(test::kept(listed) == test::kept(whole));
    CHECK(listed.size() > 0);
    for (const auto& [token, score] : whole) CHECK(listed.score(token) == score);
    for (const double u : {0.1, 0.9}) CHECK(listed.draw(u) == whole.draw(u));
  };
  const lk::Token best = part.tokens[0], worst = part.tokens[149];
  const lk::Guidance guidance{1.5, [&](const lk::Context&) { return std::span<const S>(second); }};
  check(lk::Softmax{});
  check(lk::Temperature{0.6});
  check(lk::DynamicTemperature{0.5, 2});
  check(lk::QuadraticSmoothing{0.3, 2});
  check(guidance);
  check(lk::TopK{20});
  check(lk::TopP{0.8});
  check(lk::MinP{0.1});
  check(lk::Ban{{best, worst, 77}});
  check(lk::AllowOnly{{worst, best, 77}});
  check(lk::LogitBias{{{worst, 3.5f}, {77, 1.0f}}});
  check(lk::MinNewTokens{1, {best}});

  // With the mass of the rest, log-probabilities are those of the row, so guidance is, too.
  lk::Candidates whole(row, workspace), listed(part.list(), other);
  guidance(whole, {}), guidance(listed, {});
  for (const lk::Token token : {best, part.tokens[60], worst}) {
    CHECK(listed.score(token) == Catch::Approx(whole.score(token)).margin(2e-6));
  }
}

TEST_CASE("decoders take lists: the tokens and reports are those of the row") {
  const lk::Chain chain{lk::RepetitionPenalty{1.1}, lk::TopK{40}, lk::Temperature{0.8},
                        lk::TopP{0.95}, lk::MinP{0.01}};
  for (const lk::Distribution of : {lk::Distribution::model, lk::Distribution::choice}) {
    const lk::Report report{
        .model = true, .choice = true, .alternatives = 3, .rank = true, .of = of};
    const lk::RandomDecoder random{chain, {.seed = 3, .report = report}};
    auto by_row = random.start(Tokens{1, 2}, {.max_new_tokens = 50});
    auto by_list = by_row;
    lk::Workspace workspace, other;
    for (std::uint64_t step = 0; step < 50; ++step) {
      const auto row = reference::normal_row<float>(5000, step, 2);
      const Part<float> part = best_of(row, 100);
      const lk::Pick a = by_row.next(row, workspace), b = by_list.next(part.list(), other);
      REQUIRE(b.status == lk::Status::ok);
      REQUIRE(b.token == a.token);
      CHECK(b.rank == a.rank);
      CHECK(b.model_log_probability == Catch::Approx(a.model_log_probability).margin(1e-6));
      CHECK(b.choice_log_probability == a.choice_log_probability);
      REQUIRE(b.alternatives.size() == 3);
      for (std::size_t i = 0; i < 3; ++i) {
        CHECK(b.alternatives[i].token == a.alternatives[i].token);
        CHECK(b.alternatives[i].log_probability ==
              Catch::Approx(a.alternatives[i].log_probability).margin(1e-6));
      }
      CHECK(random.next(part.list(), by_list.context(), other).token == a.token);
      by_row.accept(a.token), by_list.accept(b.token);
    }
  }
}

TEST_CASE("a choice from a list is certain to be in it: its log-probability leaves the rest out") {
  const Tokens tokens{7, 5};
  const std::vector<float> logits{1, 1};
  const lk::GreedyDecoder greedy{
      lk::Chain{},
      {.report = {
           .model = true, .choice = true, .alternatives = 1, .of = lk::Distribution::choice}}};
  lk::Workspace workspace;
  const lk::Pick pick =
      greedy.next(lk::CandidateList{tokens, logits, 9, 1 + std::log(2.0)}, {}, workspace);
  CHECK(pick.token == 5);
  CHECK(std::exp(pick.model_log_probability) == Catch::Approx(0.25));
  CHECK(std::exp(pick.choice_log_probability) == Catch::Approx(0.5));
  CHECK(pick.alternatives[0].log_probability == pick.choice_log_probability);
}

TEST_CASE("a list of another vocabulary than the limits' is refused") {
  const Tokens tokens{1, 2};
  const std::vector<float> logits{1, 2};
  const lk::GreedyDecoder greedy;
  const auto session = greedy.start(Tokens{1}, {.vocabulary = 10});
  lk::Workspace workspace;
  CHECK(session.next(lk::CandidateList{tokens, logits, 10}, workspace).token == 2);
  CHECK(session.next(lk::CandidateList{tokens, logits, 11}, workspace).status ==
        lk::Status::wrong_length);
}

TEST_CASE("a list allocates nothing once the workspace knows the vocabulary") {
  const auto row = reference::normal_row<float>(5000, 1);
  const Part<float> few = best_of(row, 64), all = best_of(row, 5000);
  const lk::RandomDecoder random{lk::Chain{lk::TopP{0.9f}, lk::Softmax{}},
                                 {.report = {.model = true, .alternatives = 5, .rank = true}}};
  lk::Workspace workspace;
  const lk::Token first = random.next(few.list(), {}, workspace).token;
  const std::size_t before = test::allocations;
  CHECK(random.next(few.list(), {}, workspace).token == first);
  CHECK(random.next(all.list(), {}, workspace).status == lk::Status::ok);
  CHECK(random.next(row, {}, workspace).status == lk::Status::ok);
  CHECK(test::allocations == before);
}

static_assert(!lk::WholeRowProcessor<lk::Chain<lk::TopK<>, lk::Softmax>>);
