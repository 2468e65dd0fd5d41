// SPDX-License-Identifier: MIT
// KernelTrial: every function of a table of kernels against its twins, on adversarial random rows.
//
// Each function sees each element; its output must have the bits of the portable kernels', and
// those of a loop that is too simple to be wrong where there is one. Used by the tests of each
// instruction set and, for longer, by fuzz/kernels.cpp; so it needs the library's headers and Eigen
// alone.
//
// One more kernel: one more call of `same` in a check, and `expect` where it has a simple twin.
#pragma once

#include "../reference/inputs.hpp"
#include "flush_to_zero.hpp"

#include <logitkit/math/detail/lanes_portable.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace test {

namespace math = logitkit::math;

/// Runs every function of a table on rows, next to that of the portable table.
class KernelTrial {
 public:
  explicit KernelTrial(const math::Kernels& ours) : ours_(ours) {}

  /// One row of each scalar, by a seed; returns how many elements each had. Throws at a mismatch.
  std::size_t run(std::uint64_t seed) {
    seed_ = seed;
    bits_ = reference::Bits(seed);
    size_ = random_size();
    const Style style{Shape(bits_.below(kShapes)),
                      std::ldexp(1.0f, static_cast<int>(bits_.below(14)) - 7)};
    shape_ = style.shape;
    flush_ = bits_.below(4) == 0;
    mask_ = make_mask();
    check_rows(make_row<Eigen::half>(style));
    check_rows(make_row<Eigen::bfloat16>(style));
    check_rows(make_row<double>(style));
    const auto row = make_row<float>(style);
    check_rows(row);
    check_nan_of_sums(row);
    if (style.shape != with_nan) {
      check_weights(row);
      check_entries(row);
      check_keys(row);
    }
    return size_;
  }

 private:
  // --- Rows ---

  static constexpr float kInfinity = std::numeric_limits<float>::infinity();
  static constexpr std::size_t kTile = 64, kSlack = 16;  // what may be written behind results

  enum Shape {
    any_bits,
    with_nan,
    ties,
    denormals,
    zeros,
    banned,
    far,
    flat,
    sorted,
    peaks,
    logits
  };
  static constexpr std::size_t kShapes = 11;

  /// What is the same for a whole row.
  struct Style {
    Shape shape;
    float unit;  // by which it is scaled
  };

  /// A row's number as what it is compared as.
  template <class Scalar>
  using Score = std::conditional_t<std::same_as<Scalar, double>, double, float>;

  std::size_t random_size() {
    constexpr std::size_t kEdges[] = {1,   15,  16,  17,  63,   64,   65,   127,
                                      128, 129, 255, 256, 1023, 1024, 1025, 2049};
    const std::size_t kind = bits_.below(4);
    if (kind == 0) return kEdges[bits_.below(std::size(kEdges))];
    return 1 + bits_.below(kind == 1 ? 200 : 5000);
  }

  float below_eight() { return static_cast<float>(bits_.uniform() * 16 - 8); }

  /// The number at place i; NaN only in rows with_nan.
  float number(const Style& style, std::size_t i) {
    const float x = below_eight();
    const auto any = static_cast<std::uint32_t>(bits_.next() >> 32);
    const std::uint32_t limit = std::bit_cast<std::uint32_t>(65536 * style.unit);
    switch (style.shape) {
      case any_bits:
        return std::bit_cast<float>((any & 0x7fffffffu) % limit | (any & 0x80000000u));
      case with_nan:
        return any % size_ == 0 ? std::bit_cast<float>(any | 0x7f800001u) : x;
      case ties:
        return static_cast<float>(static_cast<int>(x)) * style.unit;
      case denormals:
        return std::bit_cast<float>(any % 16 == 0 ? any & 0x807fffffu : any & 0x8000000fu);
      case zeros:
        return any % 2 != 0 ? 0.0f : any % 64 == 0 ? -1.0f : -0.0f;
      case banned:
        return any % 3 != 0 ? -kInfinity : any % 1024 == 0 ? 2.0f : x;
      case far:
        return x * 1000 * style.unit;
      case flat:
        return 3 * style.unit;
      case sorted:
        return style.unit * 0.01f * static_cast<float>(any % 2 == 0 ? i : i + 1);
      case peaks:
        return any % 97 == 0 ? 30 + x : x * 0.01f;
      case logits:
        return x + below_eight();
    }
    return 0;
  }

  /// The same for rows of doubles: where the shape says so, bits that no float has.
  double number_of_double(const Style& style, std::size_t i) {
    const double x = double(number(style, i));
    const std::uint64_t any = bits_.next();
    const std::uint64_t limit = std::bit_cast<std::uint64_t>(65536 * double(style.unit));
    switch (style.shape) {
      case any_bits:
        return std::bit_cast<double>((any >> 1) % limit | any << 63);
      case denormals:
        return std::bit_cast<double>(any % 16 == 0 ? any & 0x800fffffffffffffu
                                                   : any & 0x800000000000000fu);
      case logits:
        return x + std::ldexp(double(any >> 11), -60 - static_cast<int>(any % 40));
      default:
        return x;
    }
  }

  template <class Scalar>
  std::vector<Scalar> make_row(const Style& style) {
    std::vector<Scalar> row(size_);
    for (std::size_t i = 0; i < size_; ++i) {
      if constexpr (std::same_as<Scalar, double>) {
        row[i] = number_of_double(style, i);
      } else {
        row[i] = static_cast<Scalar>(number(style, i));
      }
      if constexpr (sizeof(Scalar) == 2) {  // any pattern of bits
        if (style.shape != any_bits && style.shape != with_nan) continue;
        const auto any = static_cast<std::uint16_t>(bits_.next());
        row[i] = std::bit_cast<Scalar>(any);
        const bool stays = style.shape == with_nan && any % size_ == 0;
        if (math::is_nan(static_cast<float>(row[i])) && !stays) row[i] = Scalar(-1.0f);
      }
    }
    return row;
  }

  /// One bit a number: any, all or none, a word at a time.
  std::vector<std::uint64_t> make_mask() {
    std::vector<std::uint64_t> mask(tiles());
    for (auto& word : mask) {
      const std::size_t kind = bits_.below(4);
      word = kind == 0 ? 0 : kind == 1 ? ~std::uint64_t{0} : bits_.next();
    }
    return mask;
  }

  double random_scale() {
    constexpr double kScales[] = {1, 1.25, 1 / 0.7, 0.3, 17};
    const std::size_t kind = bits_.below(60u << 16);
    const double random =
        std::ldexp(1 + 0x1p-8 * double(kind / 8 % 256), static_cast<int>(kind >> 16) - 30);
    return kind % 8 < std::size(kScales) ? kScales[kind % 8] : random;
  }

  [[nodiscard]] std::size_t tiles() const { return (size_ + kTile - 1) / kTile; }

  // --- How outputs are compared ---

  /// What is wrong, with what, and how to see it again; and the end.
  [[noreturn]] void fail(const char* what, std::size_t at) const {
    throw std::runtime_error(std::string(what) + " differs at " + std::to_string(at) +
                             ": a row of " + std::to_string(size_) + ", shape " +
                             std::to_string(shape_) + (flush_ ? ", flushed" : ", not flushed") +
                             ", seed " + std::to_string(seed_));
  }

  template <class Out>
  void expect(const char* what, const std::vector<Out>& got, const std::vector<Out>& wanted) const {
    if (got.size() != wanted.size()) fail(what, std::min(got.size(), wanted.size()));
    for (std::size_t i = 0; i < got.size(); ++i) {
      if (std::memcmp(&got[i], &wanted[i], sizeof(Out)) != 0) fail(what, i);
    }
  }

  /// Calls run(), with denormals flushed if it is the row's turn.
  auto in_turn(const auto& run) const {
    std::optional<FlushToZero> flush;
    if (flush_) flush.emplace();
    return run();
  }

  /// Calls run(table, output) for both tables, ours in turn; requires the same output, and nothing
  /// written behind `size` and the slack. `run` returns how many it wrote.
  template <class Out, class Run>
  std::vector<Out> same(const char* what, std::size_t size, const Run& run) const {
    std::vector<Out> a(size + 2 * kSlack), b(size + 2 * kSlack);
    std::memset(static_cast<void*>(a.data()), 77, a.size() * sizeof(Out));
    b = a;
    const std::vector<Out> guard(a.end() - kSlack, a.end());
    const std::size_t written = in_turn([&] { return run(ours_, a.data()); });
    if (run(slow_, b.data()) != written || written > size) fail(what, written);
    expect(what, std::vector<Out>(a.end() - kSlack, a.end()), guard);
    a.resize(written), b.resize(written);
    expect(what, a, b);
    return a;
  }

  /// Sums of tiles, which are alike, not the same: of run(sums), in turn, with a guard behind them,
  /// and of exact(i) for each number.
  template <class T>
  std::vector<T> like(const char* what, double within, const auto& exact, const auto& run) const {
    std::vector<T> sums(tiles() + 1, T(77));
    in_turn([&] { run(sums.data()); });
    if (sums.back() != T(77)) fail(what, tiles());
    sums.pop_back();
    for (std::size_t t = 0; t < sums.size(); ++t) {
      double sum = 0;
      for (std::size_t i = t * kTile; i < std::min(size_, (t + 1) * kTile); ++i) sum += exact(i);
      if (!(std::abs(double(sums[t]) - sum) <= within * sum + 0x1p-80)) fail(what, t);
    }
    return sums;
  }

  // --- What reads rows of any scalar, without a mask and with one ---

  [[nodiscard]] static bool allowed(const std::uint64_t* mask, std::size_t i) {
    return mask == nullptr || (mask[i / kTile] >> (i % kTile) & 1) != 0;
  }

  template <class Scalar>
  void check_rows(const std::vector<Scalar>& row) {
    bool nan = false;
    for (const Scalar x : row) nan = nan || math::is_nan(static_cast<Score<Scalar>>(x));
    const std::uint64_t* const masks[] = {nullptr, mask_.data()};
    for (const std::uint64_t* const mask : masks) {
      check_scan(row, mask, nan);
      if (nan) continue;
      if constexpr (!std::same_as<Scalar, double>) check_widen(row, mask);
      check_collect(row, mask);
      check_quick_sums(row, mask);
    }
  }

  template <class Scalar>
  void check_scan(const std::vector<Scalar>& row, const std::uint64_t* mask, bool nan) {
    using Key = math::OrderKey<Score<Scalar>>;
    std::vector<Key> maxima(tiles(), math::order_key(static_cast<Score<Scalar>>(-kInfinity)));
    for (std::size_t i = 0; i < size_; ++i) {
      const Key key = math::order_key(static_cast<Score<Scalar>>(row[i]));
      if (allowed(mask, i)) maxima[i / kTile] = std::max(maxima[i / kTile], key);
    }
    bool clean = true;
    const auto found = same<Key>("scan", tiles(), [&](const auto& table, auto* out) {
      clean = table.template rows<Scalar>().scan(row.data(), size_, mask, out);
      return clean ? tiles() : 0;  // with a NaN they mean nothing
    });
    if (clean == nan) fail("scan's NaN", 0);
    if (!nan) expect("scan", found, maxima);
    if constexpr (std::same_as<Scalar, double>) {
      if (nan) return;
      const auto tops = same<std::int32_t>("key_tops", tiles(), [&](const auto& table, auto* out) {
        table.of_double.key_tops(maxima.data(), tiles(), out);
        return tiles();
      });
      for (std::size_t t = 0; t < tiles(); ++t) {
        if (tops[t] != maxima[t] >> 32) fail("key_tops", t);
      }
    } else if (mask == nullptr) {
      check_scan_and_sum(row, found, nan);
      if constexpr (std::same_as<Scalar, float>) {
        const auto centre = static_cast<float>(bits_.below(2));
        const auto again = same<Key>("scan_and_spread", tiles(), [&](const auto& table, auto* out) {
          math::Spread spread{};
          clean = table.scan_and_spread(row.data(), size_, centre, spread, out);
          return clean ? tiles() : 0;
        });
        if (clean == nan) fail("scan_and_spread's NaN", 0);
        expect("scan_and_spread", again, found);
      }
    }
  }

  template <class Scalar>
  void check_widen(const std::vector<Scalar>& row, const std::uint64_t* mask) const {
    std::vector<float> floats(size_);
    for (std::size_t i = 0; i < size_; ++i) {
      floats[i] = allowed(mask, i) ? static_cast<float>(row[i]) : -kInfinity;
    }
    const auto wide = same<float>("widen", size_, [&](const auto& table, auto* out) {
      table.template rows<Scalar>().widen(row.data(), size_, mask, out);
      return size_;
    });
    expect("widen", wide, floats);
  }

  /// collect from some tiles, and mark, with a bound that some numbers meet.
  template <class Scalar>
  void check_collect(const std::vector<Scalar>& row, const std::uint64_t* mask) {
    using S = Score<Scalar>;
    const auto key = [&](std::size_t i) { return math::order_key(static_cast<S>(row[i])); };
    const auto least = math::order_key(S(-kInfinity)) + 1;  // what is banned is never collected
    const auto bound = std::max(key(bits_.below(size_)), least);
    std::vector<std::uint32_t> some;
    for (std::uint32_t t = 0; t < tiles(); ++t) {
      if (bits_.below(4) != 0) some.push_back(t);
    }
    std::vector<math::OrderKey<S>> expected;  // tokens and keys: entries may be padded
    for (const std::uint32_t t : some) {
      for (std::size_t i = t * kTile; i < std::min(size_, (t + 1) * kTile); ++i) {
        if (!allowed(mask, i) || key(i) < bound) continue;
        expected.insert(expected.end(), {static_cast<math::OrderKey<S>>(i), key(i)});
      }
    }
    same<math::OrderKey<S>>("collect", 2 * size_, [&](const auto& table, auto* out) {
      std::vector<math::Entry<S>> list(some.size() * kTile + kSlack);
      const std::size_t n = table.template rows<Scalar>().collect(
          row.data(), size_, mask, some.data(), some.size(), bound, list.data());
      std::vector<math::OrderKey<S>> got;
      for (const auto& [token, number] : std::span(list).first(n)) {
        got.insert(got.end(), {token, math::order_key(number)});
      }
      expect("collect", got, expected);
      std::copy(got.begin(), got.end(), out);
      return got.size();
    });
    if constexpr (!std::same_as<Scalar, double>) {
      std::size_t count = 0, reached = 0;
      const auto marks = same<std::uint64_t>("mark", tiles(), [&](const auto& table, auto* out) {
        count = table.template rows<Scalar>().mark(row.data(), size_, mask, bound, out);
        return tiles();
      });
      std::vector<std::uint64_t> twin(tiles());
      for (std::size_t i = 0; i < size_; ++i) {
        if (!allowed(mask, i) || key(i) < bound) continue;
        twin[i / kTile] |= std::uint64_t{1} << (i % kTile), ++reached;
      }
      expect("mark", marks, twin);
      if (count != reached) fail("mark's count", count);
    }
  }

  /// scan_and_sum, in units of the largest of the first numbers: the tiles of scan, and sums within
  /// the slack of those of exponentials in double.
  template <class Scalar>
  void check_scan_and_sum(const std::vector<Scalar>& row, const std::vector<std::int32_t>& maxima,
                          bool nan) {
    const double scale = random_scale(), octaves = scale * math::kLog2E;
    const std::size_t few = std::min(size_, kTile);
    const auto value = [&](std::size_t i) { return double(static_cast<float>(row[i])); };
    double near = -double(kInfinity), best = near;
    for (std::size_t i = 0; i < size_; ++i) {
      best = std::max(best, value(i));
      if (i < few) near = best;
    }
    const bool fits = math::Weighing::fits(near, scale);
    const math::Weighing guess(fits ? near : 0, scale);
    std::vector<float> sums(tiles() + 1);
    double all = 0;
    const auto scan = [&](const math::Kernels& table, std::int32_t* out) {
      sums.assign(tiles() + 1, 77.0f);
      all = table.rows<Scalar>().scan_and_sum(row.data(), size_, guess, out, sums.data());
      if (nan && !math::is_nan(all)) fail("scan_and_sum's NaN", 0);
      if (sums.back() != 77.0f) fail("scan_and_sum's guard", 0);
      return nan ? 0 : tiles();
    };
    expect("scan_and_sum", same<std::int32_t>("scan_and_sum", tiles(), scan), maxima);
    if (nan || !fits || !math::Weighing::fits(best, scale)) return;
    const math::Weighing weighing(best, scale);
    const int above = weighing.octaves_above(guess);
    if (above > 64) return;
    const double unit = std::exp2(best * octaves - double(weighing.reference));
    const double ours = weighing.unit_of(guess);
    double exact = 0;
    const auto weight = [&](std::size_t i) {
      return std::exp2((value(i) - best) * octaves) * unit;
    };
    for (std::size_t i = 0; i < size_; ++i) exact += weight(i);
    like<float>(
        "scan_and_sum", 1e-4, [&](std::size_t i) { return weight(i) / ours; },
        [&](float* out) {
          std::vector<std::int32_t> keys(tiles());
          all = ours_.rows<Scalar>().scan_and_sum(row.data(), size_, guess, keys.data(), out);
        });
    const double sum = all * ours;
    const double slack = sum * math::Weighing::slack(double(size_), sum, 2, above);
    if (!(std::abs(sum - exact) <= slack)) fail("scan_and_sum", 0);
  }

  /// quick_sums, for one temperature: within the slack of a sum of exponentials in double; and
  /// fine_sums, as near to these as FineSums::slack needs them.
  template <class Scalar>
  void check_quick_sums(const std::vector<Scalar>& row, const std::uint64_t* mask) {
    constexpr bool kDouble = std::same_as<Scalar, double>;
    const double scale = random_scale(), octaves = scale * math::kLog2E;
    std::vector<double> values(size_, double(-kInfinity));
    for (std::size_t i = 0; i < size_; ++i) {
      if (allowed(mask, i)) values[i] = math::widen(static_cast<Score<Scalar>>(row[i]));
    }
    const double best = *std::max_element(values.begin(), values.end());
    if (!(std::abs(best) <= std::numeric_limits<double>::max())) return;
    if (!math::Weighing::fits(kDouble ? 0 : best, scale)) return;
    const math::Weighing weighing(kDouble ? 0 : best, scale);
    const double unit = kDouble ? 1 : std::exp2(best * octaves - double(weighing.reference));
    const auto weight = [&](std::size_t i) {
      return std::exp2((values[i] - best) * octaves) * unit;
    };
    const auto sums = like<float>("quick_sums", 1e-4, weight, [&](float* out) {
      if constexpr (kDouble) {
        ours_.of_double.quick_sums(row.data(), size_, mask, best, weighing, out);
      } else {
        ours_.rows<Scalar>().quick_sums(row.data(), size_, mask, weighing, out);
      }
    });
    double sum = 0, exact = 0;
    for (const float each : sums) sum += double(each);
    for (std::size_t i = 0; i < size_; ++i) exact += weight(i);
    const double slack = sum * math::Weighing::slack(double(size_), sum, kDouble ? 3 : 2);
    if (!(std::abs(sum - exact) <= slack)) fail("quick_sums", 0);
    if constexpr (kDouble) {
      like<double>("fine_sums", 0x1p-46, weight, [&](double* out) {
        ours_.of_double.fine_sums(row.data(), size_, mask, best, octaves, out);
      });
    }
  }

  // --- What weighs rows of floats ---

  /// weights, mass, split, sums_above and facts, for one temperature.
  void check_weights(const std::vector<float>& row) {
    const double best = math::widen(*std::max_element(row.begin(), row.end()));
    const double scale = random_scale();
    if (!math::Weighing::fits(best, scale)) return;
    const math::Weighing weighing(best, scale);
    const auto entries = entries_of(row);
    const auto weights = same<std::uint64_t>("weights", size_, [&](const auto& table, auto* out) {
      std::vector<std::int32_t> keys(size_ + 15);
      table.weights(entries.data(), size_, weighing, keys.data(), out);
      for (std::size_t i = 0; i < size_; ++i) {
        if (keys[i] != math::order_key(row[i])) fail("weights' keys", i);
      }
      return size_;
    });
    math::Mass all;
    for (const std::uint64_t weight : weights) all += weight;
    if (ours_.mass(row.data(), size_, weighing) != all) fail("mass", 0);
    check_split(row, weighing, weights, all);
    check_facts(row, weighing, scale);
    for (std::size_t i = 0; i < size_; i += 1 + bits_.below(32)) {
      const double octaves = math::widen(row[i]) * scale * math::kLog2E;
      const double exact = std::exp2(octaves - double(weighing.reference) + 56);
      const double slack =
          2e-7 + std::min(std::abs(octaves), 1e6) * 0x1p-51;  // the latter of this twin
      if (!(std::abs(static_cast<double>(weights[i]) - exact) <= slack * exact + 1)) {
        fail("weights", i);
      }
    }
  }

  [[nodiscard]] static std::vector<math::Entry<float>> entries_of(const std::vector<float>& row) {
    std::vector<math::Entry<float>> entries;
    for (const float x : row) entries.push_back({static_cast<std::int32_t>(entries.size()), x});
    return entries;
  }

  /// sum, squares and distances are NaN where a number is, whatever comes after it: numbers so far
  /// above the others that nothing is left of these, too.
  void check_nan_of_sums(std::vector<float> row) {
    const auto is_nan = [](float x) { return math::is_nan(x); };
    const bool nan = std::any_of(row.begin(), row.end(), is_nan);
    if (nan) row.push_back(static_cast<float>(1 << bits_.below(20)));
    for (const math::SumKernel kernel : {ours_.sum, ours_.squares, ours_.distances}) {
      math::WeightSums sums;
      std::vector<std::int32_t> found((row.size() + kTile - 1) / kTile);
      kernel(row.data(), row.size(), 1.5f, false, found.data(), sums);
      if (math::is_nan(sums.weights.total()) != nan) fail("the NaN of sum, squares, distances", 0);
    }
  }

  /// The sums of scan_and_spread.
  void check_spread(const std::vector<float>& row, float centre) {
    math::Spread spread{};
    same<double>("spread", 33, [&](const auto& table, auto* out) {
      spread = math::Spread{};
      std::vector<std::int32_t> keys(tiles());
      table.scan_and_spread(row.data(), size_, centre, spread, keys.data());
      std::copy_n(spread.sums.lanes, 16, out);
      std::copy_n(spread.squares.lanes, 16, out + 16);
      out[32] = static_cast<double>(spread.count);
      return std::size_t(33);
    });
    double sum = 0, squares = 0, magnitude = 0;
    std::size_t count = 0;
    for (const float x : row) {
      if (x == -kInfinity) continue;
      const double distance = math::widen(x) - double(centre);
      ++count, sum += distance, squares += distance * distance, magnitude += std::abs(distance);
    }
    // Beside squares that floats have, those that are denormal, and rounded, are nothing.
    const double denormal = 0x1p-140 * double(count);
    const auto near = [=](double a, double b, double of) {
      return std::abs(a - b) <= 1e-5 * of + denormal;
    };
    if (spread.count != count) fail("spread's count", 0);
    if (!near(spread.sums.total(), sum, magnitude)) fail("spread's sum", 0);
    if (!near(spread.squares.total(), squares, squares)) fail("spread's squares", 0);
  }

  /// What a table's kernel adds up, and that this is so whether or not the keys are known.
  math::WeightSums summed(math::SumKernel kernel, std::span<const float> numbers,
                          float high) const {
    math::WeightSums sums, known;
    std::vector<std::int32_t> keys((numbers.size() + kTile - 1) / kTile), maxima = keys;
    static_cast<void>(slow_.of_float.scan(numbers.data(), numbers.size(), nullptr, maxima.data()));
    kernel(numbers.data(), numbers.size(), high, false, keys.data(), sums);
    kernel(numbers.data(), numbers.size(), high, true, maxima.data(), known);
    expect("keys of sums", keys, maxima);
    if (std::memcmp(&sums.weights, &known.weights, sizeof sums.weights) != 0) fail("known keys", 0);
    if (std::memcmp(&sums.seconds, &known.seconds, sizeof sums.seconds) != 0) fail("known keys", 1);
    return sums;
  }

  /// The sums of scan_and_spread, and sum, squares and distances.
  void check_facts(const std::vector<float>& row, const math::Weighing& weighing, double scale) {
    check_spread(row, row[0] > -kInfinity && std::abs(row[0]) >= 0x1p-20f ? row[0] : 1);
    if (!flush_) check_spread(row, 0);  // squares may be denormal
    const float best = *std::max_element(row.begin(), row.end());
    math::WeightSums alone, squares, distances;
    same<double>("sum, squares, distances", 96, [&](const auto& table, auto* out) {
      alone = summed(table.sum, row, weighing.high);
      squares = summed(table.squares, row, weighing.high);
      distances = summed(table.distances, row, weighing.high);
      for (const math::WeightSums& each : {alone, squares, distances}) {
        out = std::copy_n(each.weights.lanes, 16, out);
        out = std::copy_n(each.seconds.lanes, 16, out);
      }
      return std::size_t(96);
    });
    double weights = 0, weighed_squares = 0, octaves = 0;
    for (const float x : row) {
      if (!(x > weighing.floor)) continue;
      const double below = (math::widen(best) - math::widen(x)) * scale * math::kLog2E;
      const double weight = std::exp2(-below);
      weights += weight, weighed_squares += weight * weight, octaves += weight * below;
    }
    const double slack = 1e-5 + std::abs(double(weighing.reference)) * 0x1p-50;
    const double unit = summed(ours_.sum, {&best, 1}, weighing.high).weights.total();
    const auto close = [=](double a, double b) { return std::abs(a - b) <= slack * (b + weights); };
    if (!close(alone.weights.total() / unit, weights)) fail("sum", 0);
    if (squares.weights.total() != alone.weights.total() * 0x1p40) fail("squares' sum", 0);
    if (!close(squares.seconds.total() / (unit * unit) * 0x1p-80, weighed_squares)) {
      fail("squares", 0);
    }
    if (!close(distances.seconds.total() / unit, octaves)) fail("distances", 0);
  }

  /// split and sums_above, between two numbers of the row, and the same by nearness to one of them:
  /// what is twice as near as a distance, and what is as near.
  void check_split(const std::vector<float>& row, const math::Weighing& weighing,
                   const std::vector<std::uint64_t>& weights, const math::Mass& all) {
    const auto own = [](float x) { return x; };
    float low = row[bits_.below(size_)], high = row[bits_.below(size_)];
    if (low > high) std::swap(low, high);
    check_sums("sums_above", row, weights, own, [&](const float* thresholds, float* sums) {
      ours_.sums_above(row.data(), size_ / 16 * 16, weighing, thresholds, sums);
    });
    const auto tiny = [](float x) { return std::abs(x) < 0x1p-126f; };  // flushed, perhaps
    if (tiny(low) || tiny(high)) return;
    std::vector<math::Entry<float>> expected, within;
    for (const auto& entry : entries_of(row)) {
      const float x = entry.value;
      if (x >= low && x <= high && x != -kInfinity) expected.push_back(entry);
    }
    check_parts("split", row, weights, all, own, high, expected, [&](math::Parts& parts) {
      ours_.split(row.data(), size_, 0, weighing, low, high, parts);
    });

    const float centre = math::centre_of<float>(double(high)), distance = low - high,
                near = distance / 2;
    if (std::isinf(centre) || std::isinf(distance)) return;
    const auto nearness = [=](float x) { return math::nearness(x, centre); };
    check_sums("sums_near", row, weights, nearness, [&](const float* thresholds, float* sums) {
      ours_.sums_near(row.data(), size_ / 16 * 16, weighing, centre, thresholds, sums);
    });
    expected.clear();
    for (const auto& entry : entries_of(row)) {
      if (nearness(entry.value) >= distance) within.push_back(entry);
      if (nearness(entry.value) >= distance && nearness(entry.value) <= near)
        expected.push_back(entry);
    }
    check_parts("split_near", row, weights, all, nearness, near, within, [&](math::Parts& parts) {
      ours_.split_near(row.data(), size_, 0, weighing, centre, distance, near, parts);
    });
    check_kept("keep_near", row, expected, [&](const auto& table, const auto* list, auto* out) {
      return table.keep_near(list, size_, centre, math::order_key(distance), math::order_key(near),
                             out);
    });
    check_keys_of("keys_near", row, nearness, [&](const auto& table, const auto* list, auto* out) {
      table.keys_near(list, size_, centre, out);
    });
  }

  /// What run(parts) lists is as expected, and weighs what is beyond `high`.
  void check_parts(const char* what, const std::vector<float>& row,
                   const std::vector<std::uint64_t>& weights, const math::Mass& all,
                   const auto& place, float high, const std::vector<math::Entry<float>>& expected,
                   const auto& run) const {
    std::vector<math::Entry<float>> list(size_ + kSlack);
    math::Mass above{3, 4};  // what has been added up before
    math::Parts parts{{1, 2}, above, list.data()};
    run(parts);
    for (std::size_t i = 0; i < size_; ++i) above += place(row[i]) > high ? weights[i] : 0;
    math::Mass sum = all;
    sum += math::Mass{1, 2};
    if (parts.all != sum || parts.above != above) fail(what, 0);
    list.resize(static_cast<std::size_t>(parts.between - list.data()));
    expect(what, list, expected);
  }

  /// What run(thresholds, sums) adds up is above thresholds that are places of the row.
  void check_sums(const char* what, const std::vector<float>& row,
                  const std::vector<std::uint64_t>& weights, const auto& place, const auto& run) {
    float thresholds[8], sums[8];
    for (float& each : thresholds) each = place(row[bits_.below(size_)]);
    run(thresholds, sums);
    for (std::size_t t = 0; t < 8; ++t) {
      if (std::abs(thresholds[t]) < 0x1p-126f) continue;  // flushed, perhaps
      double exact = 0;
      for (std::size_t i = 0; i < size_ / 16 * 16; ++i) {
        if (place(row[i]) > thresholds[t]) exact += static_cast<double>(weights[i]) * 0x1p-56;
      }
      if (!(std::abs(double(sums[t]) - exact) <= 1e-4 * exact + 0x1p-40)) fail(what, t);
    }
  }

  // --- What looks at lists of entries and keys ---

  /// run(table, list, out) writes the expected entries, elsewhere or in their place.
  void check_kept(const char* what, const std::vector<float>& row,
                  const std::vector<math::Entry<float>>& expected, const auto& run) const {
    auto list = entries_of(row);
    const auto kept = same<math::Entry<float>>(
        what, size_, [&](const auto& table, auto* out) { return run(table, list.data(), out); });
    expect(what, kept, expected);
    list.resize(size_ + kSlack);
    list.resize(run(ours_, list.data(), list.data()));
    expect(what, list, expected);
  }

  /// run(table, list, out) writes the key of each entry's place.
  void check_keys_of(const char* what, const std::vector<float>& row, const auto& place,
                     const auto& run) const {
    const auto list = entries_of(row);
    const auto keys = same<std::int32_t>(what, size_, [&](const auto& table, auto* out) {
      run(table, list.data(), out);
      return size_;
    });
    for (std::size_t i = 0; i < size_; ++i) {
      if (keys[i] != math::order_key(place(row[i]))) fail(what, i);
    }
  }

  /// keys, keep_at_least and sixteen_maxima.
  void check_entries(const std::vector<float>& row) {
    const std::int32_t bound = math::order_key(row[bits_.below(size_)]);
    std::vector<math::Entry<float>> expected;
    for (const auto& entry : entries_of(row)) {
      if (math::order_key(entry.value) >= bound) expected.push_back(entry);
    }
    check_kept("keep_at_least", row, expected, [&](const auto& table, const auto* list, auto* out) {
      return table.keep_at_least(list, size_, bound, out);
    });
    check_keys_of(
        "keys", row, [](float x) { return x; },
        [&](const auto& table, const auto* list, auto* out) { table.keys(list, size_, out); });

    std::vector<std::int32_t> sixteens((size_ + 15) / 16 + 15);
    in_turn([&] { ours_.sixteen_maxima(row.data(), size_, sixteens.data()); });
    const auto tiny = [](std::int32_t key) { return key > -0x00800000 && key < 0x00800000; };
    for (std::size_t i = 0; i < size_; i += 16) {
      std::int32_t largest = std::numeric_limits<std::int32_t>::min();
      for (std::size_t j = i; j < std::min(size_, i + 16); ++j) {
        largest = std::max(largest, math::order_key(row[j]));
      }
      const std::int32_t got = sixteens[i / 16];  // where flushed, a denormal for another
      if (got != largest && !(flush_ && tiny(got) && tiny(largest))) fail("sixteen_maxima", i);
    }
  }

  /// find_at_least, count_at_least, least, most, rank_bound, mass_at_least, keep_between and
  /// group_maxima.
  void check_keys(const std::vector<float>& row) {
    std::vector<std::int32_t> keys;
    for (const float x : row) keys.push_back(math::order_key(x));
    const std::int32_t bound = keys[bits_.below(size_)];
    std::vector<std::uint32_t> expected;
    for (std::uint32_t i = 0; i < size_; ++i) {
      if (keys[i] >= bound) expected.push_back(i);
    }
    const auto find = [&](std::size_t enough) {
      return same<std::uint32_t>("find_at_least", size_, [&](const auto& table, auto* out) {
        return table.find_at_least(keys.data(), size_, bound, enough, out);
      });
    };
    expect("find_at_least", find(size_), expected);
    const std::size_t enough = bits_.below(expected.size());
    const auto first = find(enough);
    if (first.size() < enough || first.size() > enough + 30) fail("find_at_least enough", enough);
    expect("find_at_least enough", first,
           {expected.begin(), expected.begin() + long(first.size())});
    if (ours_.count_at_least(keys.data(), size_, bound) != expected.size()) {
      fail("count_at_least", 0);
    }
    auto descending = keys;
    std::sort(descending.begin(), descending.end(), std::greater<>{});
    const std::int32_t most = descending.front(), least = descending.back();
    if (ours_.least(keys.data(), size_) != least) fail("least", 0);
    if (ours_.most(keys.data(), size_) != most) fail("most", 0);
    const std::size_t k = 1 + bits_.below(size_);
    const auto part = same<std::int32_t>("rank_bound", 1, [&](const auto& table, auto* out) {
      *out = table.rank_bound(keys.data(), size_, k, least, most);
      return std::size_t(1);
    });
    const bool parted = k == size_ || descending[k - 1] == descending[k] || part[0] > descending[k];
    if (part[0] > descending[k - 1] || !parted) fail("rank_bound", 0);
    std::vector<std::uint64_t> weights;
    for (const std::int32_t key : keys) weights.push_back(static_cast<std::uint32_t>(key));
    math::Mass mass;
    for (const std::uint32_t i : expected) mass += weights[i];
    if (ours_.mass_at_least(keys.data(), weights.data(), size_, bound) != mass) {
      fail("mass_at_least", 0);
    }
    check_keep_between(keys, weights, std::minmax(bound, keys[bits_.below(size_)]));

    const std::size_t each = 1 + bits_.below(16);
    const auto maxima = same<std::int32_t>(
        "group_maxima", std::min(size_, size_ / each + 30), [&](const auto& table, auto* out) {
          return table.group_maxima(keys.data(), size_, each, out);
        });
    std::vector<std::int32_t> largest;  // of each lane of 16 in blocks; the rest as they are
    for (std::size_t i = 0; i < size_; ++i) {
      if (i % (16 * each) < 16 || i >= size_ / 16 * 16) {
        largest.push_back(keys[i]);
      } else {
        auto& lane = largest[i / (16 * each) * 16 + i % 16];
        lane = std::max(lane, keys[i]);
      }
    }
    expect("group_maxima", maxima, largest);
  }

  /// keep_between, with weights and without.
  void check_keep_between(std::vector<std::int32_t> keys, std::vector<std::uint64_t> weights,
                          std::pair<std::int32_t, std::int32_t> ends) const {
    std::vector<std::int32_t> inside;
    std::vector<std::uint64_t> their_weights;
    for (std::size_t i = 0; i < size_; ++i) {
      if (keys[i] < ends.first || keys[i] > ends.second) continue;
      inside.push_back(keys[i]), their_weights.push_back(weights[i]);
    }
    keys.resize(size_ + kSlack), weights.resize(size_ + kSlack);
    auto alone = keys;
    alone.resize(ours_.keep_between(alone.data(), nullptr, size_, ends.first, ends.second));
    expect("keep_between without weights", alone, inside);
    keys.resize(ours_.keep_between(keys.data(), weights.data(), size_, ends.first, ends.second));
    weights.resize(keys.size());
    expect("keep_between", keys, inside);
    expect("keep_between's weights", weights, their_weights);
  }

  const math::Kernels& ours_;
  const math::Kernels& slow_ = math::portable::table();
  reference::Bits bits_{0};
  std::uint64_t seed_ = 0;
  std::size_t size_ = 0;
  int shape_ = 0;
  bool flush_ = false;
  std::vector<std::uint64_t> mask_;
};

/// Rows of so many elements, from a seed on. Throws at a mismatch.
inline void try_kernels(const math::Kernels& ours, std::uint64_t elements, std::uint64_t seed = 1) {
  KernelTrial trial(ours);
  for (std::uint64_t done = 0; done < elements; ++seed) done += trial.run(seed);
}

}  // namespace test
