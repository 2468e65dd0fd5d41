// SPDX-License-Identifier: MIT
// Transformer: agrees with its slow twin, and its cache with replaying the tokens.
#include "transformer.hpp"

#include "files.hpp"
#include "reference_transformer.hpp"
#include "support/catch.hpp"
#include "tokenizer.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

using files::error_of;
using files::Header;
using logitkit::Token;
using storyteller::Bytes;
using storyteller::Checkpoint;
using storyteller::Transformer;
using Tokens = std::vector<Token>;
using Parents = std::vector<std::size_t>;

namespace {

const std::string kStories = STORYTELLER_DATA_DIR "/stories.bin";

/// Shapes that differ in everything that the code could get wrong by accident. Odd widths, so that
/// columns are not aligned; one head; every kv-head its own; one kv-head for all.
const std::vector<Header> kShapes{
    {},
    {.vocabulary = -13},
    {.dim = 30, .hidden = 7, .layers = 3, .heads = 5, .kv_heads = 1, .vocabulary = 11},
    {.dim = 6, .hidden = 9, .layers = 1, .heads = 3, .kv_heads = 3, .vocabulary = -3},
    {.dim = 2, .hidden = 1, .layers = 1, .heads = 1, .kv_heads = 1, .vocabulary = 1},
};

Transformer tiny(const Header& header = {}) {
  return Transformer(Checkpoint(files::checkpoint(header), "tiny"));
}

/// Deterministic tokens of a vocabulary, no two neighbours alike in a row of them.
Tokens tokens_for(const Header& header, std::size_t count) {
  Tokens tokens;
  for (std::size_t i = 0; i < count; ++i)
    tokens.push_back(static_cast<Token>(i * i + 3 * i + 1) % std::abs(header.vocabulary));
  return tokens;
}

/// The largest difference, relative to the largest logit of its row.
double relative_error(const Eigen::MatrixXf& fast, const reference::Matrix& slow) {
  double worst = 0;
  for (std::size_t t = 0; t < slow.size(); ++t) {
    double largest = 0, difference = 0;
    for (std::size_t v = 0; v < slow[t].size(); ++v) {
      const double value = fast(static_cast<Eigen::Index>(v), static_cast<Eigen::Index>(t));
      largest = std::max(largest, std::abs(slow[t][v]));
      difference = std::max(difference, std::abs(value - slow[t][v]));
      if (!std::isfinite(value)) return INFINITY;
    }
    worst = std::max(worst, difference / largest);
  }
  return worst;
}

Token argmax(const auto& column) {
  Eigen::Index best;
  column.maxCoeff(&best);
  return static_cast<Token>(best);
}

Tokens greedy(Transformer& model, Tokens text, std::size_t length) {
  Token next = argmax(model.prefill(text).col(0));
  while (text.size() < length) {
    text.push_back(next);
    next = argmax(model.step({&next, 1}).col(0));
  }
  return text;
}

}  // namespace

TEST_CASE("the shipped model agrees with its twin over 100 positions, and tells the same story") {
  const auto tokenizer = storyteller::Tokenizer::load(STORYTELLER_DATA_DIR "/tokenizer.bin", 512);
  Transformer model(Checkpoint::load(kStories));
  const Tokens prompt = tokenizer.encode("Once upon a time");
  const Tokens text = greedy(model, prompt, 120);

  const reference::Matrix slow =
      reference::Transformer(storyteller::read_file(kStories)).logits(text);
  model.prefill(Tokens{text[0]});
  const Eigen::MatrixXf fast = model.score(std::span(text).subspan(1));
  const double error = relative_error(fast, {slow.begin() + 1, slow.end()});
  std::cout << "largest relative error over 119 positions: " << error << '\n';
  CHECK(error < 1e-4);

  // By induction from the prompt: the twin, read up to any token, goes on with the next.
  for (std::size_t t = prompt.size() - 1; t + 1 < text.size(); ++t)
    CHECK(std::max_element(slow[t].begin(), slow[t].end()) - slow[t].begin() == text[t + 1]);
  CHECK(
      tokenizer.decode(text).starts_with("Once upon a time, there was a little girl named Lily."));
}

TEST_CASE("every shape agrees with the twin, with a shared and a separate classifier") {
  for (const Header& header : kShapes) {
    CAPTURE(header.dim, header.vocabulary);
    const Bytes file = files::checkpoint(header, 7);
    const Tokens text = tokens_for(header, 16);
    Transformer model(Checkpoint(file, "tiny"));
    const reference::Matrix slow = reference::Transformer(file).logits(text);
    const Eigen::MatrixXf first = model.prefill(Tokens{text[0]});
    CHECK(relative_error(first, {slow[0]}) < 1e-4);
    CHECK(relative_error(model.score(std::span(text).subspan(1)), {slow.begin() + 1, slow.end()}) <
          1e-4);
  }
}

TEST_CASE("attention scores may be larger than a float's exponential can hold") {
  const Bytes file = files::checkpoint({}, 3, 2.4f);
  const Tokens text = tokens_for({}, 16);
  Transformer model(Checkpoint(file, "steep"));
  const reference::Matrix slow = reference::Transformer(file).logits(text);
  model.prefill(Tokens{text[0]});
  const Eigen::MatrixXf fast = model.score(std::span(text).subspan(1));
  CHECK(relative_error(fast, {slow.begin() + 1, slow.end()}) < 1e-4);
}

TEST_CASE("reading a prompt is reading it token by token, to the bit") {
  for (const Header& header : kShapes) {
    CAPTURE(header.dim, header.vocabulary);
    const Tokens text = tokens_for(header, 16);
    Transformer together = tiny(header), one_by_one = tiny(header), scored = tiny(header);
    Eigen::MatrixXf last = one_by_one.prefill(Tokens{text[0]});
    scored.prefill(Tokens{text[0]});
    const Eigen::MatrixXf columns = scored.score(std::span(text).subspan(1));
    for (std::size_t t = 1; t < text.size(); ++t) {
      last = one_by_one.step({&text[t], 1});
      CHECK(last == columns.col(static_cast<Eigen::Index>(t) - 1));
    }
    CHECK(together.prefill(text) == last);
    CHECK(together.length(0) == 16);
  }
}

TEST_CASE("query heads of a group read the same kv-head, as if it had been repeated") {
  // The same weights, with every kv-head written out for each query head of its group.
  const Header grouped{.dim = 24, .hidden = 20, .layers = 2, .heads = 4, .kv_heads = 2};
  Header repeated = grouped;
  repeated.kv_heads = 4;
  const Bytes file = files::checkpoint(grouped);
  Bytes wide = files::header_bytes(repeated);
  const int dim = 24, head_rows = 6 * dim;
  int at = 28;
  const auto copy = [&](int floats) {
    wide.insert(wide.end(), file.begin() + at, file.begin() + at + 4 * floats);
    at += 4 * floats;
  };
  copy(13 * dim + 2 * dim + 2 * dim * dim);       // embedding, norms, wq
  for (int head = 0; head < 2 * 2 * 2; ++head) {  // wk and wv, 2 layers, 2 kv-heads
    copy(head_rows);
    at -= 4 * head_rows;
    copy(head_rows);
  }
  wide.insert(wide.end(), file.begin() + at, file.end());

  const Tokens text = tokens_for(grouped, 12);
  Transformer a(Checkpoint(file, "grouped")), b(Checkpoint(wide, "repeated"));
  CHECK(a.prefill(text) == b.prefill(text));
  CHECK(a.step(Tokens{3}) == b.step(Tokens{3}));
}

TEST_CASE("a row of a batch is the row alone, to the bit") {
  for (const Header& header : kShapes) {
    CAPTURE(header.dim, header.vocabulary);
    const Tokens text = tokens_for(header, 16);
    Transformer batch = tiny(header), alone = tiny(header);
    for (const std::size_t length : {5u, 1u, 9u}) {  // rows of different lengths
      const Eigen::MatrixXf row = batch.append(std::span(text).first(length));
      CHECK(alone.prefill(std::span(text).first(length)) == row);
    }
    REQUIRE(batch.rows() == 3);
    const Eigen::MatrixXf rows = batch.step(Tokens{text[5], text[1], text[9]});
    Eigen::Index r = 0;
    for (const std::size_t length : {6u, 2u, 10u})
      CHECK(alone.prefill(std::span(text).first(length)) == rows.col(r++));
  }
}

TEST_CASE("reordering rows is replaying their tokens, to the bit") {
  const Tokens text = tokens_for({}, 16);
  Transformer model = tiny();
  model.prefill(Tokens{1, 2, 3});
  std::vector<Tokens> histories{{1, 2, 3}};
  const std::vector<Parents> plans{{0, 0, 0}, {0, 1, 2}, {2, 0, 1}, {1, 1, 0, 2},   {3, 3, 3},
                                   {2, 1},    {1, 0},    {0},       {0, 0, 0, 0, 0}};
  for (const Parents& parents : plans) {
    model.reorder(parents);
    std::vector<Tokens> next;
    Tokens last;
    for (std::size_t r = 0; r < parents.size(); ++r) {
      next.push_back(histories[parents[r]]);
      last.push_back((text[next[r].size()] + 5 * static_cast<Token>(r)) % 13);
      next[r].push_back(last[r]);
    }
    histories = next;
    const Eigen::MatrixXf rows = model.step(last);
    REQUIRE(model.rows() == parents.size());
    REQUIRE(rows.cols() == static_cast<Eigen::Index>(parents.size()));
    Transformer replay = tiny();
    for (std::size_t r = 0; r < parents.size(); ++r)
      CHECK(replay.prefill(histories[r]) == rows.col(static_cast<Eigen::Index>(r)));
  }
  model.reorder({});
  CHECK(model.rows() == 0);
}

TEST_CASE("rewinding is never having read, to the bit") {
  const Tokens text = tokens_for({}, 16);
  Transformer model = tiny(), replay = tiny();
  model.prefill(std::span(text).first(4));
  model.reorder(Parents{0, 0});
  model.step(Tokens{5, 6});
  model.step(Tokens{7, 8});
  model.rewind(1);
  CHECK(model.length(1) == 5);
  const Eigen::MatrixXf rows = model.step(Tokens{9, 10});
  CHECK(replay.prefill(Tokens{text[0], text[1], text[2], text[3], 5, 9}) == rows.col(0));
  CHECK(replay.prefill(Tokens{text[0], text[1], text[2], text[3], 6, 10}) == rows.col(1));
  model.rewind(0);
  CHECK(model.length(0) == 6);
  model.rewind(6);  // to the very beginning
  CHECK(model.step(Tokens{1, 1}).col(0) == replay.prefill(Tokens{1}));
}

TEST_CASE("a copy goes on by itself") {
  Transformer model = tiny();
  model.prefill(Tokens{1, 2});
  Transformer copy = model;
  model.step(Tokens{3});
  const Eigen::MatrixXf other = copy.step(Tokens{4});
  Transformer replay = tiny();
  CHECK(replay.prefill(Tokens{1, 2, 4}) == other);
  copy = model;
  const Eigen::MatrixXf next = copy.step(Tokens{5});
  CHECK(replay.prefill(Tokens{1, 2, 3, 5}) == next);
}

TEST_CASE("prefill forgets all rows that were there") {
  Transformer model = tiny();
  const Eigen::MatrixXf first = model.prefill(Tokens{1, 2});
  model.reorder(Parents{0, 0, 0});
  model.step(Tokens{3, 4, 5});
  CHECK(model.prefill(Tokens{1, 2}) == first);
  CHECK(model.rows() == 1);
}

TEST_CASE("what does not fit is refused before anything changes") {
  Transformer model = tiny();
  const Tokens full = tokens_for({}, 16);
  const Eigen::MatrixXf expected = Transformer(model).prefill(Tokens{1, 2, 3});
  model.prefill(Tokens{1, 2});
  using std::invalid_argument, std::length_error, std::out_of_range;

  CHECK(error_of<out_of_range>([&] { model.step(Tokens{13}); }) ==
        "Transformer: token must satisfy 0 <= token < 13, got 13");
  CHECK(error_of<out_of_range>([&] { model.score(Tokens{1, -1}); }) ==
        "Transformer: token must satisfy 0 <= token < 13, got -1");
  CHECK(error_of<out_of_range>([&] { model.prefill(Tokens{99}); }) ==
        "Transformer: token must satisfy 0 <= token < 13, got 99");
  CHECK(error_of<invalid_argument>([&] { model.prefill({}); }) ==
        "Transformer: number of tokens must satisfy 1 <= tokens, got 0");
  CHECK(error_of<invalid_argument>([&] { model.step(Tokens{1, 2}); }) ==
        "Transformer: step: number of tokens must satisfy tokens == live rows (1), got 2");
  CHECK(error_of<invalid_argument>([&] { model.reorder(Parents{0, 1}); }) ==
        "Transformer: reorder: parent must satisfy parent < live rows (1), got 1");
  CHECK(error_of<invalid_argument>([&] { model.rewind(3); }) ==
        "Transformer: rewind: n must satisfy n <= tokens of every row (2), got 3");
  CHECK(error_of<length_error>([&] { model.score(full); }) ==
        "Transformer: length of the sequence must satisfy length <= context (16), got 18");
  CHECK(model.step(Tokens{3}) == expected);

  model.prefill(full);
  CHECK(error_of<length_error>([&] { model.step(Tokens{1}); }) ==
        "Transformer: length of the sequence must satisfy length <= context (16), got 17");
  model.reorder({});
  CHECK(error_of<invalid_argument>([&] { model.score(Tokens{1}); }) ==
        "Transformer: score: live rows must satisfy 1 <= rows, got 0");
}
