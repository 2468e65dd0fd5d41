// SPDX-License-Identifier: MIT
// TokenMask: what a grammar allows, as one bit a token in the engine's own memory.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

#include <span>

namespace logitkit::inline LOGITKIT_ABI {

/// Keeps token t iff bit t % 32 of words[t / 32] is 1, the least significant bit first: the layout
/// that xgrammar and llguidance fill. A missing word allows nothing; bits beyond the vocabulary
/// play no part. Nothing allowed: the status is `nothing_left`. `TokenMask{words}`, where words is
/// a contiguous range of std::uint32_t or std::int32_t, at least one.
///
/// The words stay the engine's: they are read at each call, so the engine refills them between two
/// tokens, and must keep them where they are. All sessions and beams with a copy read the same
/// words; where the grammar's state differs from beam to beam, write a processor with `accept`.
/// First in the chain it costs V / 8 bytes beside the row, which is then masked as it is read, and
/// no pass of its own; after a narrowing O(survivors).
class TokenMask {
 public:
  template <class Words>
    requires std::constructible_from<std::span<const std::uint32_t>, Words> ||
             std::constructible_from<std::span<const std::int32_t>, Words>
  explicit TokenMask(Words&& words) {
    static_assert(std::is_lvalue_reference_v<Words> ||
                      std::ranges::enable_borrowed_range<std::remove_cvref_t<Words>>,
                  "logitkit: this mask is a temporary that owns its words, and would be gone: keep "
                  "it in a variable");
    if constexpr (std::constructible_from<std::span<const std::uint32_t>, Words>) {
      words_ = std::span<const std::uint32_t>(words);
    } else {
      const std::span<const std::int32_t> given(words);
      words_ = {reinterpret_cast<const std::uint32_t*>(given.data()), given.size()};
    }
    require(check(words_));
  }

  [[nodiscard]] static std::string check(std::span<const std::uint32_t> words) {
    return words.empty() ? misuse("TokenMask", "words", "length >= 1", 0) : std::string();
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    candidates.mask(words_);
  }

  void describe(auto& tell) const { tell("token_mask"); }

 private:
  std::span<const std::uint32_t> words_;
};

static_assert(Processor<TokenMask>);

}  // namespace logitkit::inline LOGITKIT_ABI
