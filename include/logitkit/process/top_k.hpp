// SPDX-License-Identifier: MIT
// TopK: keeps the k best tokens.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

namespace logitkit::inline LOGITKIT_ABI {

struct TopKOptions {
  bool keep_ties = false;  ///< all equals of the k-th stay, as in Hugging Face and vLLM
};

/// Keeps exactly the k tokens with the largest scores (all that are not banned, if they are fewer);
/// equal scores at the boundary: the lower tokens stay, or all if keep_ties. k >= 1, usually 20 to
/// 100, and first of those that truncate: what follows then costs O(k).
/// An all-banned row stays empty. Cost: O(V / 64 + k) after the row has been read once.
/// `TopK{40, {.keep_ties = true}}`.
/// Source: Fan, Lewis, Dauphin 2018, "Hierarchical neural story generation", arXiv 1805.04833.
template <std::integral N = int>
class TopK {
 public:
  explicit TopK(N k, const TopKOptions& options = {}) : k_(k), options_(options) {
    require(check(k));
  }

  [[nodiscard]] static std::string check(N k) {
    return k >= 1 ? std::string() : misuse("TopK", "k", "k >= 1", double(k));
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    candidates.keep_top(static_cast<std::size_t>(k_), options_.keep_ties);
  }

  void describe(auto& tell) const {
    tell("top_k", "k", k_).option("keep_ties", options_.keep_ties, false);
  }

 private:
  N k_;
  TopKOptions options_;
};

static_assert(Processor<TopK<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
