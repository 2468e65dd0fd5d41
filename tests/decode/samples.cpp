// SPDX-License-Identifier: MIT
// SamplesDecoder: one's own way of drawing. Models, plain, cached and failing: run_to_end.cpp.
#include <logitkit/decode/samples.hpp>

#include "support/catch.hpp"
#include "support/models.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

const Tokens kPrompt{2, 1};

/// Sequence i always takes the token of rank i.
struct OfRank {
  std::size_t rank;
  template <class S>
  lk::Token operator()(lk::Candidates<S>& candidates, std::size_t) const {
    return candidates.sorted(rank + 1)[rank].token;
  }
};
const auto kByRank = [](std::size_t i, const lk::SamplesOptions&, std::size_t) {
  return OfRank{i};
};

}  // namespace

TEST_CASE("sequences may draw in any way") {
  const test::ConstantModel<float> model{{1, 4, 3, 2}};
  const lk::SamplesDecoder decoder{lk::Chain{}, kByRank, lk::SamplesOptions{.n = 3}};
  const auto results = decoder.decode(model, kPrompt, {.max_new_tokens = 3});
  REQUIRE(results.size() == 3);
  CHECK(results[0].tokens == Tokens{1, 1, 1});
  CHECK(results[1].tokens == Tokens{2, 2, 2});
  CHECK(results[2].tokens == Tokens{3, 3, 3});
}
