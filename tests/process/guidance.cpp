// SPDX-License-Identifier: MIT
// Guidance: the twin, beams with a second row each, g = 1, what the second row bans.
#include "support/catch.hpp"

#include "reference/transforms.hpp"
#include "reference/trial.hpp"

#include <logitkit/decode/beam_search.hpp>
#include <logitkit/decode/greedy.hpp>
#include <logitkit/process/guidance.hpp>

namespace lk = logitkit;
using reference::Scores;

namespace {

/// A row of another kind of scalar than the candidates', to be owned by nobody but the caller.
template <class S>
auto returns(const std::vector<S>& row) {
  return [&row](const lk::Context&) { return std::span<const S>(row); };
}

template <class S, class U>
void check_against_twin(double g, lk::Guided guided) {
  for (const std::size_t size : reference::sizes()) {
    const auto second = reference::normal_row<U>(size, 99);
    const lk::Guidance guidance{g, returns(second), guided};
    reference::for_each_trial<S>(
        size, [&](auto& fast, const Scores& before, const auto& row) -> std::string {
          const bool normalised = guided == lk::Guided::log_probabilities;
          const Scores slow =
              reference::guidance(before, Scores(second.begin(), second.end()), g, normalised);
          guidance(fast, {});
          if (fast.status() != lk::Status::ok) return lk::to_string(fast.status());
          return reference::difference(
              reference::scores_of(fast), slow,
              4 * reference::tolerance(slow, row) + (1 + std::abs(g)) * 1e-6L);
        });
  }
}

template <class S>
lk::Status status_with(const std::vector<S>& second, double g, lk::Guided guided) {
  return reference::status_after(lk::Guidance{g, returns(second), guided},
                                 std::vector<float>{1, 2, 3});
}

}  // namespace

TEMPLATE_TEST_CASE("Guidance agrees with its twin", "", float, double) {
  for (const double g : {1.0, 0.0, 0.5, 1.5, 7.0, -1.0}) {
    check_against_twin<TestType, TestType>(g, lk::Guided::log_probabilities);
    check_against_twin<TestType, TestType>(g, lk::Guided::logits);
  }
  check_against_twin<TestType, float>(1.5, lk::Guided::log_probabilities);
  check_against_twin<TestType, double>(1.5, lk::Guided::log_probabilities);
}

TEST_CASE("Guidance of g = 1 normalises, or does nothing, and asks nobody for a second row") {
  const auto nobody = [](const lk::Context&) -> std::span<const float> {
    FAIL("asked");
    return {};
  };
  const std::vector<float> row{1, 1, 1, 1};
  const Scores normalised = reference::after(lk::Guidance{1, nobody}, row);
  CHECK(std::fabs(normalised[2] + std::log(4.0L)) < 1e-6L);
  CHECK(reference::after(lk::Guidance{1, nobody, lk::Guided::logits}, row) == Scores(4, 1));
}

TEST_CASE("Guidance takes any row: an Eigen vector by value, halves, a reference") {
  const std::vector<float> row{1, 2, 4};
  Eigen::VectorXf vector(3);
  vector << 2, 0, 1;
  std::vector<Eigen::half> halves{Eigen::half(2), Eigen::half(0), Eigen::half(1)};
  const Scores expected{0, 4, 7};  // 2 s - u
  const auto by_value = [&](const lk::Context&) { return vector; };
  const auto by_reference = [&](const lk::Context&) -> const Eigen::VectorXf& { return vector; };
  CHECK(reference::after(lk::Guidance{2, by_value, lk::Guided::logits}, row) == expected);
  CHECK(reference::after(lk::Guidance{2, by_reference, lk::Guided::logits}, row) == expected);
  CHECK(reference::after(lk::Guidance{2, returns(halves), lk::Guided::logits}, row) == expected);
}

TEST_CASE("Guidance: what only the second row bans has a limit, and no NaN", "[peers]") {
  const float banned = -std::numeric_limits<float>::infinity();
  const std::vector<float> row{1, 2, 3}, second{0, banned, 0}, all(3, banned);
  for (const lk::Guided guided : {lk::Guided::log_probabilities, lk::Guided::logits}) {
    CHECK(status_with(second, 1.5, guided) == lk::Status::positive_infinity);
    const Scores half = reference::after(lk::Guidance{0.5, returns(second), guided}, row);
    CHECK(half[1] == reference::kBanned);
    CHECK(std::isfinite(half[0]));
    const Scores both = reference::after(lk::Guidance{1.5, returns(second), guided},
                                         std::vector<float>{1, banned, 3});
    CHECK(both[1] == reference::kBanned);  // Hugging Face: -inf - -inf = NaN
    CHECK(std::isfinite(both[2]));
    CHECK(status_with(all, 1.5, guided) == lk::Status::nothing_left);
  }
}

TEST_CASE("Guidance: a bad second row is a bad status") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  for (const lk::Guided guided : {lk::Guided::log_probabilities, lk::Guided::logits}) {
    using Row = std::vector<float>;
    CHECK(status_with(Row{1, nan, 1}, 1.5, guided) == lk::Status::not_a_number);
    CHECK(status_with(Row{infinity, nan, 1}, 1.5, guided) == lk::Status::not_a_number);
    CHECK(status_with(Row{1, infinity, 1}, 1.5, guided) == lk::Status::positive_infinity);
    CHECK(status_with(Row{1, 1}, 1.5, guided) == lk::Status::wrong_length);
    CHECK(status_with(Row{}, 1.5, guided) == lk::Status::wrong_length);
    CHECK(status_with(std::vector<double>{1, 1, 1, 1}, 0.5, guided) == lk::Status::wrong_length);
  }
}

TEST_CASE("Guidance asks with the context of each beam") {
  // Without the condition every token repeats; with it nothing is said: guided away, none repeats.
  const auto repeats = [](const lk::Context& context) {
    std::vector<float> row(5, 0);
    row[static_cast<std::size_t>(context.tokens.back())] = 8;
    return row;
  };
  const auto model = [](std::span<const lk::Token>) { return std::vector<float>(5, 0); };
  const std::vector<lk::Token> prompt{3};
  const lk::BeamSearchDecoder beams{lk::Chain{lk::Guidance{3, repeats}}, {.beams = 4}};
  const auto results = beams.decode(model, prompt, {.max_new_tokens = 4});
  REQUIRE(results.size() == 4);
  for (const lk::Generation& each : results) {
    lk::Token last = 3;
    for (const lk::Token token : each.tokens) CHECK(std::exchange(last, token) != token);
  }
  const lk::GreedyDecoder greedy{lk::Chain{lk::Guidance{3, repeats}}};
  CHECK(greedy.decode(model, prompt, {.max_new_tokens = 3}).tokens ==
        std::vector<lk::Token>{0, 1, 0});
}

TEST_CASE("Guidance refuses what is not finite") {
  using G = lk::Guidance<lk::Row<float> (*)(const lk::Context&)>;
  CHECK(G::check(-3).empty());
  CHECK(G::check(0).empty());
  CHECK(G::check(std::numeric_limits<double>::infinity()) ==
        "Guidance: g must satisfy -inf < g < inf, got inf");
  CHECK_FALSE(G::check(std::numeric_limits<double>::quiet_NaN()).empty());
  reference::refuses(
      [] {
        lk::Guidance{-std::numeric_limits<float>::infinity(),
                     [](const lk::Context&) { return std::vector<float>{}; }};
      },
      "Guidance: g must satisfy -inf < g < inf, got -inf");
}

TEMPLATE_TEST_CASE("Guidance on a vocabulary of 128256", "", float, double) {
  const auto row = reference::normal_row<TestType>(128256, 3);
  const auto second = reference::normal_row<TestType>(128256, 4);
  const Scores slow = reference::guidance(Scores(row.begin(), row.end()),
                                          Scores(second.begin(), second.end()), 1.5, true);
  const Scores fast = reference::after(lk::Guidance{1.5, returns(second)}, row);
  CHECK(reference::difference(fast, slow, reference::tolerance(slow, row) + 1e-6L) == "");
}
