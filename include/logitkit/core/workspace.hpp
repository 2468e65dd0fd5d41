// SPDX-License-Identifier: MIT
// Workspace: the scratch memory of one thread, shared by any number of sessions.
#pragma once

#include <logitkit/core/detail/buffer.hpp>
#include <logitkit/core/pick.hpp>
#include <logitkit/math/mass.hpp>
#include <logitkit/math/select.hpp>
#include <logitkit/math/tiles.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// A token and its score, as seen by whoever looks through the candidates.
struct Candidate {
  Token token;
  double score;
};

/// A token's place in the distribution, exactly: its own mass, that of all lower tokens, and the
/// total.
struct Share {
  Token token = kNoToken;
  math::Mass before{};
  math::Mass own{};
  math::Mass total{};
};

namespace detail {

/// A survivor: a token and its value, which is the score before scale and shift.
template <std::floating_point S>
using Survivor = math::Entry<S>;

/// Room behind a list for kernels, which write whole vectors and whole tiles.
inline constexpr std::size_t kSlack = 96;

/// How many tiles make a sample.
inline constexpr std::size_t kSampled = 128;

/// Keys and weights of a list of survivors.
template <std::floating_point S>
struct Weighed {
  Buffer<math::OrderKey<S>> keys;
  Buffer<std::uint64_t> weights;
};

/// The memory behind one `Candidates<S>`. Sized by the largest vocabulary seen, then reused.
template <std::floating_point S>
struct Scratch {
  using Key = math::OrderKey<S>;
  using Survivors = Buffer<Survivor<S>>;

  std::vector<Key> tiles;                       // largest key of each tile, edits included
  std::vector<std::int32_t> tile_tops;          // of double rows, the upper halves of these keys
  std::vector<std::int32_t> tile_copy;          // to select in: of tiles, groups or sixteens
  std::vector<std::uint32_t> tile_list;         // tiles that can hold what is looked for
  std::vector<float> tile_sums;                 // of the weights, nearly
  std::vector<double> fine_sums;                // the same of double rows, more nearly
  std::vector<math::Mass> block_masses;         // of sixteen tiles each, exactly
  std::vector<std::uint64_t> edited;            // one bit a token: its value is in `values`
  std::vector<std::uint64_t> allowed;           // one bit a token, where there is a mask
  std::vector<std::uint64_t> marks;             // the next of these
  std::optional<std::size_t> allowed_count;     // how many bits are 1, where that is known
  Buffer<S> values;                             // edited values, valid where the bit is set
  Buffer<Token> edits;                          // the tokens whose bits are set, in edit order
  std::vector<std::uint32_t> stale;             // tiles whose largest key an edit has taken away
  Survivors survivors;                          // after narrowing, ascending tokens
  Survivors picked;                             // the next survivors, and selection among them
  Survivors found;                              // what reaches a bound, or is near
  Weighed<S> weighed;                           // of the survivors, of what is picked, of `tile`
  std::array<Survivor<S>, math::kTile> tile{};  // the entries of one tile
  Buffer<float> sample;                         // the numbers of some tiles
  Buffer<Candidate> sorted;                     // the sorted view

  /// Makes room for V tokens; a larger V than ever before allocates, nothing else does.
  void resize(std::size_t vocabulary) {
    const std::size_t tile_count = math::tile_count(vocabulary);
    for (const Token token : edits) edited[static_cast<std::size_t>(token) / math::kTile] = 0;
    edits.clear();
    stale.clear();
    survivors.clear();
    tiles.resize(tile_count);
    block_masses.resize(tile_count / math::kBlockTiles + 1);
    if (values.size() >= vocabulary) return;
    if (sizeof(Key) > 4) {
      tile_tops.resize(tile_count);
      fine_sums.resize(tile_count);
    }
    tile_copy.resize(4 * tile_count + 16);
    tile_list.resize(tile_count + 16);
    tile_sums.resize(tile_count);
    stale.reserve(vocabulary);
    edited.resize(tile_count);
    allowed.resize(tile_count);
    marks.resize(tile_count);
    values.resize(vocabulary);
    edits.reserve(vocabulary);
    survivors.reserve(vocabulary + kSlack);
    picked.reserve(vocabulary + kSlack);
    found.reserve(vocabulary + kSlack);
    weighed.keys.reserve(vocabulary + kSlack);
    weighed.weights.reserve(vocabulary + kSlack);
    sample.reserve(kSampled * math::kTile);
    sorted.reserve(vocabulary);
  }
};

}  // namespace detail

/// Scratch memory: make one for each thread and pass it to every call. A workspace serves one call
/// at a time, any vocabulary and any decoder; it holds no state that a result could depend on.
/// Memory: 65 bytes a token of the largest vocabulary (97 for double rows), reserved at once and
/// most of it never touched.
class Workspace {
 public:
  template <std::floating_point S>
  [[nodiscard]] detail::Scratch<S>& scratch() {
    if constexpr (std::same_as<S, float>) {
      return floats_;
    } else {
      return doubles_;
    }
  }

  /// Room for the alternatives that picks point to, and for the picks of a batch or a round.
  [[nodiscard]] std::vector<Alternative>& alternatives() { return alternatives_; }
  [[nodiscard]] std::vector<Pick>& picks() { return picks_; }

 private:
  detail::Scratch<float> floats_;
  detail::Scratch<double> doubles_;
  std::vector<Alternative> alternatives_;
  std::vector<Pick> picks_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
