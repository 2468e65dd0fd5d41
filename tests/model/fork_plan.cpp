// SPDX-License-Identifier: MIT
// ForkPlan: drops and forks that leave each row with the sequence that it should have.
#include <logitkit/model/fork_plan.hpp>

#include "support/catch.hpp"

#include <map>
#include <random>
#include <set>

namespace lk = logitkit;
using Parents = std::vector<std::size_t>;

namespace {

/// A cache as the plan's user keeps it: histories by number, strict about what is asked of it.
struct Sequences {
  std::map<std::size_t, std::string> texts;

  void drop(std::size_t sequence) { REQUIRE(texts.erase(sequence) == 1); }
  void fork(std::size_t parent, std::size_t child) {
    REQUIRE(texts.contains(parent));
    REQUIRE(texts.try_emplace(child, texts[parent]).second);
  }
  void follow(const lk::ForkPlan& plan) {
    for (const std::size_t sequence : plan.drops()) drop(sequence);
    for (const auto [parent, child] : plan.forks()) fork(parent, child);
  }
};

}  // namespace

TEST_CASE("after any steps each row has its history, in no more sequences than there were rows") {
  std::mt19937 random(3);
  for (int trial = 0; trial < 200; ++trial) {
    const std::size_t most = 1 + random() % 7;
    lk::ForkPlan plan;
    Sequences cache;
    std::vector<std::string> histories;
    for (int step = 0; step < 20; ++step) {
      if (histories.empty() || (histories.size() < most && random() % 8 == 0)) {  // a new prompt
        const std::size_t sequence = plan.append();
        REQUIRE(cache.texts.try_emplace(sequence).second);
        histories.emplace_back();
      }
      Parents parents(random() % (most + 1));
      for (std::size_t& parent : parents) parent = random() % histories.size();
      if (random() % 4 == 0) std::sort(parents.begin(), parents.end());
      const std::set<std::size_t> continued(parents.begin(), parents.end());

      plan.reorder(parents);
      cache.follow(plan);
      CHECK(plan.drops().size() == histories.size() - continued.size());
      CHECK(plan.forks().size() == parents.size() - continued.size());
      std::vector<std::string> next;
      for (std::size_t r = 0; r < parents.size(); ++r) {
        REQUIRE(plan.sequences()[r] < most);
        const auto token = char('a' + random() % 26);
        cache.texts.at(plan.sequences()[r]) += token;
        next.push_back(histories[parents[r]] + token);
      }
      histories = next;
      REQUIRE(cache.texts.size() == histories.size());
      for (std::size_t r = 0; r < parents.size(); ++r) {
        REQUIRE(cache.texts.at(plan.sequences()[r]) == histories[r]);
      }
    }
  }
}

TEST_CASE("rows that change places or end are neither forked nor copied") {
  lk::ForkPlan plan;
  CHECK(plan.append() == 0);
  CHECK(plan.append() == 1);
  CHECK(plan.append() == 2);
  plan.reorder(Parents{2, 0, 1});
  CHECK(plan.forks().empty());
  CHECK(plan.drops().empty());
  CHECK(plan.sequences()[0] == 2);
  plan.reorder(Parents{1});
  CHECK(plan.forks().empty());
  REQUIRE(plan.drops().size() == 2);
  CHECK(plan.sequences()[0] == 0);
}

TEST_CASE("the best child keeps the sequence; a fork takes the number that was dropped last") {
  lk::ForkPlan plan;
  plan.append(), plan.append(), plan.append();
  plan.reorder(Parents{1, 1, 1});
  REQUIRE(plan.drops().size() == 2);
  REQUIRE(plan.forks().size() == 2);
  CHECK(plan.sequences()[0] == 1);
  CHECK(plan.forks()[0].parent == 1);
  CHECK(plan.forks()[0].child == plan.drops()[1]);
  CHECK(plan.forks()[1].child == plan.drops()[0]);
}

TEST_CASE("a parent that is no live row is refused, and the plan is as it was") {
  lk::ForkPlan plan;
  CHECK_THROWS_WITH(plan.reorder(Parents{0}),
                    "ForkPlan: each of parents must satisfy parent < live rows, got 0");
  plan.append();
  CHECK_THROWS_WITH(plan.reorder(Parents{0, 4}),
                    "ForkPlan: each of parents must satisfy parent < live rows, got 4");
  CHECK(plan.sequences().size() == 1);
}
