// SPDX-License-Identifier: MIT
// Differential fuzz: every function of the table of kernels against its twins, on adversarial rows.
//
//   kernels [baseline | avx2 | avx512 | neon] [elements, 1000000] [seed, 1]
//
// Needs the headers and Eigen alone. Each function sees each element; its output must have the bits
// of the portable kernels', and those of a loop that is too simple to be wrong where there is one.
// Exit code 77 if the machine lacks the set, 1 with the row's seed and size at the first mismatch.
//
// One more kernel: one more call of `same` in a check, and `expect` where it has a simple twin.
#include <logitkit/math/kernels.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace math = logitkit::math;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::size_t kTile = 64, kSlack = 16;  // what a kernel may write behind its results

// How the processor treats denormals: a word, and the bits in it that flush them to zero.
#if defined(__SSE2__)
constexpr std::uint64_t kFlush = 0x8040;  // flush-to-zero and denormals-are-zero
std::uint64_t control() { return _mm_getcsr(); }
void set_control(std::uint64_t x) { _mm_setcsr(static_cast<unsigned>(x)); }
#elif defined(__aarch64__)
constexpr std::uint64_t kFlush = 1u << 24;
std::uint64_t control() {
  std::uint64_t x;
  __asm__ volatile("mrs %0, fpcr" : "=r"(x));
  return x;
}
void set_control(std::uint64_t x) { __asm__ volatile("msr fpcr, %0" ::"r"(x)); }
#else
constexpr std::uint64_t kFlush = 0;
std::uint64_t control() { return 0; }
void set_control(std::uint64_t) {}
#endif

/// Random bits that are the same everywhere: splitmix64.
struct Bits {
  std::uint64_t state;
  std::uint64_t next() {
    std::uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::uint32_t below(std::uint64_t n) { return static_cast<std::uint32_t>(next() % n); }
  float between(float low, float high) {
    return low + (high - low) * (static_cast<float>(next() >> 40) * 0x1p-24f);
  }
};

enum Shape { any_bits, with_nan, ties, denormals, zeros, banned, far, flat, sorted, peaks, logits };
constexpr std::uint32_t kShapes = 11;

std::size_t random_size(Bits& bits) {
  constexpr std::size_t kEdges[] = {1,   15,  16,  17,  63,   64,   65,   127,
                                    128, 129, 255, 256, 1023, 1024, 1025, 2049};
  const std::uint32_t kind = bits.below(4);
  if (kind == 0) return kEdges[bits.below(std::size(kEdges))];
  return 1 + bits.below(kind == 1 ? 200 : 5000);
}

/// What is the same for a whole row.
struct Style {
  Shape shape;
  float unit;        // by which it is scaled
  bool random_bits;  // 16-bit scalars: any pattern

  Style(Bits& bits, Shape s)
      : shape(s),
        unit(std::ldexp(1.0f, static_cast<int>(bits.below(14)) - 7)),
        random_bits(s == any_bits || s == with_nan) {}
};

/// The number at place i of `size`; NaN only in rows with_nan.
float number(Bits& bits, const Style& style, std::size_t i, std::size_t size) {
  const float x = bits.between(-8, 8);
  const std::uint32_t any = static_cast<std::uint32_t>(bits.next() >> 32);
  const std::uint32_t limit = std::bit_cast<std::uint32_t>(65536 * style.unit);
  switch (style.shape) {
    case any_bits:
      return std::bit_cast<float>((any & 0x7fffffffu) % limit | (any & 0x80000000u));
    case with_nan:
      if (any % size == 0) return std::bit_cast<float>(any | 0x7f800001u);
      return x;
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
      return x + bits.between(-8, 8);
  }
  return 0;
}

/// The same for rows of doubles: where the shape says so, bits that no float has.
double number_of_double(Bits& bits, const Style& style, std::size_t i, std::size_t size) {
  const double x = double(number(bits, style, i, size));
  const std::uint64_t any = bits.next();
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
std::vector<Scalar> make_row(Bits& bits, const Style& style, std::size_t size) {
  std::vector<Scalar> row(size);
  for (std::size_t i = 0; i < size; ++i) {
    if constexpr (std::same_as<Scalar, double>) {
      row[i] = number_of_double(bits, style, i, size);
    } else {
      row[i] = static_cast<Scalar>(number(bits, style, i, size));
    }
    if constexpr (sizeof(Scalar) == 2) {
      if (!style.random_bits) continue;
      const auto any = static_cast<std::uint16_t>(bits.next());
      std::memcpy(static_cast<void*>(&row[i]), &any, 2);
      const bool keep = style.shape == with_nan ? any % size == 0 : true;
      if (math::is_nan(static_cast<float>(row[i])) && !(keep && style.shape == with_nan)) {
        row[i] = Scalar(-1.0f);
      }
    }
  }
  return row;
}

/// One bit a number: any, all or none, a word at a time.
std::vector<std::uint64_t> make_mask(Bits& bits, std::size_t size) {
  std::vector<std::uint64_t> mask((size + kTile - 1) / kTile);
  for (auto& word : mask) {
    const std::uint32_t kind = bits.below(4);
    word = kind == 0 ? 0 : kind == 1 ? ~std::uint64_t{0} : bits.next();
  }
  return mask;
}

/// A row's number as what it is compared as.
template <class Scalar>
using Score = std::conditional_t<std::same_as<Scalar, double>, double, float>;

/// Runs every function of a table on rows, next to that of the portable table.
class Trial {
 public:
  Trial(const math::Kernels& ours, std::uint64_t seed) : ours_(ours), bits_{seed} {}

  /// One row of each scalar; returns how many elements it had.
  std::size_t next() {
    seed_ = bits_.state;
    size_ = random_size(bits_);
    const Style style(bits_, static_cast<Shape>(bits_.below(kShapes)));
    shape_ = style.shape;
    flush_ = bits_.below(4) == 0;
    mask_ = make_mask(bits_, size_);
    check_rows(make_row<Eigen::half>(bits_, style, size_));
    check_rows(make_row<Eigen::bfloat16>(bits_, style, size_));
    check_rows(make_row<double>(bits_, style, size_));
    const auto row = make_row<float>(bits_, style, size_);
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
  /// What is wrong, with what, and how to see it again; and the end.
  void fail(const char* what, std::size_t at) const {
    std::printf("%s differs at %zu: a row of %zu, shape %d, %s, seed %llu\n", what, at, size_,
                shape_, flush_ ? "flushed" : "not flushed", (unsigned long long)(seed_));
    std::exit(1);
  }

  template <class Out>
  void expect(const char* what, const std::vector<Out>& got, const std::vector<Out>& wanted) const {
    if (got.size() != wanted.size()) fail(what, std::min(got.size(), wanted.size()));
    if (got.empty() || std::memcmp(got.data(), wanted.data(), got.size() * sizeof(Out)) == 0) {
      return;
    }
    for (std::size_t i = 0; i < got.size(); ++i) {
      if (std::memcmp(&got[i], &wanted[i], sizeof(Out)) != 0) fail(what, i);
    }
  }

  /// Calls run(table, output) for both tables, ours with denormals flushed if it is the row's turn;
  /// requires the same output, and nothing written behind `size` and the slack. `run` returns how
  /// many it wrote.
  template <class Out, class Run>
  std::vector<Out> same(const char* what, std::size_t size, const Run& run) const {
    std::vector<Out> a(size + 2 * kSlack), b(size + 2 * kSlack);
    std::memset(static_cast<void*>(a.data()), 77, a.size() * sizeof(Out));
    b = a;
    const std::vector<Out> guard(a.end() - kSlack, a.end());
    const std::uint64_t before = control();
    if (flush_) set_control(before | kFlush);
    const std::size_t written = run(ours_, a.data());
    set_control(before);
    if (run(math::portable::table(), b.data()) != written || written > size) fail(what, written);
    expect(what, std::vector<Out>(a.end() - kSlack, a.end()), guard);
    a.resize(written), b.resize(written);
    expect(what, a, b);
    return a;
  }

  [[nodiscard]] bool allowed(const std::uint64_t* mask, std::size_t i) const {
    return mask == nullptr || (mask[i / kTile] >> (i % kTile) & 1) != 0;
  }

  /// What reads rows of any scalar, without a mask and with one.
  template <class Scalar>
  void check_rows(const std::vector<Scalar>& row) {
    bool nan = false;
    for (const Scalar x : row) nan = nan || math::is_nan(static_cast<Score<Scalar>>(x));
    for (const bool masked : {false, true}) {
      const std::uint64_t* const mask = masked ? mask_.data() : nullptr;
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
    const std::size_t tiles = (size_ + kTile - 1) / kTile;
    std::vector<Key> maxima(tiles, math::order_key(static_cast<Score<Scalar>>(-kInfinity)));
    for (std::size_t i = 0; i < size_; ++i) {
      const Key key = math::order_key(static_cast<Score<Scalar>>(row[i]));
      if (allowed(mask, i)) maxima[i / kTile] = std::max(maxima[i / kTile], key);
    }
    bool clean = true;
    const auto found = same<Key>("scan", tiles, [&](const auto& table, auto* out) {
      clean = table.template rows<Scalar>().scan(row.data(), size_, mask, out);
      return clean ? tiles : 0;  // with a NaN they mean nothing
    });
    if (clean == nan) fail("scan's NaN", 0);
    if constexpr (!std::same_as<Scalar, double>) {
      if (mask == nullptr) check_scan_and_sum(row, found, nan);
    }
    if constexpr (std::same_as<Scalar, float>) {
      const auto again = same<Key>("scan_and_spread", tiles, [&](const auto& table, auto* out) {
        math::Spread spread{};
        clean = table.scan_and_spread(row.data(), size_, 1, spread, out);
        return clean ? tiles : 0;
      });
      if (clean == nan) fail("scan_and_spread's NaN", 0);
      if (mask == nullptr) expect("scan_and_spread", again, found);
    }
    if (nan) return;
    expect("scan", found, maxima);
    if constexpr (std::same_as<Scalar, double>) {
      const auto tops = same<std::int32_t>("key_tops", tiles, [&](const auto& table, auto* out) {
        table.of_double.key_tops(maxima.data(), tiles, out);
        return tiles;
      });
      for (std::size_t t = 0; t < tiles; ++t) {
        if (tops[t] != maxima[t] >> 32) fail("key_tops", t);
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

  /// collect from some tiles, with a bound that some numbers meet.
  template <class Scalar>
  void check_collect(const std::vector<Scalar>& row, const std::uint64_t* mask) {
    using S = Score<Scalar>;
    const auto score = [&](std::size_t i) { return static_cast<S>(row[i]); };
    const auto least = math::order_key(S(-kInfinity)) + 1;  // what is banned is never collected
    const auto bound = std::max(math::order_key(score(bits_.below(size_))), least);
    std::vector<std::uint32_t> tiles;
    for (std::uint32_t t = 0; t < (size_ + kTile - 1) / kTile; ++t) {
      if (bits_.below(4) != 0) tiles.push_back(t);
    }
    std::vector<math::OrderKey<S>> expected;  // tokens and keys: entries may be padded
    for (const std::uint32_t t : tiles) {
      for (std::size_t i = t * kTile; i < std::min(size_, (t + 1) * kTile); ++i) {
        const auto key = math::order_key(score(i));
        if (!allowed(mask, i) || key < bound) continue;
        expected.insert(expected.end(), {static_cast<math::OrderKey<S>>(i), key});
      }
    }
    same<math::OrderKey<S>>("collect", 2 * size_, [&](const auto& table, auto* out) {
      std::vector<math::Entry<S>> list(tiles.size() * kTile + kSlack);
      const std::size_t n = table.template rows<Scalar>().collect(
          row.data(), size_, mask, tiles.data(), tiles.size(), bound, list.data());
      std::vector<math::OrderKey<S>> got;
      for (const auto& [token, number] : std::span(list).first(n)) {
        got.insert(got.end(), {token, math::order_key(number)});
      }
      expect("collect", got, expected);
      std::copy(got.begin(), got.end(), out);
      return got.size();
    });
  }

  double random_scale() {
    constexpr double kScales[] = {1, 1.25, 1 / 0.7, 0.3, 17};
    const std::uint32_t kind = bits_.below(60u << 16);
    const double random =
        std::ldexp(1 + 0x1p-8 * (kind / 8 % 256), static_cast<int>(kind >> 16) - 30);
    return kind % 8 < std::size(kScales) ? kScales[kind % 8] : random;
  }

  /// scan_and_sum, in units of the largest of the first numbers: the tiles of scan, and sums within
  /// the slack of those of exponentials in double.
  template <class Scalar>
  void check_scan_and_sum(const std::vector<Scalar>& row, const std::vector<std::int32_t>& maxima,
                          bool nan) {
    const double scale = random_scale(), octaves = scale * 1.44269504088896340736;
    const std::size_t few = std::min(size_, kTile);
    const auto value = [](Scalar x) { return double(static_cast<float>(x)); };
    double near = -double(kInfinity), best = near;
    for (std::size_t i = 0; i < size_; ++i) {
      best = std::max(best, value(row[i]));
      if (i < few) near = best;
    }
    const bool fits = math::Weighing::fits(near, scale);
    const math::Weighing guess(fits ? near : 0, scale);
    const std::size_t tiles = (size_ + kTile - 1) / kTile;
    std::vector<float> sums(tiles + 1, 77.0f);
    double all = 0;
    const auto found = same<std::int32_t>("scan_and_sum", tiles, [&](const auto& table, auto* out) {
      const bool mine = &table == &ours_;
      std::vector<float> others(sums.size());
      const double sum = table.template rows<Scalar>().scan_and_sum(
          row.data(), size_, guess, out, mine ? sums.data() : others.data());
      if (mine) all = sum;
      return nan ? 0 : tiles;
    });
    if (nan && !math::is_nan(all)) fail("scan_and_sum's NaN", 0);
    if (sums.back() != 77.0f) fail("scan_and_sum's guard", 0);
    if (nan) return;
    expect("scan_and_sum", found, maxima);
    if (!fits || !math::Weighing::fits(best, scale)) return;
    const math::Weighing weighing(best, scale);
    if (weighing.octaves_above(guess) > 64) return;
    double exact = 0;
    for (const Scalar x : row) exact += std::exp2((value(x) - best) * octaves);
    exact *= std::exp2(best * octaves - double(weighing.reference));
    const double sum = all * weighing.unit_of(guess);
    const double slack =
        sum * math::Weighing::slack(double(size_), sum, 2, weighing.octaves_above(guess));
    if (!(std::abs(sum - exact) <= slack)) fail("scan_and_sum", 0);
  }

  /// quick_sums, for one temperature: within the slack of a sum of exponentials in double.
  template <class Scalar>
  void check_quick_sums(const std::vector<Scalar>& row, const std::uint64_t* mask) {
    constexpr bool kDouble = std::same_as<Scalar, double>;
    const double scale = random_scale(), octaves = scale * 1.44269504088896340736;
    std::vector<double> values(size_, double(-kInfinity));
    for (std::size_t i = 0; i < size_; ++i) {
      if (allowed(mask, i)) values[i] = math::widen(static_cast<Score<Scalar>>(row[i]));
    }
    const double best = *std::max_element(values.begin(), values.end());
    if (!(std::abs(best) <= std::numeric_limits<double>::max())) return;
    if (!math::Weighing::fits(kDouble ? 0 : best, scale)) return;
    const math::Weighing weighing(kDouble ? 0 : best, scale);
    std::vector<float> sums((size_ + kTile - 1) / kTile + 1, 77.0f);
    if constexpr (kDouble) check_fine_sums(values, row, mask, best, octaves);
    const std::uint64_t before = control();
    if (flush_) set_control(before | kFlush);
    if constexpr (kDouble) {
      ours_.of_double.quick_sums(row.data(), size_, mask, best, weighing, sums.data());
    } else {
      ours_.rows<Scalar>().quick_sums(row.data(), size_, mask, weighing, sums.data());
    }
    set_control(before);
    if (sums.back() != 77.0f) fail("quick_sums' guard", 0);
    sums.pop_back();
    double sum = 0, exact = 0;
    for (const float each : sums) sum += double(each);
    for (const double value : values) exact += std::exp2((value - best) * octaves);
    if constexpr (!kDouble) exact *= std::exp2(best * octaves - double(weighing.reference));
    const double slack = sum * math::Weighing::slack(double(size_), sum, kDouble ? 3 : 2);
    if (!(std::abs(sum - exact) <= slack)) fail("quick_sums", 0);
  }

  /// fine_sums, tile by tile: as near to sums of exponentials as FineSums::slack needs them.
  void check_fine_sums(const std::vector<double>& values, const std::vector<double>& row,
                       const std::uint64_t* mask, double best, double per_octave) const {
    std::vector<double> sums((size_ + kTile - 1) / kTile + 1, 77.0);
    const std::uint64_t before = control();
    if (flush_) set_control(before | kFlush);
    ours_.of_double.fine_sums(row.data(), size_, mask, best, per_octave, sums.data());
    set_control(before);
    if (sums.back() != 77.0) fail("fine_sums' guard", 0);
    for (std::size_t t = 0; t + 1 < sums.size(); ++t) {
      double exact = 0;
      for (std::size_t i = t * kTile; i < (t + 1) * kTile; ++i) {
        const double value = i < size_ ? values[i] : double(-kInfinity);
        exact += std::exp2(std::max((value - best) * per_octave, -100.0));
      }
      if (!(std::abs(sums[t] - exact) <= 0x1p-46 * exact)) fail("fine_sums", t);
    }
  }

  /// sum, quick_sums, mass, weights and split, for one temperature.
  void check_weights(const std::vector<float>& row) {
    const double best = math::widen(*std::max_element(row.begin(), row.end()));
    const double scale = random_scale();
    if (!math::Weighing::fits(best, scale)) return;
    const math::Weighing weighing(best, scale);
    const std::size_t tiles = (size_ + kTile - 1) / kTile;
    std::vector<math::Entry<float>> entries;
    for (const float x : row) entries.push_back({static_cast<std::int32_t>(entries.size()), x});
    const auto weights = same<std::uint64_t>("weights", size_, [&](const auto& table, auto* out) {
      std::vector<std::int32_t> keys(size_ + 15);
      table.weights(entries.data(), size_, weighing, keys.data(), out);
      for (std::size_t i = 0; i < size_; ++i) {
        if (keys[i] != math::order_key(row[i])) fail("weights' keys", i);
      }
      return size_;
    });
    math::Mass all;
    for (std::size_t i = 0; i < size_; ++i) all += weights[i];
    if (ours_.mass(row.data(), size_, weighing) != all) fail("mass", 0);
    std::vector<float> quick(tiles);
    ours_.of_float.quick_sums(row.data(), size_, nullptr, weighing, quick.data());
    double sum = 0;
    for (const float each : quick) sum += double(each);
    const double slack_of_all = sum * math::Weighing::slack(double(size_), sum, 2);
    if (!(std::abs(sum - all.to_double() * 0x1p-56) <= slack_of_all)) fail("quick_sums", 0);
    check_split(row, weighing, weights, all);
    check_sums_above(row, weighing, weights);
    check_facts(row, weighing, scale);
    for (std::size_t i = 0; i < size_; i += 1 + bits_.below(32)) {
      const double octaves = math::widen(row[i]) * scale * 1.44269504088896340736;
      const double exact = std::exp2(octaves - double(weighing.reference) + 56);
      const double slack =
          2e-7 + std::min(std::abs(octaves), 1e6) * 0x1p-51;  // the latter of this twin
      if (!(std::abs(static_cast<double>(weights[i]) - exact) <= slack * exact + 1)) {
        fail("weights", i);
      }
    }
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
    const std::size_t tiles = (size_ + kTile - 1) / kTile;
    math::Spread spread{};
    same<double>("spread", 33, [&](const auto& table, auto* out) {
      spread = math::Spread{};
      std::vector<std::int32_t> keys(tiles);
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

  /// The sums of scan_and_spread, and sum, squares and distances.
  void check_facts(const std::vector<float>& row, const math::Weighing& weighing, double scale) {
    check_spread(row, row[0] > -kInfinity && std::abs(row[0]) >= 0x1p-20f ? row[0] : 1);
    if (!flush_) check_spread(row, 0);  // squares may be denormal
    const float best = *std::max_element(row.begin(), row.end());
    const auto summed = [&](math::SumKernel kernel, const float* numbers, std::size_t size) {
      math::WeightSums sums;
      std::vector<std::int32_t> found((size + 63) / 64);
      kernel(numbers, size, weighing.high, false, found.data(), sums);
      return sums;
    };
    const auto sums = same<double>("sum, squares, distances", 5, [&](const auto& table, auto* out) {
      *out++ = summed(table.sum, row.data(), size_).weights.total();
      for (const math::SumKernel kernel : {table.squares, table.distances}) {
        const math::WeightSums each = summed(kernel, row.data(), size_);
        *out++ = each.weights.total(), *out++ = each.seconds.total();
      }
      return std::size_t(5);
    });
    double weights = 0, weighed_squares = 0, distances = 0;
    for (const float x : row) {
      const double y = (math::widen(x) - math::widen(best)) * scale * 1.44269504088896340736;
      if (!(x > weighing.floor)) continue;
      const double weight = std::exp2(y);
      const double distance = (math::widen(best) - math::widen(x)) * scale * 1.44269504088896340736;
      weights += weight, weighed_squares += weight * weight, distances += weight * distance;
    }
    const double slack = 1e-5 + std::abs(double(weighing.reference)) * 0x1p-50;
    const double unit = summed(ours_.sum, &best, 1).weights.total();
    const auto close = [=](double a, double b) { return std::abs(a - b) <= slack * (b + weights); };
    if (!close(sums[0] / unit, weights)) fail("sum", 0);
    if (sums[1] != sums[0] * 0x1p40) fail("squares' sum", 0);
    if (!close(sums[2] / (unit * unit) * 0x1p-80, weighed_squares)) fail("squares", 0);
    if (!close(sums[4] / unit, distances)) fail("distances", 0);
  }

  /// split, between two numbers of the row.
  void check_split(const std::vector<float>& row, const math::Weighing& weighing,
                   const std::vector<std::uint64_t>& weights, const math::Mass& all) {
    float low = row[bits_.below(size_)], high = row[bits_.below(size_)];
    if (low > high) std::swap(low, high);
    const auto tiny = [](float x) { return std::abs(x) < 0x1p-126f; };  // flushed, perhaps
    if (tiny(low) || tiny(high)) return;
    std::vector<math::Entry<float>> list(size_ + kSlack), expected;
    math::Parts parts{{}, {}, list.data()};
    ours_.split(row.data(), size_, 3, weighing, low, high, parts);
    math::Mass above;
    for (std::size_t i = 0; i < size_; ++i) {
      if (row[i] > high) above += weights[i];
      if (row[i] >= low && row[i] <= high && row[i] != -kInfinity) {
        expected.push_back({static_cast<std::int32_t>(i) + 3, row[i]});
      }
    }
    if (parts.all != all) fail("split's all", 0);
    if (parts.above != above) fail("split's above", 0);
    list.resize(static_cast<std::size_t>(parts.between - list.data()));
    expect("split", list, expected);
    check_split_near(row, weighing, weights, math::centre_of<float>(double(high)), low - high);
  }

  /// split_near, keys_near and keep_near: what is twice as near as a distance, and what is as near.
  void check_split_near(const std::vector<float>& row, const math::Weighing& weighing,
                        const std::vector<std::uint64_t>& weights, float centre, float far) {
    if (std::isinf(centre) || std::isinf(far)) return;
    const float near = far / 2;
    std::vector<math::Entry<float>> list(size_ + kSlack), all, within, between;
    math::Parts parts{{}, {}, list.data()};
    ours_.split_near(row.data(), size_, 3, weighing, centre, far, near, parts);
    math::Mass nearer;
    for (std::size_t i = 0; i < size_; ++i) {
      const float own = math::nearness(row[i], centre);
      all.push_back({static_cast<std::int32_t>(i) + 3, row[i]});
      if (own > near) nearer += weights[i];
      if (own >= far) within.push_back(all.back());
      if (own >= far && own <= near) between.push_back(all.back());
    }
    if (parts.above != nearer) fail("split_near's above", 0);
    list.resize(static_cast<std::size_t>(parts.between - list.data()));
    expect("split_near", list, within);
    const auto keys = same<std::int32_t>("keys_near", size_, [&](const auto& table, auto* out) {
      table.keys_near(all.data(), size_, centre, out);
      return size_;
    });
    for (std::size_t i = 0; i < size_; ++i) {
      if (keys[i] != math::order_key(math::nearness(row[i], centre))) fail("keys_near", i);
    }
    const auto kept = same<math::Entry<float>>("keep_near", size_, [&](const auto& t, auto* out) {
      return t.keep_near(all.data(), size_, centre, math::order_key(far), math::order_key(near),
                         out);
    });
    expect("keep_near", kept, between);
  }

  /// sums_above, by thresholds that are numbers of the row.
  void check_sums_above(const std::vector<float>& row, const math::Weighing& weighing,
                        const std::vector<std::uint64_t>& weights) {
    float thresholds[8], sums[8];
    for (float& each : thresholds) each = row[bits_.below(size_)];
    const std::size_t size = size_ / 16 * 16;
    ours_.sums_above(row.data(), size, weighing, thresholds, sums);
    for (int t = 0; t < 8; ++t) {
      if (std::abs(thresholds[t]) < 0x1p-126f) continue;  // flushed, perhaps
      double exact = 0;
      for (std::size_t i = 0; i < size; ++i) {
        if (row[i] > thresholds[t]) exact += static_cast<double>(weights[i]) * 0x1p-56;
      }
      if (!(std::abs(double(sums[t]) - exact) <= 1e-4 * exact + 0x1p-40)) fail("sums_above", 0);
    }
  }

  /// keep_at_least and sixteen_maxima.
  void check_entries(const std::vector<float>& row) {
    std::vector<math::Entry<float>> all, expected;
    for (const float x : row) all.push_back({static_cast<std::int32_t>(all.size()), x});
    const std::int32_t bound = math::order_key(row[bits_.below(size_)]);
    for (const auto& entry : all) {
      if (math::order_key(entry.value) >= bound) expected.push_back(entry);
    }
    const auto kept = same<math::Entry<float>>(
        "keep_at_least", size_,
        [&](const auto& t, auto* out) { return t.keep_at_least(all.data(), size_, bound, out); });
    expect("keep_at_least", kept, expected);

    std::vector<std::int32_t> sixteens((size_ + 15) / 16 + 15);
    const std::uint64_t before = control();
    if (flush_) set_control(before | kFlush);
    ours_.sixteen_maxima(row.data(), size_, sixteens.data());
    set_control(before);
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

  /// What looks at keys: find_at_least, count_at_least, least, most, rank_bound, mass_at_least,
  /// keep_between and group_maxima.
  void check_keys(const std::vector<float>& row) {
    std::vector<std::int32_t> keys;
    for (const float x : row) keys.push_back(math::order_key(x));
    const std::int32_t bound = keys[bits_.below(size_)];
    const auto found =
        same<std::uint32_t>("find_at_least", size_, [&](const auto& table, auto* out) {
          return table.find_at_least(keys.data(), size_, bound, size_, out);
        });
    std::vector<std::uint32_t> expected;
    for (std::uint32_t i = 0; i < size_; ++i) {
      if (keys[i] >= bound) expected.push_back(i);
    }
    expect("find_at_least", found, expected);
    if (ours_.count_at_least(keys.data(), size_, bound) != found.size()) fail("count_at_least", 0);
    if (ours_.least(keys.data(), size_) != *std::min_element(keys.begin(), keys.end())) {
      fail("least", 0);
    }
    const std::int32_t most = *std::max_element(keys.begin(), keys.end());
    if (ours_.most(keys.data(), size_) != most) fail("most", 0);
    const std::size_t k = 1 + bits_.below(size_);
    auto sorted = keys;
    std::sort(sorted.begin(), sorted.end(), std::greater<>{});
    const std::int32_t part = ours_.rank_bound(keys.data(), size_, k, sorted.back(), most);
    const bool parted = k < size_ && sorted[k - 1] > sorted[k] ? part > sorted[k] : true;
    if (part > sorted[k - 1] || !parted) fail("rank_bound", 0);
    std::vector<std::uint64_t> weights;
    for (const std::int32_t key : keys) weights.push_back(static_cast<std::uint32_t>(key));
    math::Mass mass;
    for (const std::uint32_t i : found) mass += weights[i];
    if (ours_.mass_at_least(keys.data(), weights.data(), size_, bound) != mass) {
      fail("mass_at_least", 0);
    }
    const std::int32_t other = keys[bits_.below(size_)];
    const std::int32_t low = std::min(bound, other), high = std::max(bound, other);
    std::vector<std::int32_t> inside;
    std::vector<std::uint64_t> their_weights;
    for (std::size_t i = 0; i < size_; ++i) {
      if (keys[i] < low || keys[i] > high) continue;
      inside.push_back(keys[i]), their_weights.push_back(weights[i]);
    }
    auto some_keys = keys;
    some_keys.resize(size_ + kSlack), weights.resize(size_ + kSlack);
    auto keys_alone = some_keys;
    keys_alone.resize(ours_.keep_between(keys_alone.data(), nullptr, size_, low, high));
    expect("keep_between without weights", keys_alone, inside);
    const std::size_t kept = ours_.keep_between(some_keys.data(), weights.data(), size_, low, high);
    some_keys.resize(kept), weights.resize(kept);
    expect("keep_between", some_keys, inside);
    expect("keep_between's weights", weights, their_weights);

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

  const math::Kernels& ours_;
  Bits bits_;
  std::uint64_t seed_ = 0;
  std::size_t size_ = 0;
  int shape_ = 0;
  bool flush_ = false;
  std::vector<std::uint64_t> mask_;
};

}  // namespace

int main(int argc, char** argv) {
  using math::InstructionSet;
  if (argc > 1) {
    bool forced = false;
    for (const auto set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512,
                           InstructionSet::neon}) {
      if (argv[1] == std::string_view(to_string(set))) forced = math::force_instruction_set(set);
    }
    if (!forced) {
      std::printf("this machine has no %s\n", argv[1]);
      return 77;
    }
  }
  const std::uint64_t elements = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1000000;
  Trial trial(math::kernels(), argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
  std::uint64_t done = 0, rows = 0;
  for (; done < elements; ++rows) done += trial.next();
  std::printf("%s: %llu elements in %llu rows of each scalar, no mismatch\n",
              to_string(math::instruction_set()), (unsigned long long)(done),
              (unsigned long long)(rows));
  return 0;
}
