// SPDX-License-Identifier: MIT
// Beam search over one contiguous cache, [rows x context], reordered in place by the fewest copies.
#include "kv_story.hpp"

#include <logitkit/logitkit.hpp>

#include <cstddef>
#include <iostream>
#include <span>
#include <vector>

namespace lk = logitkit;
using namespace storyteller;

// Row r is the places from r * context on. The last row is the spare one, for rings.
class ContiguousCache {
 public:
  using Index = Eigen::Index;

  explicit ContiguousCache(const Shape& shape)
      : context_(shape.context), memory_(shape, Index(kBeams + 1) * shape.context) {}

  std::size_t rows() const { return rows_; }
  std::size_t length(std::size_t row) const { return std::size_t(lengths_[row]); }
  void append() { lengths_[rows_++] = 0; }
  Index extend(std::size_t row) { return lengths_[row]++; }

  void reorder(std::span<const std::size_t> parents) {
    for (const auto [from, to] : plan_.reorder(parents)) {
      memory_.copy(memory_, Index(from) * context_, Index(to) * context_, lengths_[from]);
      lengths_[to] = lengths_[from];
      ++copies;
    }
    rows_ = parents.size();
  }

  void write(Index layer, std::size_t row, Index position, const auto& key, const auto& value) {
    memory_.write(layer, Index(row) * context_ + position, key, value);
  }
  Columns keys(Index layer, std::size_t row, Index count) const {
    return memory_.keys(layer, Index(row) * context_, count);
  }
  Columns values(Index layer, std::size_t row, Index count) const {
    return memory_.values(layer, Index(row) * context_, count);
  }

  std::size_t copies = 0;  // of rows, so far

 private:
  lk::CopyPlan plan_{kBeams};
  Index context_;
  std::size_t rows_ = 0;
  Index lengths_[kBeams + 1] = {};
  KeysAndValues memory_;
};

int main() {
  const KvStory story;

  BasicTransformer<ContiguousCache> model(story.checkpoint);
  auto search = story.beams.start(story.prompt, story.limits);
  std::size_t gathered = 0;  // what moving every row of every step would have copied

  // The prompt is one row, not one for each beam: the first reorder makes 4 of it by 3 copies.
  run_beams(search, model, story.prompt,
            [&](const lk::BeamStep& step) { gathered += step.parents.size(); });

  const std::vector<lk::Generation> found = search.results();
  std::cout << story.text(found.front()) << '\n'
            << model.cache().copies << " rows copied, not " << gathered << "; "
            << story.verdict(found) << '\n';
}
// > Once upon a time, there was a little boy named Timmy. Timmy loved to play outside. One day, he went to the park to play with his friends. They played together all day long.
// > 142 rows copied, not 212; the texts are the same
