// SPDX-License-Identifier: MIT
// Checkpoint: the weights of a LLaMA 2, read from a llama2.c file of the legacy format.
//
// The file is seven int32 and then float32, all little-endian, nothing between them:
//
//   dim, hidden, layers, heads, kv heads, vocabulary, context      the shape
//   token embedding                        [vocabulary, dim]
//   for each kind, all layers in turn:
//     attention norm                       [dim]
//     wq, wk, wv, wo                       [dim, dim], [kv, dim], [kv, dim], [dim, dim]
//     feed-forward norm                    [dim]
//     w1, w2, w3                           [hidden, dim], [dim, hidden], [hidden, dim]
//   final norm                             [dim]
//   cosines and sines of the rotations     [context, head / 2] each; we compute our own
//   classifier                             [vocabulary, dim], only if the vocabulary is negative
//
// where head = dim / heads and kv = head * kv heads. A matrix [out, in] is stored row by row, and
// maps a column x of length `in` to the column W x.
#pragma once

#include "file.hpp"

#include <Eigen/Core>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace storyteller {

static_assert(std::endian::native == std::endian::little, "checkpoints are little-endian");

/// The seven numbers that fix the model's size.
struct Shape {
  Eigen::Index dim = 0;         // width of the residual stream
  Eigen::Index hidden = 0;      // width inside the feed-forward network
  Eigen::Index layers = 0;      // transformer blocks
  Eigen::Index heads = 0;       // query heads
  Eigen::Index kv_heads = 0;    // key and value heads; heads is a multiple of it
  Eigen::Index vocabulary = 0;  // tokens
  Eigen::Index context = 0;     // longest sequence
  bool shared_classifier = true;

  [[nodiscard]] Eigen::Index head() const { return dim / heads; }
  [[nodiscard]] Eigen::Index kv() const { return head() * kv_heads; }
};

/// A weight matrix [out, in] in the file's own bytes.
using Weights =
    Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
using Gains = Eigen::Map<const Eigen::VectorXf>;

struct Layer {
  Gains attention_norm;
  Weights wq, wk, wv, wo;
  Gains feed_forward_norm;
  Weights w1, w2, w3;
};

/// Owns the bytes; every weight is a view of them. Cheap to copy: copies share the bytes.
class Checkpoint {
 public:
  /// Throws FileError, which calls the file `name`, if it is not exactly one checkpoint.
  Checkpoint(Bytes file, std::string name)
      : bytes_(std::make_shared<const Bytes>(std::move(file))), name_(std::move(name)) {
    read_shape();
    check_size();
    find_weights();
  }

  static Checkpoint load(const std::filesystem::path& path) {
    return Checkpoint(read_file(path), path.string());
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] Weights embedding() const { return {embedding_, shape_.vocabulary, shape_.dim}; }
  [[nodiscard]] Weights classifier() const { return {classifier_, shape_.vocabulary, shape_.dim}; }
  [[nodiscard]] Gains final_norm() const { return {final_norm_, shape_.dim}; }
  [[nodiscard]] Layer layer(Eigen::Index l) const {
    const Eigen::Index dim = shape_.dim;
    const auto gains = [&](const float* all) { return Gains(all + l * dim, dim); };
    const auto matrix = [&](const float* all, Eigen::Index out, Eigen::Index in) {
      return Weights(all + l * out * in, out, in);
    };
    return {
        gains(attention_norm_),          matrix(wq_, dim, dim),
        matrix(wk_, shape_.kv(), dim),   matrix(wv_, shape_.kv(), dim),
        matrix(wo_, dim, dim),           gains(feed_forward_norm_),
        matrix(w1_, shape_.hidden, dim), matrix(w2_, dim, shape_.hidden),
        matrix(w3_, shape_.hidden, dim),
    };
  }

 private:
  static constexpr std::size_t kHeader = 7 * sizeof(std::int32_t);

  void read_shape() {
    std::span<const std::byte> bytes(*bytes_);
    if (bytes.size() < kHeader)
      throw FileError(name_, "too short for a llama2.c checkpoint: " +
                                 std::to_string(bytes.size()) + " bytes, the header takes 28");
    refuse_known_others(bytes);

    // The limits are beyond every model there is, and keep all products far below 2^63.
    shape_.dim = field(bytes, "dim", 1, 1 << 16);
    shape_.hidden = field(bytes, "hidden", 1, 1 << 20);
    shape_.layers = field(bytes, "layers", 1, 1 << 12);
    shape_.heads = field(bytes, "heads", 1, 1 << 16);
    shape_.kv_heads = field(bytes, "kv heads", 1, 1 << 16);
    const auto vocabulary = take<std::int32_t>(bytes);
    constexpr std::int32_t kMost = 1 << 24;
    if (vocabulary == 0 || vocabulary > kMost || vocabulary < -kMost)
      refuse("vocabulary must satisfy 1 <= |vocabulary| <= 16777216", vocabulary);
    shape_.vocabulary = vocabulary < 0 ? -vocabulary : vocabulary;
    shape_.shared_classifier = vocabulary > 0;
    shape_.context = field(bytes, "context", 1, 1 << 24);

    if (shape_.dim % shape_.heads != 0)
      refuse("heads must divide dim (" + std::to_string(shape_.dim) + ")", shape_.heads);
    if (shape_.heads % shape_.kv_heads != 0)
      refuse("kv heads must divide heads (" + std::to_string(shape_.heads) + ")", shape_.kv_heads);
    if (shape_.head() % 2 != 0)
      refuse("dim / heads must be even (rotations turn pairs)", shape_.head());
  }

  /// Throws for a header that says what no checkpoint does.
  [[noreturn]] void refuse(const std::string& rule, Eigen::Index value) const {
    throw FileError(name_,
                    rule + ", got " + std::to_string(value) + " (is this a llama2.c checkpoint?)");
  }

  [[nodiscard]] Eigen::Index field(std::span<const std::byte>& bytes, const std::string& name,
                                   std::int32_t least, std::int32_t most) const {
    const auto value = take<std::int32_t>(bytes);
    if (value < least || value > most)
      refuse(name + " must satisfy " + std::to_string(least) + " <= " + name +
                 " <= " + std::to_string(most),
             value);
    return value;
  }

  void refuse_known_others(std::span<const std::byte> bytes) const {
    const auto magic = take<std::uint32_t>(bytes);
    const auto second = take<std::uint32_t>(bytes);
    if (magic == 0x616b3432)
      throw FileError(name_,
                      "is a llama2.c checkpoint of version 1 or later; export it with "
                      "`--version 0` (legacy)");
    const bool safetensors = second == 0 && bytes.front() == std::byte{'{'};  // size, then JSON
    for (const auto& [found, format] : {std::pair(magic == 0x46554747, "GGUF"),
                                        std::pair(magic == 0x04034b50, "zip (or PyTorch)"),
                                        std::pair(safetensors, "safetensors")})
      if (found)
        throw FileError(
            name_, std::string("is a ") + format + " file; storyteller reads llama2.c checkpoints");
  }

  void check_size() const {
    const Shape& s = shape_;
    const std::int64_t layer =
        2 * s.dim + 2 * s.dim * s.dim + 2 * s.kv() * s.dim + 3 * s.hidden * s.dim;
    const std::int64_t tables = (s.shared_classifier ? 1 : 2) * s.vocabulary * s.dim;
    const std::int64_t floats = tables + s.layers * layer + s.dim + s.context * s.head();
    const std::int64_t expected = static_cast<std::int64_t>(kHeader) + 4 * floats;
    const auto found = static_cast<std::int64_t>(bytes_->size());
    if (found != expected)
      throw FileError(
          name_, std::string(found < expected ? "the file is truncated" : "the file is too long") +
                     ": its header promises " + std::to_string(expected) + " bytes, it has " +
                     std::to_string(found));
  }

  void find_weights() {
    const Shape& s = shape_;
    // Floats lie at a multiple of 4 from the allocation's start, so that they are read in place.
    const auto* next = reinterpret_cast<const float*>(bytes_->data() + kHeader);
    const auto skip = [&next](Eigen::Index size) { return std::exchange(next, next + size); };
    embedding_ = skip(s.vocabulary * s.dim);
    attention_norm_ = skip(s.layers * s.dim);
    wq_ = skip(s.layers * s.dim * s.dim);
    wk_ = skip(s.layers * s.kv() * s.dim);
    wv_ = skip(s.layers * s.kv() * s.dim);
    wo_ = skip(s.layers * s.dim * s.dim);
    feed_forward_norm_ = skip(s.layers * s.dim);
    w1_ = skip(s.layers * s.hidden * s.dim);
    w2_ = skip(s.layers * s.dim * s.hidden);
    w3_ = skip(s.layers * s.hidden * s.dim);
    final_norm_ = skip(s.dim);
    skip(s.context * s.head());  // the rotations
    classifier_ = s.shared_classifier ? embedding_ : next;
  }

  std::shared_ptr<const Bytes> bytes_;  // the file
  std::string name_;                    // what errors call it
  Shape shape_;

  // Where each kind of tensor begins, in bytes_.
  const float *embedding_, *attention_norm_, *wq_, *wk_, *wv_, *wo_;
  const float *feed_forward_norm_, *w1_, *w2_, *w3_, *final_norm_, *classifier_;
};

}  // namespace storyteller
