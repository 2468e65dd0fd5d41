// SPDX-License-Identifier: MIT
// TraversalRule: exactly the target's distribution, and no fewer tokens than the other rule.
#include <logitkit/decode/traversal_rule.hpp>

#include <logitkit/decode/recursive_rejection.hpp>

#include "support/catch.hpp"
#include "support/tree_law.hpp"

namespace lk = logitkit;
using test::Drawn;

TEST_CASE("Traversal is lossless, by all outcomes, and accepts more", "[traversal_rule]") {
  for (const Drawn drawn : {Drawn::without_replacement, Drawn::with_replacement, Drawn::certain}) {
    const auto siblings = drawn == Drawn::with_replacement ? lk::Siblings::with_replacement
                                                           : lk::Siblings::without_replacement;
    const lk::TraversalRule rule{siblings};
    for (const auto& shape : test::tree_shapes()) {
      double accepted = 0, recursively = 0;
      for (std::uint64_t seed = 0; seed < 20; ++seed) {
        CAPTURE(int(drawn), shape, seed);
        const test::RandomTable p{3, 2 * seed}, q{3, 2 * seed + 1};
        const auto law = test::TreeWalk(rule, shape, drawn, p, q).run();
        REQUIRE(test::distance(law, p, 4) <= 1e-12);
        accepted += law.accepted;
        recursively +=
            test::TreeWalk(lk::RecursiveRejection(siblings), shape, drawn, p, q).run().accepted;
      }
      CAPTURE(int(drawn), shape);
      CHECK(accepted > recursively - 1e-9);
    }
  }
}
