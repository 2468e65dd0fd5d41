// SPDX-License-Identifier: MIT
// SynthIdOptions: what SynthIdWatermark and SynthIdDetector must agree on.
#pragma once

#include <logitkit/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// Hugging Face's names are in quotes.
struct SynthIdOptions {
  std::vector<std::int64_t> keys{};  ///< the secret, one for each layer; 20 to 30 are usual
  std::size_t ngram = 5;             ///< "ngram_len" >= 2: a token and the ngram - 1 before it
  std::size_t table_size = 65536;    ///< "sampling_table_size", 2 to 2^24
  std::uint32_t table_seed = 0;      ///< "sampling_table_seed"
  std::size_t history = 1024;  ///< "context_history_size": a context among so many is marked once

  [[nodiscard]] std::string check() const {
    const char* const where = "SynthIdOptions";
    if (keys.empty()) return misuse(where, "keys", "length >= 1", 0);
    if (ngram < 2) return misuse(where, "ngram", "ngram >= 2", double(ngram));
    if (table_size < 2 || table_size > (1u << 24)) {
      return misuse(where, "table_size", "2 <= table_size <= 2^24", double(table_size));
    }
    return {};
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI
