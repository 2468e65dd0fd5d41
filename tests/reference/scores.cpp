// SPDX-License-Identifier: MIT
// What the slow twins share, compiled once for all tests.
#include "reference/scores.hpp"

#include "reference/candidates.hpp"
#include "reference/inputs.hpp"

namespace reference {

std::vector<std::size_t> best_first(const Scores& scores) {
  std::vector<std::size_t> order;
  for (std::size_t t = 0; t < scores.size(); ++t) {
    if (scores[t] != kBanned) order.push_back(t);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  return order;
}

Scores keep_first(const Scores& scores, const std::vector<std::size_t>& order, std::size_t n) {
  Scores kept(scores.size(), kBanned);
  for (std::size_t i = 0; i < std::min(n, order.size()); ++i) kept[order[i]] = scores[order[i]];
  return kept;
}

std::size_t count_kept(const Scores& scores) {
  return scores.size() -
         static_cast<std::size_t>(std::count(scores.begin(), scores.end(), kBanned));
}

long double log_sum_exp(const Scores& scores) {
  const long double best = *std::max_element(scores.begin(), scores.end());
  if (best == kBanned) return kBanned;
  long double sum = 0;
  for (const long double s : scores) sum += std::exp(s - best);
  return best + std::log(sum);
}

Scores probabilities(Scores scores) {
  const long double total = log_sum_exp(scores);
  for (long double& s : scores) s = s == kBanned ? 0 : std::exp(s - total);
  return scores;
}

long double entropy(const Scores& scores) {
  long double sum = 0;
  for (const long double p : probabilities(scores)) sum -= p > 0 ? p * std::log(p) : 0;
  return sum;
}

long double total_variation(const Scores& p, const Scores& q) {
  long double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += std::fabs(p[i] - q[i]);
  return sum / 2;
}

template class Candidates<float>;
template class Candidates<double>;
template std::vector<float> normal_row<float>(std::size_t, std::uint64_t, double);
template std::vector<double> normal_row<double>(std::size_t, std::uint64_t, double);
template std::vector<Input<float>> inputs<float>(std::size_t);
template std::vector<Input<double>> inputs<double>(std::size_t);

}  // namespace reference
