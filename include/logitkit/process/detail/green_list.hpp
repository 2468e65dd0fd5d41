// SPDX-License-Identifier: MIT
// GreenList: the part of the vocabulary that a watermark favours after a given context.
#pragma once

#include <logitkit/core/green_list_options.hpp>
#include <logitkit/core/token.hpp>
#include <logitkit/random/mersenne_twister.hpp>

#include <algorithm>
#include <memory>
#include <numeric>  // std::iota
#include <span>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// The first floor(ratio * V) tokens of a permutation of all V, which the context and the key seed.
/// The permutation is the one of Hugging Face with PyTorch on a CPU: std::mt19937 g, and for i = 0,
/// 1, ... token i changes places with token i + g() % (V - i). So a text watermarked there is
/// detected here, and the other way round. Copies share the table of self_hash (4 MB).
/// Source: Kirchenbauer et al. 2023, "A watermark for large language models", arXiv 2301.10226,
/// algorithm 2, and "On the reliability of watermarks", arXiv 2306.04634, section 4.
class GreenList {
 public:
  explicit GreenList(const GreenListOptions& options) : options_(options) {
    require(options.check());
    size_ = static_cast<std::uint32_t>(double(options.vocabulary) * options.ratio);
    if (options.seeding == GreenSeeding::self_hash) {
      auto table = std::make_shared<std::vector<std::uint32_t>>(kTable);
      shuffle(options.key, kTable - 1, *table);
      table_ = std::move(table);
    }
  }

  [[nodiscard]] const GreenListOptions& options() const { return options_; }
  /// How many tokens are green.
  [[nodiscard]] std::size_t size() const { return size_; }
  /// How many tokens of context a token's colour depends on.
  [[nodiscard]] std::size_t width() const {
    return options_.seeding == GreenSeeding::self_hash ? options_.context - 1 : 1;
  }

  /// Whether a token is green after `before`, of at least width() tokens. O(size()): follows the
  /// token alone through the permutation, without memory.
  [[nodiscard]] bool contains(std::span<const Token> before, Token token) const {
    const auto vocabulary = static_cast<std::uint32_t>(options_.vocabulary);
    auto place = static_cast<std::uint32_t>(token);
    if (place >= vocabulary) return false;
    MersenneTwister random(table_ ? self_seed(before, token) : left_seed(before.back()));
    for (std::uint32_t i = 0; i < size_; ++i) {
      const std::uint32_t other = i + random() % (vocabulary - i);
      if (place == other) return true;  // it comes to place i, and no later exchange looks there
      if (place == i) place = other;
    }
    return false;
  }

  /// With left_hash, the green tokens after `before`, in the first size() places of `tokens`, which
  /// has room for all V. O(V).
  void list(Token before, std::span<std::uint32_t> tokens) const {
    shuffle(left_seed(before), size_, tokens);
  }

 private:
  static constexpr std::uint32_t kTable = 1000003;

  /// The first n places of a permutation of 0, 1, ..., tokens.size() - 1.
  static void shuffle(std::uint32_t seed, std::uint32_t n, std::span<std::uint32_t> tokens) {
    std::iota(tokens.begin(), tokens.end(), 0u);
    MersenneTwister random(seed);
    const auto size = static_cast<std::uint32_t>(tokens.size());
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::uint32_t other = i + random() % (size - i);
      std::swap(tokens[i], tokens[other]);
    }
  }

  [[nodiscard]] std::uint32_t left_seed(Token before) const {
    return options_.key * static_cast<std::uint32_t>(before);
  }
  /// The least of key * hash(before) * hash(token) over the context, in 64 bits with a sign that
  /// wrap around; torch takes it modulo 2^64 - 1 where it is negative, and of that 32 bits.
  [[nodiscard]] std::uint32_t self_seed(std::span<const Token> before, Token token) const {
    const auto hash = [this](Token of) {
      return std::uint64_t{(*table_)[static_cast<std::uint32_t>(of) % kTable]} + 1;
    };
    const std::uint64_t own = hash(token), key = options_.key;
    auto least = static_cast<std::int64_t>(key * own * own);
    for (const Token of : before.last(width())) {
      least = std::min(least, static_cast<std::int64_t>(key * hash(of) * own));
    }
    return static_cast<std::uint32_t>(least < 0 ? least - 1 : least);
  }

  GreenListOptions options_;
  std::uint32_t size_ = 0;
  std::shared_ptr<const std::vector<std::uint32_t>> table_;  // of self_hash, else null
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
