// SPDX-License-Identifier: MIT
// The plain policy: what competes, in which order, and who lives on. The search around it is tested
// in beam_search.cpp.
#include <logitkit/decode/plain_beams.hpp>

#include "support/catch.hpp"

namespace lk = logitkit;

namespace {

/// Lets two beams with these sums offer these rows.
std::vector<lk::Extension> competitors(const std::vector<std::vector<double>>& rows,
                                       const std::vector<double>& sums,
                                       const lk::BeamOptions& options, const lk::Limits& limits) {
  lk::PlainBeams policy;
  policy.prepare(options, limits, rows[0].size());
  policy.restart();
  lk::Workspace workspace;
  const auto state = policy.root();
  for (std::size_t r = 0; r < rows.size(); ++r) {
    lk::Candidates candidates(rows[r], workspace);
    policy.extend(candidates, lk::ParentBeam<lk::PlainBeams::State>{r, sums[r], 0, {}, state});
  }
  const auto best = policy.best_first();
  return {best.begin(), best.end()};
}

}  // namespace

TEST_CASE("the best K = max(2, 1 + end tokens) * beams of all extensions compete") {
  const std::vector<std::vector<double>> rows{{-1, -2, -3, -4, -5}, {-1, -1, -9, -9, -9}};
  const auto two = competitors(rows, {-1, -2}, {.beams = 2}, {.end_tokens = {0}});
  REQUIRE(two.size() == 4);
  const std::vector<std::pair<std::size_t, lk::Token>> expected{{0, 0}, {1, 0}, {0, 1}, {1, 1}};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(two[i].parent == expected[i].first);
    CHECK(two[i].token == expected[i].second);
    CHECK(two[i].key == two[i].sum);
  }
  CHECK(competitors(rows, {-1, -2}, {.beams = 2}, {.end_tokens = {0, 1, 2}}).size() == 8);
  CHECK(competitors(rows, {-1, -2}, {.beams = 9}, {}).size() == 10);  // all there are
}

TEST_CASE("an order that a sum would round away is kept, and equals stay equal") {
  const std::vector<std::vector<double>> rows{{-1e-17, 0.0, -1e-17, -2e-17}};
  const auto all = competitors(rows, {-1000}, {.beams = 4}, {});
  REQUIRE(all.size() == 4);
  CHECK(all[0].token == 1);
  CHECK(all[1].token == 0);
  CHECK(all[2].token == 2);
  CHECK(all[1].sum == all[2].sum);
  CHECK(all[0].sum > all[1].sum);
  CHECK(all[2].sum > all[3].sum);
}

TEST_CASE("as many live on as there are beams, if so many are alive") {
  std::vector<lk::Extension> alive(5);
  const lk::PlainBeams policy;
  CHECK(policy.keep(alive, 3, lk::FinishedBeams(3)) == 3);
  CHECK(policy.keep(alive, 9, lk::FinishedBeams(9)) == 5);
}
