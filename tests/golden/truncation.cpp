// SPDX-License-Identifier: MIT
// Truncations against Hugging Face transformers: see README.md for source and selection.
#include "golden/cases.hpp"

#include <logitkit/process/epsilon.hpp>
#include <logitkit/process/eta.hpp>
#include <logitkit/process/min_p.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_h.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_p.hpp>

namespace lk = logitkit;
using golden::json;

namespace {

template <class S>
void apply(const json& step, lk::Candidates<S>& candidates, const lk::Context& context) {
  const std::string name = step[0];
  const json& value = step[1];
  const auto with_min_keep = [&]<class P>(std::type_identity<P>) {
    P{value[0].get<double>(), {.min_keep = value[1].get<std::size_t>()}}(candidates, context);
  };
  if (name == "temperature") {
    lk::Temperature{value.get<double>()}(candidates, context);
  } else if (name == "top_k") {
    lk::TopK{value.get<int>(), {.keep_ties = true}}(candidates, context);
  } else if (name == "top_p") {
    with_min_keep(std::type_identity<lk::TopP<double>>());
  } else if (name == "min_p") {
    with_min_keep(std::type_identity<lk::MinP<double>>());
  } else if (name == "epsilon") {
    with_min_keep(std::type_identity<lk::Epsilon<double>>());
  } else if (name == "eta") {
    with_min_keep(std::type_identity<lk::Eta<double>>());
  } else if (name == "top_h") {
    lk::TopH{value.get<double>(), lk::TopHRule::hugging_face}(candidates, context);
  } else {
    FAIL("no such processor: " << name);
  }
}

}  // namespace

TEMPLATE_TEST_CASE("every golden of Hugging Face's truncations agrees", "[golden]", float, double) {
  const auto run = golden::run<TestType>(
      "truncation.json", [](const json& step, auto& candidates, const lk::Context& context,
                            const json&) { apply(step, candidates, context); });
  const std::map<std::string, std::size_t> expected{
      {"EpsilonLogitsWarper", 32}, {"EtaLogitsWarper", 32},
      {"MinPLogitsWarper", 4},     {"Pipeline", 16},
      {"TopHLogitsWarper", 31},    {"TopKLogitsWarper", 8},
      {"TopPLogitsWarper", 5}};
  CHECK(run == expected);
}
