// SPDX-License-Identifier: MIT
// Rows of logits with a name: the shapes that samplers get wrong, and a seeded generator for more.
#pragma once

#include <logitkit/random/uniform.hpp>

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace test {

/// Random numbers as a function of a seed: word pairs of Philox4x32-10 with the counter 0, 1, ...
class Random {
 public:
  explicit Random(std::uint64_t seed) : seed_(seed) {}

  std::uint64_t bits();
  /// In [0, 1), a multiple of 2^-53.
  double uniform() { return logitkit::uniform(bits()); }
  /// In [low, high).
  double between(double low, double high) { return low + (high - low) * uniform(); }
  /// In {0, ..., n - 1}, for n far below 2^53.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(uniform() * double(n)); }
  /// Mean 0, variance 1, nearly normal: the sum of twelve uniforms less six.
  double gauss();

 private:
  std::uint64_t seed_;
  std::uint64_t count_ = 0;
};

template <class S>
struct NamedRow {
  std::string name;
  std::vector<S> scores;
};

/// The sizes around the borders of tiles and vector registers.
inline constexpr std::size_t kSizes[] = {1, 31, 32, 33, 63, 64, 65, 1000};

/// `size` scores with a spread: 8 is a sharp distribution, 2 a usual one, 0.01 a flat one.
template <class S>
std::vector<S> gauss_row(std::size_t size, double spread, std::uint64_t seed) {
  Random random(seed);
  std::vector<S> row(size);
  for (S& score : row) score = static_cast<S>(spread * random.gauss());
  return row;
}

/// Every named row of one size, in float or double. None has NaN or +inf; each has a finite score.
template <class S>
std::vector<NamedRow<S>> named_rows(std::size_t size) {
  constexpr S kInfinity = std::numeric_limits<S>::infinity();
  const S tiny = std::numeric_limits<S>::denorm_min() * S(1024);  // exact when halved ten times
  std::vector<S> ties(size), equal(size, S(1.5)), ascending(size), descending(size);
  std::vector<S> banned = gauss_row<S>(size, 2, 11), zeros(size), denormals(size);
  std::vector<S> spike = gauss_row<S>(size, 2, 12), only_one(size, -kInfinity);
  std::vector<S> far = gauss_row<S>(size, 2, 13);
  for (std::size_t i = 0; i < size; ++i) {
    ties[i] = S(i * 7 % 3);
    ascending[i] = S(i) / 8;
    descending[i] = -S(i) / 8;
    if (i % 10 != 5 && size > 1 && (i % 10 > 2 || i == 0)) banned[i] = -kInfinity;
    if (i / 64 == 1) banned[i] = -kInfinity;  // a whole tile
    zeros[i] = i % 5 == 3 ? S(-1) : i % 2 == 0 ? S(-0.0) : S(0.0);
    denormals[i] = tiny * S(i * 13 % 29) * (i % 3 == 0 ? S(-1) : S(1));
    far[i] -= 30000;
  }
  if (size > 1) banned[size - 1] = -kInfinity;
  if (size > 1) banned[1] = S(0.25);
  spike[size / 2] = S(60000);
  only_one[size - 1] = S(-7);
  return {{"ties", ties},
          {"all_equal", equal},
          {"ascending", ascending},
          {"descending", descending},
          {"banned_runs", banned},
          {"zeros", zeros},
          {"denormals", denormals},
          {"spike", spike},
          {"only_one", only_one},
          {"far", far},
          {"peaked", gauss_row<S>(size, 8, 14)},
          {"gauss", gauss_row<S>(size, 2, 15)},
          {"flat", gauss_row<S>(size, 0.01, 16)}};
}

// Compiled once, in rows.cpp.
extern template std::vector<float> gauss_row<float>(std::size_t, double, std::uint64_t);
extern template std::vector<double> gauss_row<double>(std::size_t, double, std::uint64_t);
extern template std::vector<NamedRow<float>> named_rows<float>(std::size_t);
extern template std::vector<NamedRow<double>> named_rows<double>(std::size_t);

/// Every named row of every size.
template <class S>
std::vector<NamedRow<S>> all_named_rows() {
  std::vector<NamedRow<S>> all;
  for (const std::size_t size : kSizes) {
    for (auto& row : named_rows<S>(size)) {
      all.push_back({row.name + "/" + std::to_string(size), std::move(row.scores)});
    }
  }
  return all;
}

/// One row of the length of a Llama-3 vocabulary.
template <class S>
std::vector<S> large_row() {
  return gauss_row<S>(128256, 2.5, 17);
}

}  // namespace test
