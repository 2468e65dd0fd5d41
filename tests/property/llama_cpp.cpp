// SPDX-License-Identifier: MIT
// The chains of llama.cpp's own tests: penalties together, and queues of top-k, top-p and min-p.
#include "support/catch.hpp"

#include "reference/trial.hpp"

#include <logitkit/process/chain.hpp>
#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/min_p.hpp>
#include <logitkit/process/presence_penalty.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_p.hpp>

namespace lk = logitkit;
using reference::Scores;

TEMPLATE_TEST_CASE("frequency and presence penalty of 5 each", "[llama.cpp]", float, double) {
  const std::vector<TestType> row(5, static_cast<TestType>(std::log(0.2)));
  const auto check = [&](const std::vector<lk::Token>& generated, const Scores& expected) {
    lk::Chain chain{lk::FrequencyPenalty{5.0}, lk::PresencePenalty{5.0}};
    const lk::PenaltyScope last_n{.last = generated.size()};  // theirs counts the prompt, too
    lk::Chain theirs{lk::FrequencyPenalty{5.0, last_n}, lk::PresencePenalty{5.0, last_n}};
    const std::vector<lk::Token> longer{4, 3, 4};
    theirs.start(longer);
    for (const lk::Token token : generated) chain.accept(token), theirs.accept(token);
    CHECK(reference::after(chain, row) == reference::after(theirs, row));
    const Scores p = reference::probabilities(reference::after(chain, row));
    for (std::size_t t = 0; t < row.size(); ++t) CHECK(std::fabs(p[t] - expected[t]) < 1e-6L);
  };
  check({0}, {0.000011L, 0.249997L, 0.249997L, 0.249997L, 0.249997L});
  check({0, 1, 2}, {0.000023L, 0.000023L, 0.000023L, 0.499966L, 0.499966L});
  check({0, 1, 2, 0, 0}, {0.000000L, 0.000023L, 0.000023L, 0.499977L, 0.499977L});
}

// Token i of 10000 has the score ln(i), so its probability is i over a sum of whole numbers, and
// every kept set is the tokens from some `first` on. Token 0 is banned from the start.
TEMPLATE_TEST_CASE("queues of top-k 100, top-p 0.8 and min-p 0.1 in every order", "[llama.cpp]",
                   float, double) {
  constexpr std::int64_t kSize = 10000;
  std::vector<TestType> row;
  for (std::int64_t i = 0; i < kSize; ++i) {
    row.push_back(static_cast<TestType>(std::log(static_cast<double>(i))));
  }
  struct Stage {
    char kind;
    double value;
  };
  const auto run = [&](const std::vector<Stage>& stages) {
    lk::Workspace workspace;
    lk::Candidates<TestType> candidates(row, workspace);
    std::int64_t first = 1;
    for (const auto [kind, value] : stages) {
      if (kind == 'k') {
        lk::TopK{static_cast<int>(value)}(candidates, {});
        first = std::max(first, kSize - static_cast<std::int64_t>(value));
      } else if (kind == 'p') {
        lk::TopP{value}(candidates, {});
        const double sum = double(first + kSize - 1) * double(kSize - first) / 2;
        std::int64_t cut = kSize - 1;
        double mass = double(cut);
        while (cut > first && mass < value * sum) mass += double(--cut);
        first = cut;
      } else {
        lk::MinP{value}(candidates, {});
        while (double(first) < value * (kSize - 1)) ++first;
      }
      std::int64_t lowest = kSize, kept = 0;
      for (const auto [token, score] : candidates) {
        if (!candidates.contains(token)) continue;
        lowest = std::min<std::int64_t>(lowest, token);
        ++kept;
      }
      INFO(kind << ' ' << value);
      CHECK(lowest == first);
      CHECK(kept == kSize - first);
    }
  };
  for (const double k : {10000.0, 1.0, 100.0}) run({{'k', k}});
  for (const double p : {1.0, 1e-9, 0.0003, 0.8}) run({{'p', p}});
  for (const double m : {1.0, 1e-12, 9997.9 / 9999, 0.1}) run({{'m', m}});
  const Stage k{'k', 100}, p{'p', 0.8}, m{'m', 0.1};
  for (const auto& pair : {std::pair{k, p}, {k, m}, {p, k}, {p, m}, {m, k}, {m, p}}) {
    run({pair.first, pair.second});
  }
  run({{'m', 9997.9 / 9999}, p});
  run({k, p, m});
  run({k, m, p});
  run({p, k, m});
  run({p, m, k});
  run({m, k, p});
  run({m, p, k});
}
