// SPDX-License-Identifier: MIT
// Beam search over a cache that never moves: attention reads through a table.
#include "kv_story.hpp"

#include <logitkit/logitkit.hpp>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <span>

namespace lk = logitkit;
using namespace storyteller;

// Live row r writes into physical row r, whatever it continues, and the table says where each of
// its positions is. TensorRT-LLM's kernels read so; here the places are gathered.
class IndirectCache {
 public:
  using Index = Eigen::Index;

  explicit IndirectCache(const Shape& shape)
      : table_(kBeams, std::size_t(shape.context)),
        context_(shape.context),
        memory_(shape, Index(kBeams) * shape.context),
        keys_(shape),
        values_(shape) {}

  std::size_t rows() const { return table_.rows(); }
  std::size_t length(std::size_t) const { return table_.positions(); }
  void append() { table_.start(0); }
  void reorder(std::span<const std::size_t> parents) { table_.reorder(parents); }
  Index extend(std::size_t row) {
    if (row == 0) table_.extend();  // all rows at once
    return Index(table_.positions()) - 1;
  }

  void write(Index layer, std::size_t row, Index position, const auto& key, const auto& value) {
    memory_.write(layer, place(std::uint32_t(row), position), key, value);
  }
  Columns keys(Index layer, std::size_t row, Index count) {
    const auto where = table_.row(row);
    return keys_(count,
                 [&](Index t) { return memory_.keys(layer, place(where[std::size_t(t)], t), 1); });
  }
  Columns values(Index layer, std::size_t row, Index count) {
    const auto where = table_.row(row);
    return values_(
        count, [&](Index t) { return memory_.values(layer, place(where[std::size_t(t)], t), 1); });
  }

  const lk::CacheIndirection& table() const { return table_; }

 private:
  Index place(std::uint32_t physical_row, Index position) const {
    return Index(physical_row) * context_ + position;
  }

  lk::CacheIndirection table_;
  Index context_;
  KeysAndValues memory_;  // [physical rows x context]
  Gathered keys_, values_;
};

int main() {
  const KvStory story;

  BasicTransformer<IndirectCache> model(story.checkpoint);
  const auto found = story.beams.decode(model, story.prompt, story.limits);
  std::cout << story.text(found.front()) << '\n'
            << "where the last live rows find their positions:\n";
  const lk::CacheIndirection& table = model.cache().table();
  for (std::size_t r = 0; r < table.rows(); ++r) {
    for (const std::uint32_t physical_row : table.row(r)) std::cout << physical_row;
    std::cout << '\n';
  }

  std::cout << "nothing was copied; " << story.verdict(found) << '\n';
}
// > Once upon a time, there was a little boy named Timmy. Timmy loved to play outside. One day, he went to the park to play with his friends. They played together all day long.
// > where the last live rows find their positions:
// > 0000000000111111101100321020001333331000200000201000221000
// > 0000000000111111101100321020001333331000200000201000332121
// > 0000000000111111101100321020001333331000200000330211000212
// > 0000000000111111101100321020001333331000200000201000332123
// > nothing was copied; the texts are the same
