// SPDX-License-Identifier: MIT
// KeysAndValues: the memory of a KV cache. RowCache: one such memory for each row, with forks.
#pragma once

#include "checkpoint.hpp"

#include <logitkit/model/fork_plan.hpp>

#include <Eigen/Core>

#include <cstddef>
#include <span>
#include <vector>

namespace storyteller {

/// Columns that lie side by side in memory.
using Columns = Eigen::Map<const Eigen::MatrixXf>;

/// So many places, each for the keys and values of one position in all layers.
class KeysAndValues {
 public:
  using Index = Eigen::Index;

  KeysAndValues(const Shape& shape, Index places)
      : layers_(shape.layers),
        places_(places),
        keys_(shape.kv(), shape.layers * places),
        values_(shape.kv(), shape.layers * places) {}

  void write(Index layer, Index place, const Eigen::Ref<const Eigen::VectorXf>& key,
             const Eigen::Ref<const Eigen::VectorXf>& value) {
    keys_.col(layer * places_ + place) = key;
    values_.col(layer * places_ + place) = value;
  }

  /// Copies `count` places from one memory to another, or within one where they do not overlap.
  void copy(const KeysAndValues& other, Index from, Index to, Index count) {
    for (Index l = 0; l < layers_; ++l) {
      const Index source = l * other.places_ + from, target = l * places_ + to;
      keys_.middleCols(target, count) = other.keys_.middleCols(source, count);
      values_.middleCols(target, count) = other.values_.middleCols(source, count);
    }
  }

  [[nodiscard]] Columns keys(Index layer, Index place, Index count) const {
    return {keys_.col(layer * places_ + place).data(), keys_.rows(), count};
  }
  [[nodiscard]] Columns values(Index layer, Index place, Index count) const {
    return {values_.col(layer * places_ + place).data(), values_.rows(), count};
  }

 private:
  Index layers_, places_;
  Eigen::MatrixXf keys_, values_;  // kv x (layers * places)
};

/// What a Transformer asks of its cache; another one may take its place. Every row has a memory of
/// its own. A row that goes to one child is not copied: it changes its number alone.
class RowCache {
 public:
  using Index = Eigen::Index;

  explicit RowCache(const Shape& shape) : shape_(shape) {}

  /// Live rows, and the number of positions that row r has.
  [[nodiscard]] std::size_t rows() const { return plan_.sequences().size(); }
  [[nodiscard]] std::size_t length(std::size_t row) const { return at(row).length; }

  /// One more row, which is empty.
  void append() { sequence(plan_.append()).length = 0; }

  /// New row r continues what was row parents[r].
  void reorder(std::span<const std::size_t> parents) {
    plan_.reorder(parents);
    for (const auto [from, to] : plan_.forks()) {
      Sequence& child = sequence(to);
      const Sequence& parent = sequences_[from];
      child.memory.copy(parent.memory, 0, 0, static_cast<Index>(parent.length));
      child.length = parent.length;
    }
  }

  /// Gives a row one more position, which is returned, or takes n positions from it.
  Index extend(std::size_t row) { return static_cast<Index>(at(row).length++); }
  void rewind(std::size_t row, std::size_t n) { at(row).length -= n; }

  void write(Index layer, std::size_t row, Index position,
             const Eigen::Ref<const Eigen::VectorXf>& key,
             const Eigen::Ref<const Eigen::VectorXf>& value) {
    at(row).memory.write(layer, position, key, value);
  }

  /// Those of a row's first positions, in order.
  [[nodiscard]] Columns keys(Index layer, std::size_t row, Index positions) const {
    return at(row).memory.keys(layer, 0, positions);
  }
  [[nodiscard]] Columns values(Index layer, std::size_t row, Index positions) const {
    return at(row).memory.values(layer, 0, positions);
  }

 private:
  struct Sequence {
    KeysAndValues memory;
    std::size_t length = 0;
  };

  [[nodiscard]] Sequence& at(std::size_t row) { return sequences_[plan_.sequences()[row]]; }
  [[nodiscard]] const Sequence& at(std::size_t row) const {
    return sequences_[plan_.sequences()[row]];
  }

  /// The sequence of this number: one that was dropped before, whose memory is used again, or one
  /// more.
  [[nodiscard]] Sequence& sequence(std::size_t number) {
    if (number == sequences_.size()) {
      sequences_.push_back({KeysAndValues(shape_, shape_.context), 0});
    }
    return sequences_[number];
  }

  Shape shape_;
  logitkit::ForkPlan plan_;          // says which sequence each row is
  std::vector<Sequence> sequences_;  // by number
};

}  // namespace storyteller
