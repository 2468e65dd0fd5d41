// SPDX-License-Identifier: MIT
// Concepts: lists of what they accept and what they refuse.
#include <logitkit/core/concepts.hpp>

#include <logitkit/random/philox_decider.hpp>

#include "support/catch.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace lk = logitkit;

namespace {

// --- Processors
// ------------------------------------------------------------------------------------
struct Template {
  template <std::floating_point S>
  void operator()(lk::Candidates<S>&, const lk::Context&) const {}
};
struct Abbreviated {
  void operator()(auto&, const lk::Context&) const {}
};
struct OnlyFloat {
  void operator()(lk::Candidates<float>&, const lk::Context&) const {}
};
struct NotConst {
  void operator()(auto&, const lk::Context&) {}
};
struct NoContext {
  void operator()(auto&) const {}
};
struct NotCopyable : Abbreviated {
  std::unique_ptr<int> state;
};
struct Accepting : Abbreviated {
  void accept(lk::Token) {}
};
struct Starting : Abbreviated {
  void start(std::span<const lk::Token>) {}
};
struct AcceptsText : Abbreviated {
  void accept(const char*) {}
};
constexpr auto kLambda = [](auto& candidates, const lk::Context&) { candidates.keep_top(1); };
constexpr auto kMutable = [n = 0](auto&, const lk::Context&) mutable { ++n; };

static_assert(lk::Processor<Template> && lk::Processor<Abbreviated>);
static_assert(lk::Processor<decltype(kLambda)> && lk::Processor<Accepting>);
static_assert(!lk::Processor<OnlyFloat> && !lk::Processor<NotConst> && !lk::Processor<NoContext>);
static_assert(!lk::Processor<NotCopyable> && !lk::Processor<int>);
static_assert(!lk::Processor<std::remove_const_t<decltype(kMutable)>>);

static_assert(lk::AcceptingProcessor<Accepting> && !lk::AcceptingProcessor<Starting>);
static_assert(lk::StartingProcessor<Starting> && !lk::StartingProcessor<Accepting>);
static_assert(lk::StatefulProcessor<Accepting> && lk::StatefulProcessor<Starting>);
static_assert(!lk::StatefulProcessor<Abbreviated> && !lk::AcceptingProcessor<AcceptsText>);

// --- Stop rules and deciders
// -----------------------------------------------------------------------
struct Never {
  lk::StopReason operator()(const lk::Context&) const { return lk::StopReason::none; }
};
struct SaysBool {
  bool operator()(const lk::Context&) const { return false; }
};
static_assert(lk::StopRule<Never> && !lk::StopRule<SaysBool> && !lk::StopRule<int>);

struct Half {
  double operator()(std::uint64_t) const { return 0.5; }
};
struct FloatHalf {
  float operator()(std::uint64_t) const { return 0.5f; }
};
struct Counter {
  double operator()(std::uint64_t) { return 0.5; }
};
static_assert(lk::Decider<lk::PhiloxDecider> && lk::Decider<Half>);
static_assert(!lk::Decider<FloatHalf> && !lk::Decider<Counter> && !lk::Decider<NotCopyable>);

// --- Models
// ----------------------------------------------------------------------------------------
using Tokens = std::span<const lk::Token>;
struct Remembers {
  std::vector<float> prefill(Tokens) { return {}; }
  std::vector<float> step(Tokens) { return {}; }
};
struct Forks : Remembers {
  void reorder(std::span<const std::size_t>) {}
};
struct Rewinds : Remembers {
  std::vector<float> score(Tokens) { return {}; }
  void rewind(std::size_t) {}
};
struct OnlySteps {
  std::vector<float> step(Tokens) { return {}; }
};
using Plain = std::function<Eigen::VectorXf(Tokens)>;
using Void = std::function<void(Tokens)>;

static_assert(lk::PlainModel<Plain> && lk::Model<Plain> && !lk::StatefulModel<Plain>);
static_assert(!lk::PlainModel<Void> && !lk::Model<Void>);
static_assert(lk::StatefulModel<Remembers> && lk::Model<Remembers>);
static_assert(!lk::PlainModel<Remembers> && !lk::Model<OnlySteps> && !lk::Model<int>);
static_assert(lk::ForkableModel<Forks> && !lk::ForkableModel<Remembers>);
static_assert(lk::RewindableModel<Rewinds> && !lk::RewindableModel<Forks>);
static_assert(lk::detail::explain_model<Plain>() && lk::detail::explain_model<Remembers>());

}  // namespace

TEST_CASE("what knows only at run time whether it keeps state says so", "[concepts]") {
  struct Knows : Accepting {
    bool state;
    [[nodiscard]] bool keeps_state() const { return state; }
  };
  CHECK(lk::keeps_state(Accepting{}));
  CHECK_FALSE(lk::keeps_state(Abbreviated{}));
  CHECK(lk::keeps_state(Knows{{}, true}));
  CHECK_FALSE(lk::keeps_state(Knows{{}, false}));
}

TEST_CASE("a lambda is a processor", "[concepts]") {
  lk::Workspace workspace;
  const std::vector<double> row{1, 3, 2};
  lk::Candidates candidates(row, workspace);
  kLambda(candidates, lk::Context{});
  REQUIRE(candidates.size() == 1);
  REQUIRE(candidates.best() == 1);
  auto counting = kMutable;
  counting(candidates, lk::Context{});
  REQUIRE(candidates.size() == 1);
}
