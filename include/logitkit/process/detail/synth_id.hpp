// SPDX-License-Identifier: MIT
// SynthId: the bits that a watermark's keys and the tokens before it give to every token.
#pragma once

#include <logitkit/core/synth_id_options.hpp>
#include <logitkit/core/token.hpp>
#include <logitkit/random/mersenne_twister.hpp>

#include <memory>
#include <span>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// Each layer has a bit for each token, looked up in a table of random bits by a hash of the tokens
/// before it, the token and the layer's key: Hugging Face's with PyTorch on a CPU, whose hash is a
/// linear congruence and whose table is std::mt19937's lowest bits. So a text watermarked there is
/// detected here, and the other way round. Copies share table and keys.
/// Source: Dathathri et al. 2024, "Scalable watermarking for identifying large language model
/// outputs", Nature 634.
class SynthId {
 public:
  explicit SynthId(const SynthIdOptions& options) {
    require(options.check());
    auto made = std::make_shared<Shared>(Shared{options, std::vector<bool>(options.table_size)});
    MersenneTwister random(options.table_seed);
    for (std::size_t i = 0; i < options.table_size; ++i) {
      made->table[i] = random() % 2 != 0;
      made->ones += made->table[i];
    }
    shared_ = std::move(made);
  }

  [[nodiscard]] const SynthIdOptions& options() const { return shared_->options; }
  /// How many tokens of context a token's bits depend on.
  [[nodiscard]] std::size_t width() const { return options().ngram - 1; }
  [[nodiscard]] std::size_t layers() const { return options().keys.size(); }
  /// The part of all bits that are 1.
  [[nodiscard]] double share() const {
    return double(shared_->ones) / double(shared_->options.table_size);
  }

  [[nodiscard]] static std::uint64_t hash(std::span<const Token> tokens) {
    std::uint64_t hash = 1;
    for (const Token token : tokens) hash = prolonged(hash, token);
    return hash;
  }
  /// The hash of the same tokens and one more.
  [[nodiscard]] static std::uint64_t prolonged(std::uint64_t hash, std::int64_t by) {
    return (hash + static_cast<std::uint64_t>(by)) * 6364136223846793005u + 1;
  }
  /// A layer's bit of the token that ends a run with this hash.
  [[nodiscard]] bool bit(std::uint64_t hash, std::size_t layer) const {
    const auto size = static_cast<std::int64_t>(shared_->options.table_size);
    const auto at = static_cast<std::int64_t>(prolonged(hash, options().keys[layer])) % size;
    return shared_->table[static_cast<std::size_t>(at < 0 ? at + size : at)];
  }

 private:
  struct Shared {
    SynthIdOptions options;
    std::vector<bool> table;
    std::size_t ones = 0;
  };
  std::shared_ptr<const Shared> shared_;
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
