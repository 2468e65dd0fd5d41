// SPDX-License-Identifier: MIT
// Typical against Hugging Face transformers: see README.md for source and selection.
#include "golden/cases.hpp"

#include <logitkit/process/typical.hpp>

namespace lk = logitkit;
using golden::json;

TEMPLATE_TEST_CASE("every golden of typical sampling agrees", "[golden]", float, double) {
  const auto run = golden::run<TestType>(
      "typical.json",
      [](const json& step, auto& candidates, const lk::Context& context, const json&) {
        const lk::TypicalOptions options{.min_keep = step[1][1], .keep_ties = true};
        lk::Typical{step[1][0].get<double>(), options}(candidates, context);
      });
  const std::map<std::string, std::size_t> expected{{"TypicalLogitsWarper", 91}};
  CHECK(run == expected);
}
