// SPDX-License-Identifier: MIT
// Plans for a cache allocate nothing once they have seen as many rows as there will be.
#include "support/allocations.hpp"

#include <logitkit/model/cache_indirection.hpp>
#include <logitkit/model/copy_plan.hpp>

#include "support/catch.hpp"

#include <random>

namespace lk = logitkit;

TEST_CASE("after one step of the most rows a plan allocates nothing, whatever the parents") {
  constexpr std::size_t kMost = 9;
  std::mt19937 random(1);
  lk::CopyPlan copies(kMost);
  lk::ForkPlan forks;
  lk::CacheIndirection table(kMost, 1000);
  std::vector<std::size_t> parents(kMost);
  parents.reserve(kMost);

  const std::size_t for_the_table = test::allocations;
  std::size_t before = 0;
  for (int search = 0; search < 2; ++search) {
    forks.reorder({});
    forks.append();
    table.start(10);
    parents.assign(kMost, 0);
    for (int step = 0; step < 900; ++step) {
      static_cast<void>(copies.reorder(parents));
      forks.reorder(parents);
      table.reorder(parents), table.extend();
      if (search == 0 && step == 1) before = test::allocations;
      const std::size_t rows = parents.size();
      parents.resize(step % 2 == 1 ? kMost : 1 + random() % kMost);
      for (std::size_t& parent : parents) parent = random() % rows;
      if (step == 0) std::fill(parents.begin(), parents.end(), kMost - 1);  // all but one dropped
    }
  }
  CHECK(test::allocations == before);
  CHECK(before > for_the_table);
}
