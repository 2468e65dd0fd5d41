// SPDX-License-Identifier: MIT
// Sixteen lanes in plain C++: what the kernels are written in where nothing better is known. The
// other lanes_*.hpp have the same functions; what each does is said here.
#pragma once

#include <logitkit/math/detail/kernel_table.hpp>

#include <cmath>
#include <cstring>

// Loops over lanes stay loops: unrolled, they would take a third of the time that a compiler needs
// for a decoder, and there are no sixteen lanes' worth of registers to gain by it.
#pragma push_macro("LOGITKIT_UNROLL")
#undef LOGITKIT_UNROLL
#define LOGITKIT_UNROLL

namespace logitkit::inline LOGITKIT_ABI::math::portable {

struct Floats {
  float lane[16];
};
struct Ints {
  std::int32_t lane[16];
};

template <class R, class F>
inline R each(const F& f) {
  R r;
  for (int i = 0; i < static_cast<int>(std::size(r.lane)); ++i) r.lane[i] = f(i);
  return r;
}

/// a * b + c, rounded once, without a machine instruction for it: the product of two floats is
/// exact in double; the sum is rounded to odd there, which makes rounding it again harmless.
/// Source: Boldo, Melquiond 2008, "Emulation of FMA and correctly rounded sums", section 4.
inline float fused(float a, float b, float c) {
  const double product = double(a) * double(b), addend = c;
  const double sum = product + addend;
  const double back = sum - product;
  const double error = (product - (sum - back)) + (addend - back);
  auto bits = std::bit_cast<std::int64_t>(sum);
  const bool inexact = error > 0 || error < 0;
  if (inexact && (bits & 1) == 0) bits += (error > 0) == (sum > 0) ? 1 : -1;
  return static_cast<float>(std::bit_cast<double>(bits));
}

template <class Scalar>
inline Floats load(const Scalar* p) {
  return each<Floats>([p](int i) { return static_cast<float>(p[i]); });
}
inline Ints load(const std::int32_t* p) {
  return each<Ints>([p](int i) { return p[i]; });
}
inline void store(float* p, const Floats& x) { std::copy_n(x.lane, 16, p); }
inline void store(std::int32_t* p, const Ints& x) { std::copy_n(x.lane, 16, p); }
inline Floats all(float x) {
  return each<Floats>([x](int) { return x; });
}
inline Ints all(std::int32_t x) {
  return each<Ints>([x](int) { return x; });
}

inline Floats max(const Floats& a, const Floats& b) {
  return each<Floats>([&](int i) { return a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]; });
}
inline Floats add(const Floats& a, const Floats& b) {
  return each<Floats>([&](int i) { return a.lane[i] + b.lane[i]; });
}
inline Floats sub(const Floats& a, const Floats& b) {
  return each<Floats>([&](int i) { return a.lane[i] - b.lane[i]; });
}
inline Floats fma(const Floats& a, const Floats& b, const Floats& c) {
  return each<Floats>([&](int i) { return fused(a.lane[i], b.lane[i], c.lane[i]); });
}
/// a + b and a - b by whatever units of the processor are idle: see lanes_avx512.hpp.
inline Floats add_fused(const Floats& a, const Floats& b) { return add(a, b); }
inline Floats sub_fused(const Floats& a, const Floats& b) { return sub(a, b); }
inline Ints max(const Ints& a, const Ints& b) {
  return each<Ints>([&](int i) { return a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]; });
}
// Sums of integers wrap around, as those of a vector register do.
inline std::int32_t wrapped(std::uint32_t x) { return static_cast<std::int32_t>(x); }
inline Ints add(const Ints& a, const Ints& b) {
  return each<Ints>([&](int i) {
    return wrapped(static_cast<std::uint32_t>(a.lane[i]) + static_cast<std::uint32_t>(b.lane[i]));
  });
}
inline Ints sub(const Ints& a, const Ints& b) {
  return each<Ints>([&](int i) {
    return wrapped(static_cast<std::uint32_t>(a.lane[i]) - static_cast<std::uint32_t>(b.lane[i]));
  });
}
inline Ints bit_and(const Ints& a, const Ints& b) {
  return each<Ints>([&](int i) { return a.lane[i] & b.lane[i]; });
}
inline Ints bit_xor(const Ints& a, const Ints& b) {
  return each<Ints>([&](int i) { return a.lane[i] ^ b.lane[i]; });
}
inline Ints sign(const Ints& a) {
  return each<Ints>([&](int i) { return a.lane[i] >> 31; });
}
inline Ints to_exponent(const Ints& a) {
  return each<Ints>([&](int i) { return wrapped(static_cast<std::uint32_t>(a.lane[i]) << 23); });
}
inline Ints bits(const Floats& x) { return std::bit_cast<Ints>(x); }
inline Floats from_bits(const Ints& x) { return std::bit_cast<Floats>(x); }
/// Keeps vectors in registers, where there are enough: see lanes_avx512.hpp.
inline void hold(Floats&, Floats&, Floats&, Floats&) {}

// What powers of two are made of: y where it is not so small, or large, that `scaled` goes wrong,
// its nearest whole number n, and p 2^n. NaN stays NaN.
inline Floats bounded(const Floats& y) {
  return each<Floats>([&](int i) {
    return y.lane[i] < -120 ? -120 : y.lane[i] > 120 ? 120 : y.lane[i];
  });
}
inline Floats nearest(const Floats& y) {  // there is nothing behind the point of so large a sum
  return each<Floats>([&](int i) { return (y.lane[i] + Weighing::kMagic) - Weighing::kMagic; });
}
inline Floats scaled(const Floats& p, const Floats& n) {
  return from_bits(add(bits(p), to_exponent(each<Ints>([&](int i) {
                         return is_nan(n.lane[i]) ? 0 : static_cast<std::int32_t>(n.lane[i]);
                       }))));
}

/// The values of sixteen entries.
inline Floats values(const Entry<float>* p) {
  return each<Floats>([p](int i) { return p[i].value; });
}

/// One bit a lane: where f(lane) says so.
template <int lanes = 16, class F>
inline unsigned numbered(const F& f) {
  unsigned mask = 0;
  for (int i = 0; i < lanes; ++i) mask |= unsigned{f(i)} << i;
  return mask;
}
/// Where a >= b.
inline unsigned at_least(const Ints& a, const Ints& b) {
  return numbered([&](int i) { return a.lane[i] >= b.lane[i]; });
}

// Lanes that something holds for, one bit each.
using Lanes = unsigned;
inline unsigned numbered(Lanes lanes) { return lanes; }
inline Lanes lanes_at_least(const Ints& a, const Ints& b) { return at_least(a, b); }
inline Lanes lanes_above(const Floats& a, const Floats& b) {
  return numbered([&](int i) { return a.lane[i] > b.lane[i]; });
}
/// Where a < b does not hold, as of NaN.
inline Lanes lanes_not_below(const Floats& a, const Floats& b) {
  return numbered([&](int i) { return !(a.lane[i] < b.lane[i]); });
}
/// Where a >= b, but for the lanes in `above`.
inline Lanes lanes_between(const Floats& a, const Floats& b, Lanes above) {
  return numbered([&](int i) { return a.lane[i] >= b.lane[i]; }) & ~above;
}

inline Floats where(Lanes lanes, const Floats& a, const Floats& b) {
  Floats r = b;  // no choice in each lane: g++ 12 makes vectors of that for ARM, wrong ones
  for (int i = 0; i < 16; ++i) {
    if ((lanes >> i & 1u) != 0) r.lane[i] = a.lane[i];
  }
  return r;
}
/// p 2^n in some lanes, 0 in the others.
inline Floats scaled_where(Lanes lanes, const Floats& p, const Floats& n) {
  return where(lanes, scaled(p, n), all(0.0f));
}

/// Remembers whether any number it has seen was NaN.
template <class Vector>
struct NanOf {
  bool seen = false;
  void look(const Vector& x) {
    for (const auto lane : x.lane) seen |= is_nan(lane);
  }
  void look(const Vector& a, const Vector& b, const Vector& c, const Vector& d) {
    look(a), look(b), look(c), look(d);
  }
  [[nodiscard]] bool any() const { return seen; }
};
using NanOfFloats = NanOf<Floats>;

/// Sixteen whole numbers of 64 bits.
struct Wholes {
  std::uint64_t lane[16];
};
inline Wholes wholes(const Floats& x) {  // cut off
  return each<Wholes>(
      [&](int i) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(x.lane[i])); });
}
inline Wholes load(const std::uint64_t* p) {
  return each<Wholes>([p](int i) { return p[i]; });
}
inline void store(std::uint64_t* p, const Wholes& x) { std::copy_n(x.lane, 16, p); }

/// A sum of wholes.
struct WholeSum {
  Mass sum;

  void add(const Wholes& x) { add_where(0xffff, x); }
  void add_where(unsigned lanes, const Wholes& x) {
    for (int i = 0; i < 16; ++i) {
      if (lanes >> i & 1u) sum += x.lane[i];
    }
  }
  [[nodiscard]] Mass mass() const { return sum; }
};

/// Sixteen vectors become one: lane t is vector t, folded in halves: l with l + 8, + 4, + 2, + 1.
template <class Lanes16, class Fold>
inline Lanes16 fold16(Lanes16 (&v)[16], const Fold& fold) {
  return each<Lanes16>([&](int t) {
    std::remove_cvref_t<decltype(v[t].lane[0])> lanes[16];
    std::copy_n(v[t].lane, 16, lanes);
    for (int half = 8; half > 0; half /= 2) {
      for (int i = 0; i < half; ++i) lanes[i] = fold(lanes[i], lanes[i + half]);
    }
    return lanes[0];
  });
}
struct FoldMax {
  float operator()(float a, float b) const { return a > b ? a : b; }
};
struct FoldSum {
  float operator()(float a, float b) const { return a + b; }
};

#include <logitkit/math/detail/lane_by_lane.inc>

#include <logitkit/math/detail/shorts_portable.inc>

#include <logitkit/math/detail/doubles_portable.inc>

#include <logitkit/math/detail/kernels.inc>

}  // namespace logitkit::inline LOGITKIT_ABI::math::portable

#pragma pop_macro("LOGITKIT_UNROLL")
