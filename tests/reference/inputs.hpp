// SPDX-License-Identifier: MIT
// Named adversarial rows of any length for the processors, each with at least one token allowed.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

namespace reference {

/// Random bits that are the same everywhere: splitmix64.
class Bits {
 public:
  explicit Bits(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  /// Bell-shaped, of standard deviation 1: the sum of twelve uniforms.
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  }

 private:
  std::uint64_t state_;
};

template <class S>
struct Input {
  std::string name;
  std::vector<S> row;
};

template <class S>
std::vector<S> normal_row(std::size_t size, std::uint64_t seed, double deviation = 3) {
  Bits bits(seed);
  std::vector<S> row(size);
  for (S& score : row) score = static_cast<S>(deviation * bits.normal());
  return row;
}

/// A row in which tokens have these probabilities.
template <class S>
std::vector<S> row_of(std::initializer_list<double> probabilities) {
  std::vector<S> row;
  for (const double p : probabilities) row.push_back(static_cast<S>(std::log(p)));
  return row;
}

/// The rows that fast code gets wrong.
template <class S>
std::vector<Input<S>> inputs(std::size_t size) {
  constexpr S kInfinity = std::numeric_limits<S>::infinity();
  std::vector<Input<S>> all;
  const auto make = [&](const char* name, auto&& score) {
    std::vector<S> row(size);
    for (std::size_t i = 0; i < size; ++i) row[i] = static_cast<S>(score(i));
    all.push_back({name, std::move(row)});
  };
  Bits bits(size);
  make("normal", [&](std::size_t) { return 3 * bits.normal(); });
  make("ties", [&](std::size_t) { return 0.5 * static_cast<double>(bits.below(5)) - 1; });
  make("all equal", [](std::size_t) { return -1.5; });
  make("ascending", [&](std::size_t i) { return 0.01 * static_cast<double>(i) - 2; });
  make("descending", [](std::size_t i) { return 2 - 0.01 * static_cast<double>(i); });
  make("one peak, last",
       [&](std::size_t i) { return i + 1 == size ? 30.0 : 0.001 * bits.normal(); });
  make("runs of -inf", [&](std::size_t i) {
    return i / 40 % 2 == 0 && i + 1 != size ? double(-kInfinity) : bits.normal();
  });
  make("one token left", [&](std::size_t i) { return i == size / 2 ? -7 : double(-kInfinity); });
  make("two zeros", [&](std::size_t) { return bits.below(2) == 0 ? 0.0 : -0.0; });
  make("denormals", [&](std::size_t) {
    return double(std::numeric_limits<S>::denorm_min()) * (double(bits.below(9)) - 4);
  });
  make("far apart", [&](std::size_t) { return 1e6 * bits.normal(); });
  return all;
}

// Compiled once, in scores.cpp.
extern template std::vector<float> normal_row<float>(std::size_t, std::uint64_t, double);
extern template std::vector<double> normal_row<double>(std::size_t, std::uint64_t, double);
extern template std::vector<Input<float>> inputs<float>(std::size_t);
extern template std::vector<Input<double>> inputs<double>(std::size_t);

/// The lengths at which vectors, tiles and blocks begin and end.
inline const std::vector<std::size_t>& sizes() {
  static const std::vector<std::size_t> all{1, 31, 32, 33, 63, 64, 65, 1000};
  return all;
}

}  // namespace reference
