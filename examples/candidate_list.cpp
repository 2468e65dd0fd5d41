// SPDX-License-Identifier: MIT
// Logits that live on a GPU: it hands over its best tokens and what the others weigh together, and
// a server reports log-probabilities, ranks and alternatives as if it had the whole row.
#include <logitkit/logitkit.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <span>
#include <vector>

namespace lk = logitkit;

constexpr std::size_t kVocabulary = 50000, kHandedOver = 64;

// Stands for the GPU: scores every token, brings back the best, best first.
struct Device {
  std::vector<lk::Token> tokens{};
  std::vector<float> logits{};
  double rest = 0;  // ln of the sum of exp(logit) over all others

  void forward(std::span<const lk::Token> context) {
    std::vector<float> row(kVocabulary);
    for (std::size_t i = 0; i < kVocabulary; ++i) {
      const double x = 0.1 * context.back() + 0.618034 * double(i);
      row[i] = float(-2 * std::log(1e-4 + x - std::floor(x)));  // few are good
    }
    tokens.resize(kVocabulary);
    for (std::size_t i = 0; i < kVocabulary; ++i) tokens[i] = lk::Token(i);
    std::stable_sort(tokens.begin(), tokens.end(), [&](lk::Token a, lk::Token b) {
      return row[std::size_t(a)] > row[std::size_t(b)];
    });
    double mass = 0;
    for (std::size_t i = kHandedOver; i < kVocabulary; ++i) {
      mass += std::exp(double(row[std::size_t(tokens[i])]));
    }
    rest = std::log(mass);
    tokens.resize(kHandedOver);
    logits.clear();
    for (const lk::Token token : tokens) logits.push_back(row[std::size_t(token)]);
  }
};

int main() {
  const lk::RandomDecoder random{
      lk::Chain{lk::TopK{20}, lk::Temperature{0.7f}},
      {.seed = 7, .report = {.model = true, .alternatives = 2, .rank = true}}};
  auto session = random.start(std::vector<lk::Token>{1, 2, 3}, {.max_new_tokens = 4});
  lk::Workspace workspace;
  Device device;
  while (session.reason() == lk::StopReason::none) {
    device.forward(session.tokens());
    const lk::CandidateList list{device.tokens, device.logits, kVocabulary, device.rest};
    const lk::Pick pick = session.next(list, workspace);
    if (pick.status != lk::Status::ok) return 1;
    std::printf("%5d  rank %2zu, ln p = %.3f; best:", pick.token, pick.rank,
                pick.model_log_probability);
    for (const auto& [token, log_probability] : pick.alternatives) {
      std::printf(" %d (%.3f)", token, log_probability);
    }
    std::printf("\n");
    session.accept(pick.token);
  }
}
// >  6826  rank  2, ln p = -2.504; best: 61 (-2.392) 6826 (-2.504)
// > 43296  rank  7, ln p = -2.871; best: 2706 (-1.960) 9471 (-2.144)
// >  9471  rank  2, ln p = -2.144; best: 2706 (-1.960) 9471 (-2.144)
// > 14944  rank  3, ln p = -2.615; best: 1414 (-2.400) 8179 (-2.510)
