// SPDX-License-Identifier: MIT
// Order keys: they order like the numbers, with and without flush-to-zero, and can be undone.
#include <logitkit/math/order.hpp>

#include "support/catch.hpp"
#include "support/flush_to_zero.hpp"
#include "support/rows.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace lk = logitkit;
namespace math = lk::math;

namespace {

/// Distinct numbers in ascending order; each appears once, -0 not at all.
template <class S>
std::vector<S> ladder() {
  using Limits = std::numeric_limits<S>;
  std::vector<S> positive{Limits::denorm_min(),
                          Limits::denorm_min() * 2,
                          Limits::min() - Limits::denorm_min(),
                          Limits::min(),
                          Limits::min() + Limits::denorm_min(),
                          S(1e-20),
                          S(1) - Limits::epsilon(),
                          S(1),
                          S(1) + Limits::epsilon(),
                          S(2),
                          S(1e20),
                          Limits::max(),
                          Limits::infinity()};
  std::vector<S> all;
  for (auto i = positive.rbegin(); i != positive.rend(); ++i) all.push_back(-*i);
  all.push_back(0);
  all.insert(all.end(), positive.begin(), positive.end());
  return all;
}

template <class S>
void require_ladder_in_order(const std::vector<S>& numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    for (std::size_t j = 0; j < numbers.size(); ++j) {
      REQUIRE((math::order_key(numbers[i]) < math::order_key(numbers[j])) == (i < j));
      REQUIRE((math::order_key(numbers[i]) == math::order_key(numbers[j])) == (i == j));
    }
  }
}

template <class S>
S from_bits(std::uint64_t bits) {
  if constexpr (sizeof(S) == 4) {
    return std::bit_cast<S>(static_cast<std::uint32_t>(bits));
  } else {
    return std::bit_cast<S>(bits);
  }
}

}  // namespace

static_assert(math::order_key(0.0f) == 0 && math::order_key(-0.0f) == 0);
static_assert(math::order_key(0.0) == 0 && math::order_key(-0.0) == 0);
static_assert(math::order_key(std::numeric_limits<float>::denorm_min()) == 1);
static_assert(math::order_key(-std::numeric_limits<double>::denorm_min()) == -1);
static_assert(std::same_as<math::OrderKey<float>, std::int32_t>);
static_assert(std::same_as<math::OrderKey<double>, std::int64_t>);

TEMPLATE_TEST_CASE("order keys order a ladder of numbers", "[order]", float, double) {
  require_ladder_in_order(ladder<TestType>());
}

TEMPLATE_TEST_CASE("order keys do not notice flush-to-zero", "[order]", float, double) {
  const auto numbers = ladder<TestType>();
  const test::FlushToZero flush;
  if constexpr (test::FlushToZero::kWorks) {
    volatile TestType tiny = std::numeric_limits<TestType>::denorm_min();
    REQUIRE(tiny == 0);  // the processor's own comparison does
  }
  require_ladder_in_order(numbers);
}

TEMPLATE_TEST_CASE("order keys compare like numbers for any two bit patterns", "[order]", float,
                   double) {
  test::Random random(1);
  for (int i = 0; i < 200000; ++i) {
    const auto a = from_bits<TestType>(random.bits());
    const auto b = from_bits<TestType>(random.bits());
    REQUIRE(math::is_nan(a) == std::isnan(a));
    if (std::isnan(a) || std::isnan(b)) continue;
    if ((math::order_key(a) < math::order_key(b)) != (a < b)) FAIL(a << " and " << b);
    if ((math::order_key(a) == math::order_key(b)) != (a == b)) FAIL(a << " and " << b);
  }
}

TEMPLATE_TEST_CASE("from_order_key undoes order_key to the bit", "[order]", float, double) {
  using S = TestType;
  const auto same_bits = [](S a, S b) {
    return std::bit_cast<math::OrderKey<S>>(a) == std::bit_cast<math::OrderKey<S>>(b);
  };
  for (const S x : ladder<S>()) {
    REQUIRE(same_bits(math::from_order_key<S>(math::order_key(x)), x));
  }
  REQUIRE(same_bits(math::from_order_key<S>(math::order_key(S(-0.0))), S(0)));
  test::Random random(2);
  for (int i = 0; i < 100000; ++i) {
    const S x = from_bits<S>(random.bits());
    if (x == 0) continue;
    if (!same_bits(math::from_order_key<S>(math::order_key(x)), x)) FAIL(x);
  }
}

TEST_CASE("every float of a stretch around zero and around one has the next key", "[order]") {
  for (const float start : {-0x1p-149f * 1000, 1.0f - 0x1p-15f, -1.0f - 0x1p-15f, 0x1p-126f}) {
    float x = start;
    for (int i = 0; i < 3000; ++i) {
      const float next = std::nextafter(x, std::numeric_limits<float>::infinity());
      if (math::order_key(next) != math::order_key(x) + (x == 0 && next == 0 ? 0 : 1)) FAIL(x);
      x = next;
    }
  }
}

TEMPLATE_TEST_CASE("is_nan knows every kind of NaN and nothing else", "[order]", float, double) {
  using S = TestType;
  using Bits = std::make_unsigned_t<math::OrderKey<S>>;
  const Bits infinity = std::bit_cast<Bits>(std::numeric_limits<S>::infinity());
  const Bits sign = Bits{1} << (sizeof(S) * 8 - 1);
  for (const Bits s : {Bits{0}, sign}) {
    REQUIRE_FALSE(math::is_nan(std::bit_cast<S>(infinity | s)));
    REQUIRE_FALSE(math::is_nan(std::bit_cast<S>((infinity - 1) | s)));
    REQUIRE_FALSE(math::is_nan(std::bit_cast<S>(s)));
    REQUIRE(math::is_nan(std::bit_cast<S>((infinity + 1) | s)));  // signalling
    REQUIRE(math::is_nan(std::bit_cast<S>((~sign) | s)));
  }
  REQUIRE(math::is_nan(std::numeric_limits<S>::quiet_NaN()));
  REQUIRE(math::is_nan(-std::numeric_limits<S>::quiet_NaN()));
  for (const S x : ladder<S>()) REQUIRE_FALSE(math::is_nan(x));
}
