// SPDX-License-Identifier: MIT
// Guidance against Hugging Face transformers: see README.md for source and selection.
#include "golden/cases.hpp"

#include <logitkit/process/guidance.hpp>

namespace lk = logitkit;
using golden::json;

TEMPLATE_TEST_CASE("every golden of guidance agrees", "[golden]", float, double) {
  const auto run = golden::run<TestType>("guidance.json", [](const json& step, auto& candidates,
                                                             const lk::Context& context,
                                                             const json& golden) {
    std::vector<TestType> second;
    for (const json& score : golden["second"]) {
      second.push_back(static_cast<TestType>(golden::number(score)));
    }
    const auto row = [&](const lk::Context&) { return std::span<const TestType>(second); };
    const auto guided = step[0] == "guidance" ? lk::Guided::log_probabilities : lk::Guided::logits;
    lk::Guidance{step[1].get<double>(), row, guided}(candidates, context);
  });
  const std::map<std::string, std::size_t> expected{{"ClassifierFreeGuidance", 4},
                                                    {"UnbatchedClassifierFreeGuidance", 6}};
  CHECK(run == expected);
}
