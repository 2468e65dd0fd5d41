// SPDX-License-Identifier: MIT
// Masses: weights against long double exponentials, sums against 128-bit integers, in any order.
#include <logitkit/math/mass.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace math = logitkit::math;
using math::Mass;
using math::Octaves;

namespace {

/// Off by less than half a unit for the last rounding, and 2^-56 of the value before it.
void require_weight(Octaves octaves) {
  const long double exact = std::exp2(62 - static_cast<long double>(octaves) * 0x1p-57L);
  const auto got = static_cast<long double>(math::weight(octaves));
  // The reference itself is good to 2^-62 of the value.
  if (!(std::fabs(got - exact) <= 0.5L + exact * (0x1p-56L + 0x1p-62L))) {
    FAIL("octaves " << octaves << ": " << double(got) << " for " << double(exact));
  }
}

}  // namespace

static_assert(math::weight(0) == std::uint64_t{1} << 62);
static_assert(math::weight(math::kFarthest) == 0);
static_assert(math::weight(math::kFarthest - 1) == 1);
static_assert(math::weight(~Octaves{0}) == 0);
static_assert(math::to_octaves(0) == 0 && math::to_octaves(1) == Octaves{1} << 57);
static_assert(math::to_octaves(63) == math::kFarthest);

TEST_CASE("a weight is the power of two, at every joint of the table", "[mass]") {
  for (Octaves joint = 0; joint <= math::kFarthest; joint += Octaves{1} << 49) {
    for (int step = -2; step <= 2; ++step) {
      const Octaves octaves = joint + static_cast<Octaves>(step);
      if (octaves < math::kFarthest) require_weight(octaves);
    }
  }
}

TEST_CASE("a weight is the power of two, anywhere", "[mass]") {
  test::Random random(1);
  for (int i = 0; i < 50000; ++i) require_weight(random.bits() >> 1 & (math::kFarthest - 1));
  for (int i = 0; i < 50000; ++i) require_weight(random.bits() >> 7);  // the first octave
}

TEST_CASE("whole octaves are exact", "[mass]") {
  for (unsigned whole = 0; whole < 63; ++whole) {
    REQUIRE(math::weight(Octaves{whole} << 57) == std::uint64_t{1} << (62 - whole));
  }
}

TEST_CASE("weights never grow with the distance", "[mass]") {
  for (Octaves joint = Octaves{1} << 49; joint < math::kFarthest; joint += Octaves{1} << 49) {
    for (Octaves step = 4; step > 0; --step) {
      if (math::weight(joint - step) < math::weight(joint - step + 1)) FAIL(joint << '-' << step);
    }
  }
  test::Random random(2);
  for (int i = 0; i < 50000; ++i) {
    const Octaves near = random.bits() % math::kFarthest;
    const Octaves far = near + (random.bits() >> random.below(64));
    if (far > near && math::weight(near) < math::weight(far)) FAIL(near << ' ' << far);
  }
}

TEST_CASE("distances become octaves exactly, and all large ones are the farthest", "[mass]") {
  REQUIRE(math::to_octaves(0x1p-57) == 1);
  REQUIRE(math::to_octaves(0x1.8p-57) == 1);
  REQUIRE(math::to_octaves(0x1p-1074) == 0);
  REQUIRE(math::to_octaves(std::nextafter(63.0, 0)) < math::kFarthest);
  REQUIRE(math::to_octaves(std::nextafter(63.0, 64)) == math::kFarthest);
  REQUIRE(math::to_octaves(1e300) == math::kFarthest);
  REQUIRE(math::to_octaves(std::numeric_limits<double>::infinity()) == math::kFarthest);
  test::Random random(3);
  for (int i = 0; i < 10000; ++i) {
    const double distance = random.between(0, 63);
    REQUIRE(math::to_octaves(distance) ==
            static_cast<Octaves>(static_cast<long double>(distance) * 0x1p57L));
  }
}

TEST_CASE("the table holds powers of two to the last bits", "[mass]") {
  for (unsigned j = 0; j < 256; ++j) {
    const long double exact = std::exp2(63 - j / 256.0L);
    REQUIRE(std::fabs(static_cast<long double>(math::detail::kPowers[j]) - exact) < 4);
  }
}

TEST_CASE("mass converts to the nearest double, give or take a unit", "[mass]") {
  test::Random random(4);
  for (int i = 0; i < 10000; ++i) {
    const Mass mass{random.bits() >> random.below(64), random.bits()};
    const long double exact =
        static_cast<long double>(mass.high) * 0x1p64L + static_cast<long double>(mass.low);
    REQUIRE(std::fabs(mass.to_double() - exact) <= exact * 0x1p-52L);
  }
  REQUIRE(Mass{}.to_double() == 0);
  REQUIRE(Mass{1, 0}.to_double() == 0x1p64);
  REQUIRE(Mass{1, 1}.to_double() == 0x1p64);
}

TEST_CASE("sums are the same in any order and any split", "[mass]") {
  test::Random random(5);
  std::vector<std::uint64_t> weights(1000);
  for (auto& weight : weights) weight = math::weight(random.bits() >> (1 + random.below(9)));
  Mass forward, backward, halves, other_half;
  for (const auto weight : weights) forward += weight;
  for (auto i = weights.rbegin(); i != weights.rend(); ++i) backward += *i;
  for (std::size_t i = 0; i < weights.size(); ++i) (i % 2 == 0 ? halves : other_half) += weights[i];
  halves += other_half;
  std::sort(weights.begin(), weights.end());
  Mass sorted;
  for (const auto weight : weights) sorted += weight;
  REQUIRE(forward == backward);
  REQUIRE(forward == halves);
  REQUIRE(forward == sorted);
}

#ifdef __SIZEOF_INT128__
namespace {

__extension__ using Wide = unsigned __int128;

Wide wide(const Mass& mass) { return Wide{mass.high} << 64 | mass.low; }

/// floor(mass * n / 2^53) in 32-bit digits, as learnt in school.
Wide fraction_by_digits(const Mass& mass, std::uint64_t n) {
  const std::uint64_t a[4] = {mass.low & 0xffffffffu, mass.low >> 32, mass.high & 0xffffffffu,
                              mass.high >> 32};
  const std::uint64_t b[2] = {n & 0xffffffffu, n >> 32};
  std::uint64_t digits[7] = {};
  for (std::size_t j = 0; j < 2; ++j) {
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const std::uint64_t sum = a[i] * b[j] + digits[i + j] + carry;
      digits[i + j] = sum & 0xffffffffu;
      carry = sum >> 32;
    }
    digits[4 + j] += carry;
  }
  Wide result = 0;
  for (std::size_t bit = 53; bit < 192; ++bit) {
    if ((digits[bit / 32] >> (bit % 32) & 1) != 0) result |= Wide{1} << (bit - 53);
  }
  return result;
}

}  // namespace

TEST_CASE("sums are those of 128-bit integers", "[mass]") {
  test::Random random(6);
  for (int i = 0; i < 20000; ++i) {
    const Mass a{random.bits() >> 2, random.bits()};
    const Mass b{random.bits() >> 2, random.below(4) == 0 ? ~a.low + 1 : random.bits()};
    const std::uint64_t weight = random.bits();
    Mass sum = a;
    sum += b;
    REQUIRE(wide(sum) == wide(a) + wide(b));
    sum += weight;
    REQUIRE(wide(sum) == wide(a) + wide(b) + weight);
    REQUIRE((a < b) == (wide(a) < wide(b)));
  }
}

TEST_CASE("fraction_of is the floor of the exact product", "[mass]") {
  test::Random random(7);
  constexpr double kLast = 1 - 0x1p-53;
  for (int i = 0; i < 20000; ++i) {
    const std::size_t shift = 11 + random.below(117);
    const Mass mass = shift < 64 ? Mass{random.bits() >> shift, random.bits()}
                                 : Mass{0, random.bits() >> (shift - 64)};
    for (const double u : {0.0, 0x1p-53, 0.5, kLast, random.uniform()}) {
      const auto n = static_cast<std::uint64_t>(u * 0x1p53);
      if (wide(math::fraction_of(mass, u)) != fraction_by_digits(mass, n)) {
        FAIL(mass.high << ' ' << mass.low << ' ' << u);
      }
    }
    REQUIRE(math::fraction_of(mass, 0) == Mass{});
    if (mass > Mass{}) REQUIRE(math::fraction_of(mass, kLast) < mass);
  }
}

TEST_CASE("multiply_high is the upper half of the product", "[mass]") {
  test::Random random(8);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t a = random.bits(), b = random.bits() >> random.below(64);
    REQUIRE(math::multiply_high(a, b) == static_cast<std::uint64_t>((Wide{a} * b) >> 64));
  }
}
#endif
