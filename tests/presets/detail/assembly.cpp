// SPDX-License-Identifier: MIT
// Assembly: what is refused is noted under the user's name, once.
#include "support/catch.hpp"

#include "reference/trial.hpp"

#include <logitkit/presets/detail/assembly.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_p.hpp>

namespace lk = logitkit;

TEST_CASE("an assembly takes what is good and notes what is not") {
  lk::detail::Assembly assembly;
  assembly.add<lk::TopP<double>>("nucleus", 1.5);
  assembly.add<lk::TopK<int>>("top_k", 40);
  assembly.add<lk::TopP<double>>("nucleus", 1.5);
  assembly.expect(true, "seed", "seed >= 0", 3);
  assembly.expect(false, "seed", "seed >= 0", -1);
  CHECK(to_string(assembly.chain) == "top_k(40)");
  CHECK(assembly.complaints ==
        std::vector<std::string>{"nucleus: p must satisfy 0 < p <= 1, got 1.5",
                                 "seed must satisfy seed >= 0, got -1"});
  reference::refuses([&] { static_cast<void>(std::move(assembly).finish()); },
                     "nucleus: p must satisfy 0 < p <= 1, got 1.5; "
                     "seed must satisfy seed >= 0, got -1");
  lk::detail::Assembly sound;
  sound.add<lk::TopK<int>>("top_k", 40);
  CHECK(to_string(std::move(sound).finish()) == "top_k(40)");
}
