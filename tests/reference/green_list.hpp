// SPDX-License-Identifier: MIT
// The slow twin of GreenList and of what is built on it: whole permutations, one for each question.
#pragma once

#include "reference/scores.hpp"

#include <logitkit/process/detail/green_list.hpp>

#include <random>
#include <set>

namespace reference {

/// torch.randperm on a CPU.
inline std::vector<std::uint32_t> permutation(std::uint64_t seed, std::size_t size) {
  std::vector<std::uint32_t> order(size);
  std::iota(order.begin(), order.end(), 0u);
  std::mt19937 random(static_cast<std::uint32_t>(seed));
  for (std::size_t i = 0; i + 1 < size; ++i) std::swap(order[i], order[i + random() % (size - i)]);
  return order;
}

/// The green tokens that belong to a seed.
inline std::set<std::int32_t> greens(std::uint64_t seed,
                                     const logitkit::GreenListOptions& options) {
  const auto order = permutation(seed, options.vocabulary);
  const auto size = static_cast<std::size_t>(double(options.vocabulary) * options.ratio);
  return {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(size)};
}

inline bool is_green(const Tokens& before, std::int32_t token,
                     const logitkit::GreenListOptions& options) {
  const auto hashed = [&](std::int32_t of) -> std::int64_t {
    static const auto table = permutation(options.key, 1000003);  // tests use one key with it
    return table[static_cast<std::size_t>(of) % table.size()] + std::int64_t{1};
  };
  if (options.seeding == logitkit::GreenSeeding::left_hash) {
    const auto last = static_cast<std::uint64_t>(before.back());
    return greens(options.key * last, options).contains(token);
  }
  Tokens all = before;
  all.push_back(token);
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (std::size_t i = all.size() - options.context; i < all.size(); ++i) {
    const auto product = options.key * static_cast<std::uint64_t>(hashed(all[i]) * hashed(token));
    least = std::min(least, static_cast<std::int64_t>(product));
  }
  // Python's remainder by 2^64 - 1, which is never negative.
  const auto seed = static_cast<std::uint64_t>(least) - (least < 0 ? 1 : 0);
  return greens(seed, options).contains(token);
}

inline Scores green_list_watermark(Scores scores, long double bias, const Tokens& tokens,
                                   const logitkit::GreenListOptions& options) {
  if (tokens.size() < options.context) return scores;
  if (options.seeding == logitkit::GreenSeeding::left_hash) {
    const auto last = static_cast<std::uint64_t>(tokens.back());
    for (const std::int32_t token : greens(options.key * last, options)) {
      if (has(scores, token)) scores[static_cast<std::size_t>(token)] += bias;
    }
    return scores;
  }
  auto best = best_first(scores);
  best.resize(std::min(best.size(), std::size_t(40)));
  for (const std::size_t token : best) {
    if (is_green(tokens, static_cast<std::int32_t>(token), options)) scores[token] += bias;
  }
  return scores;
}

}  // namespace reference
