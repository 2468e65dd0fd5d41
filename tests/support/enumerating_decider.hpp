// SPDX-License-Identifier: MIT
// EnumeratingDecider: walks every outcome of random decoding, with its exact weight.
#pragma once

#include <logitkit/core/token.hpp>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace test {

/// A decider that gives prescribed numbers, in units of 2^-53, to the positions from `first` on.
/// Asked for any other position it throws: production must ask for the position it decides.
class EnumeratingDecider {
 public:
  using Numbers = std::vector<std::uint64_t>;

  EnumeratingDecider(const Numbers& numbers, std::uint64_t first)
      : numbers_(&numbers), first_(first) {}

  [[nodiscard]] double operator()(std::uint64_t position) const {
    if (position < first_ || position - first_ >= numbers_->size()) {
      throw std::out_of_range("decided at an unexpected position");
    }
    return static_cast<double>((*numbers_)[position - first_]) * 0x1p-53;
  }

 private:
  const Numbers* numbers_;
  std::uint64_t first_;
};

/// A run of tokens and its probability: the product, token by token, of the length of the interval
/// of numbers that choose it, times 2^-53.
struct Outcome {
  std::vector<logitkit::Token> tokens;
  std::vector<std::uint64_t> lengths;  // out of 2^53

  [[nodiscard]] long double probability() const {
    long double product = 1;
    for (const std::uint64_t length : lengths) {
      product *= static_cast<long double>(length) * 0x1p-53L;
    }
    return product;
  }
};

inline constexpr std::uint64_t kNumbers = std::uint64_t{1} << 53;

/// All outcomes of `run(numbers) -> tokens`, a black box that draws one token with each number.
/// Within one prefix the outcomes are intervals; their ends are found by bisection. A few numbers
/// inside each interval are tried as well: a choice that is not an interval throws.
template <class Run>
std::vector<Outcome> enumerate(const Run& run, std::size_t length) {
  std::vector<Outcome> done;
  EnumeratingDecider::Numbers numbers(length, 0);
  Outcome path;
  const auto walk = [&](const auto& self, std::size_t depth) -> void {
    if (depth == length) return done.push_back(path);
    const auto token_at = [&](std::uint64_t number) {
      numbers[depth] = number;
      const std::vector<logitkit::Token> tokens = run(numbers);
      return depth < tokens.size() ? tokens[depth] : logitkit::kNoToken;
    };
    for (std::uint64_t begin = 0; begin < kNumbers;) {
      const logitkit::Token token = token_at(begin);
      std::uint64_t last = begin, beyond = kNumbers;  // `last` gives the token, `beyond` another
      while (last + 1 < beyond) {
        const std::uint64_t middle = last + (beyond - last) / 2;
        (token_at(middle) == token ? last : beyond) = middle;
      }
      for (std::uint64_t part = 1; part < 16; ++part) {
        const std::uint64_t probe = begin + (last - begin) / 16 * part;
        if (token_at(probe) != token) throw std::logic_error("the outcomes are not intervals");
      }
      numbers[depth] = begin;
      path.tokens.push_back(token);
      path.lengths.push_back(last - begin + 1);
      self(self, depth + 1);
      for (std::size_t d = depth + 1; d < length; ++d) numbers[d] = 0;
      path.tokens.pop_back();
      path.lengths.pop_back();
      begin = last + 1;
    }
  };
  walk(walk, 0);
  return done;
}

}  // namespace test
