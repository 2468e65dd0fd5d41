// SPDX-License-Identifier: MIT
// Bytes: an input of libFuzzer's, read as whatever a target needs.
#pragma once

#include <logitkit/core/token.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <span>
#include <vector>

namespace fuzz {

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

/// Ends the program with a sentence, which libFuzzer takes for a crash.
inline void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

/// What comes after the last byte is zeros.
class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] std::span<const std::uint8_t> rest() const { return rest_; }

  std::uint8_t byte() {
    if (empty()) return 0;
    const std::uint8_t first = rest_.front();
    rest_ = rest_.subspan(1);
    return first;
  }
  bool flag() { return byte() % 2 == 1; }
  /// A number from 0 to n - 1.
  std::size_t below(std::size_t n) { return n <= 256 ? byte() % n : word<std::uint32_t>() % n; }
  template <class Word>
  Word word() {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < sizeof(Word); ++i) word = word << 8 | byte();
    return static_cast<Word>(word);
  }
  /// In [0, 1], in steps of 1/255.
  double part() { return byte() / 255.0; }
  /// Whatever a caller may hand over as a number, most of it reasonable.
  double number() {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    constexpr double kSpecial[] = {
        0,         -0.0,        1,      -1,
        1e-30,     1e30,        1e300,  0x1p-149,
        5e-324,    0x1p1023,    0x1p53, 0x1p63,
        1e-45,     1 - 0x1p-53, 0.5,    std::numeric_limits<double>::quiet_NaN(),
        kInfinity, -kInfinity};
    switch (below(8)) {
      case 0:
        return kSpecial[below(std::size(kSpecial))];
      case 1:
        return std::bit_cast<double>(word<std::uint64_t>());
      case 2:
        return static_cast<double>(std::bit_cast<float>(word<std::uint32_t>()));
      case 3:
        return double(below(256)) / 8 - 16;
      case 4:
        return double(below(256));
      default:
        return part();
    }
  }
  /// A whole number, likewise.
  std::int64_t whole() {
    switch (below(8)) {
      case 0:
        return word<std::int64_t>();
      case 1:
        return word<std::int32_t>();
      case 2:
        return static_cast<std::int8_t>(byte());
      default:
        return byte() % 16;
    }
  }
  /// A token, most often one of the vocabulary's.
  lk::Token token(std::size_t vocabulary) {
    const std::uint8_t first = byte();
    if (first == 255) return word<lk::Token>();
    return static_cast<lk::Token>(first % (first == 254 ? 256 : vocabulary));
  }
  /// Up to `most` of them.
  Tokens tokens(std::size_t most, std::size_t vocabulary) {
    Tokens all(below(most + 1));
    for (lk::Token& each : all) each = token(vocabulary);
    return all;
  }

 private:
  std::span<const std::uint8_t> rest_;
};

/// Random bits that are the same everywhere: splitmix64.
inline std::uint64_t mix(std::uint64_t& state) {
  std::uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/// Multiples of 1/8 or, rarely, of something else, with runs of -inf and many ties; then some
/// numbers of the input's own.
template <class S>
std::vector<S> row(Bytes& bytes, std::size_t vocabulary, bool hostile) {
  constexpr S kInfinity = std::numeric_limits<S>::infinity();
  std::uint64_t state = bytes.byte();
  const std::uint64_t shape = bytes.below(8);
  const int levels = 1 << bytes.below(10);
  std::vector<S> row(vocabulary);
  for (std::size_t i = 0; i < vocabulary; ++i) {
    const std::uint64_t bits = mix(state);
    const double step = double(int(bits % std::uint64_t(levels)) - levels / 2) / 8;
    row[i] = S(shape == 1 ? step * step / 16 : step);
    if (shape == 2 && bits >> 62 == 0) row[i] = -kInfinity;
    if (shape == 3 && i / 40 % 2 == 0) row[i] = -kInfinity;
    if (shape == 4) row[i] = S(double(i) / 64);
    if (shape == 5) row[i] = S(double(vocabulary - i) / 64);
  }
  for (std::size_t n = bytes.below(8); n > 0; --n) {
    S& score = row[bytes.below(vocabulary)];
    score = S(hostile ? bytes.number() : double(bytes.byte()) / 8 - 16);
  }
  return row;
}

/// A length at which vectors, tiles or blocks begin or end, or any other.
inline std::size_t length(Bytes& bytes) {
  constexpr std::size_t kEdges[] = {1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1025};
  const std::size_t n = bytes.below(32);
  return n < std::size(kEdges) ? kEdges[n] : 1 + bytes.below(256);
}

}  // namespace fuzz
