// SPDX-License-Identifier: MIT
// Pick and Report: nothing is asked for by default, and what was not asked for is NaN.
#include <logitkit/core/pick.hpp>

#include "support/catch.hpp"

#include <cmath>

namespace lk = logitkit;

TEST_CASE("a pick starts without a token", "[pick]") {
  const lk::Pick pick;
  REQUIRE(pick.token == lk::kNoToken);
  REQUIRE(pick.status == lk::Status::ok);
  REQUIRE(std::isnan(pick.model_log_probability));
  REQUIRE(std::isnan(pick.choice_log_probability));
  REQUIRE(pick.rank == 0);
  REQUIRE(pick.alternatives.empty());
  REQUIRE(lk::Alternative{}.token == lk::kNoToken);
}

TEST_CASE("a report asks for nothing by default", "[pick]") {
  const lk::Report report;
  REQUIRE_FALSE(report.model);
  REQUIRE_FALSE(report.choice);
  REQUIRE(report.alternatives == 0);
  REQUIRE_FALSE(report.rank);
  REQUIRE(report.of == lk::Distribution::model);
  REQUIRE(std::isnan(lk::kNotComputed));
  REQUIRE(report.check(65536).empty());
}

TEST_CASE("a report refuses more alternatives than there is memory for", "[pick]") {
  CHECK(lk::Report{.alternatives = 65536}.check().empty());
  CHECK(lk::Report{.alternatives = 65536}.check(64).empty());
  CHECK(lk::Report{.alternatives = 65537}.check() ==
        "Report: alternatives must satisfy alternatives <= 65536, got 65537");
  CHECK(lk::Report{.alternatives = 65536}.check(65) ==
        "Report: alternatives must satisfy alternatives * rows <= 2^22, got 65536");
}
