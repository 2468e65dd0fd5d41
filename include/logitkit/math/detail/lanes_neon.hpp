// SPDX-License-Identifier: MIT
// Sixteen lanes in NEON: what the kernels are written in, four registers.
#pragma once

#include <logitkit/math/detail/kernel_table.hpp>
#include <logitkit/math/instruction_set.hpp>

#if LOGITKIT_HAS_NEON
#include <arm_neon.h>

namespace logitkit::inline LOGITKIT_ABI::math::neon {

struct Floats {
  float32x4_t part[4];
};
struct Ints {
  int32x4_t part[4];
};

template <class R, class F>
inline R each(const F& f) {
  return {f(0), f(1), f(2), f(3)};
}

inline Floats load(const float* p) {
  return each<Floats>([p](int i) { return vld1q_f32(p + 4 * i); });
}
inline Floats load(const Eigen::half* p) {
  return each<Floats>([p](int i) {
    return vcvt_f32_f16(
        vreinterpret_f16_u16(vld1_u16(reinterpret_cast<const std::uint16_t*>(p + 4 * i))));
  });
}
inline Floats load(const Eigen::bfloat16* p) {
  return each<Floats>([p](int i) {
    return vreinterpretq_f32_u32(
        vshll_n_u16(vld1_u16(reinterpret_cast<const std::uint16_t*>(p + 4 * i)), 16));
  });
}
inline Ints load(const std::int32_t* p) {
  return each<Ints>([p](int i) { return vld1q_s32(p + 4 * i); });
}
inline void store(float* p, const Floats& x) {
  for (int i = 0; i < 4; ++i) vst1q_f32(p + 4 * i, x.part[i]);
}
inline void store(std::int32_t* p, const Ints& x) {
  for (int i = 0; i < 4; ++i) vst1q_s32(p + 4 * i, x.part[i]);
}
inline Floats all(float x) {
  return each<Floats>([x](int) { return vdupq_n_f32(x); });
}
inline Ints all(std::int32_t x) {
  return each<Ints>([x](int) { return vdupq_n_s32(x); });
}

// As on the other machines: the second where they are equal or one is NaN.
inline float32x4_t max(float32x4_t a, float32x4_t b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }

inline Floats max(const Floats& a, const Floats& b) {
  return each<Floats>([&](int i) { return max(a.part[i], b.part[i]); });
}
inline Floats add(const Floats& a, const Floats& b) {
  return each<Floats>([&](int i) { return vaddq_f32(a.part[i], b.part[i]); });
}
inline Floats sub(const Floats& a, const Floats& b) {
  return each<Floats>([&](int i) { return vsubq_f32(a.part[i], b.part[i]); });
}
inline Floats fma(const Floats& a, const Floats& b, const Floats& c) {
  return each<Floats>([&](int i) { return vfmaq_f32(c.part[i], a.part[i], b.part[i]); });
}
inline Floats add_fused(const Floats& a, const Floats& b) { return add(a, b); }
inline Floats sub_fused(const Floats& a, const Floats& b) { return sub(a, b); }
inline Ints max(const Ints& a, const Ints& b) {
  return each<Ints>([&](int i) { return vmaxq_s32(a.part[i], b.part[i]); });
}
inline Ints add(const Ints& a, const Ints& b) {
  return each<Ints>([&](int i) { return vaddq_s32(a.part[i], b.part[i]); });
}
inline Ints sub(const Ints& a, const Ints& b) {
  return each<Ints>([&](int i) { return vsubq_s32(a.part[i], b.part[i]); });
}
inline Ints bit_and(const Ints& a, const Ints& b) {
  return each<Ints>([&](int i) { return vandq_s32(a.part[i], b.part[i]); });
}
inline Ints bit_xor(const Ints& a, const Ints& b) {
  return each<Ints>([&](int i) { return veorq_s32(a.part[i], b.part[i]); });
}
inline Ints sign(const Ints& a) {
  return each<Ints>([&](int i) { return vshrq_n_s32(a.part[i], 31); });
}
inline Ints to_exponent(const Ints& a) {
  return each<Ints>([&](int i) { return vshlq_n_s32(a.part[i], 23); });
}
inline Ints bits(const Floats& x) {
  return each<Ints>([&](int i) { return vreinterpretq_s32_f32(x.part[i]); });
}
inline Floats from_bits(const Ints& x) {
  return each<Floats>([&](int i) { return vreinterpretq_f32_s32(x.part[i]); });
}
inline void hold(Floats&, Floats&, Floats&, Floats&) {}

inline Floats bounded(const Floats& y) { return max(all(-120.0f), y); }
inline Floats nearest(const Floats& y) {
  return each<Floats>([&](int i) { return vrndnq_f32(y.part[i]); });
}
inline Floats scaled(const Floats& p, const Floats& n) {
  const Ints whole = each<Ints>([&](int i) { return vcvtq_s32_f32(n.part[i]); });
  return from_bits(add(bits(p), to_exponent(whole)));
}

inline Floats values(const Entry<float>* p) {
  return each<Floats>(
      [p](int i) { return vld2q_f32(reinterpret_cast<const float*>(p + 4 * i)).val[1]; });
}

/// One bit a lane: where compare(part) says so.
template <class F>
inline unsigned numbered(const F& compare) {
  constexpr std::uint32_t kBits[4] = {1, 2, 4, 8};
  const uint32x4_t one = vld1q_u32(kBits);
  unsigned mask = 0;
  for (int i = 0; i < 4; ++i) mask |= vaddvq_u32(vandq_u32(compare(i), one)) << (4 * i);
  return mask;
}
inline unsigned at_least(const Ints& a, const Ints& b) {
  return numbered([&](int i) { return vcgeq_s32(a.part[i], b.part[i]); });
}

using Lanes = unsigned;
inline unsigned numbered(Lanes lanes) { return lanes; }
inline Lanes lanes_at_least(const Ints& a, const Ints& b) { return at_least(a, b); }
inline Lanes lanes_above(const Floats& a, const Floats& b) {
  return numbered([&](int i) { return vcgtq_f32(a.part[i], b.part[i]); });
}
inline Lanes lanes_not_below(const Floats& a, const Floats& b) {
  return ~numbered([&](int i) { return vcltq_f32(a.part[i], b.part[i]); }) & 0xffffu;
}
inline Lanes lanes_between(const Floats& a, const Floats& b, Lanes above) {
  return numbered([&](int i) { return vcgeq_f32(a.part[i], b.part[i]); }) & ~above;
}

inline Floats where(Lanes lanes, const Floats& a, const Floats& b) {
  constexpr std::uint32_t kPlaces[4] = {1, 2, 4, 8};
  const uint32x4_t places = vld1q_u32(kPlaces);
  return each<Floats>([&](int i) {
    return vbslq_f32(vtstq_u32(vdupq_n_u32(lanes >> (4 * i)), places), a.part[i], b.part[i]);
  });
}
inline Floats scaled_where(Lanes lanes, const Floats& p, const Floats& n) {
  return where(lanes, scaled(p, n), all(0.0f));
}

struct NanOfFloats {
  uint32x4_t numbers = vdupq_n_u32(0xffffffffu);
  void look(const Floats& x) {
    for (int i = 0; i < 4; ++i) {
      numbers = vandq_u32(numbers, vceqq_f32(x.part[i], x.part[i]));
    }
  }
  void look(const Floats& a, const Floats& b, const Floats& c, const Floats& d) {
    look(a), look(b), look(c), look(d);
  }
  [[nodiscard]] bool any() const { return vminvq_u32(numbers) == 0; }
};

struct Wholes {
  uint64x2_t part[8];
};
inline Wholes wholes(const Floats& x) {  // cut off
  Wholes result;
  for (int i = 0; i < 4; ++i) {
    result.part[2 * i] = vcvtq_u64_f64(vcvt_f64_f32(vget_low_f32(x.part[i])));
    result.part[2 * i + 1] = vcvtq_u64_f64(vcvt_high_f64_f32(x.part[i]));
  }
  return result;
}
inline Wholes load(const std::uint64_t* p) {
  Wholes result;
  for (int i = 0; i < 8; ++i) result.part[i] = vld1q_u64(p + 2 * i);
  return result;
}
inline void store(std::uint64_t* p, const Wholes& x) {
  for (int i = 0; i < 8; ++i) vst1q_u64(p + 2 * i, x.part[i]);
}

struct WholeSum {
  uint64x2_t sums[4] = {vdupq_n_u64(0), vdupq_n_u64(0), vdupq_n_u64(0), vdupq_n_u64(0)};

  void add(const Wholes& x) {
    for (int i = 0; i < 8; ++i) sums[i & 3] = vaddq_u64(sums[i & 3], x.part[i]);
  }
  void add_where(unsigned lanes, const Wholes& x) {
    constexpr std::uint64_t kPlaces[2] = {1, 2};
    const uint64x2_t places = vld1q_u64(kPlaces);
    for (int i = 0; i < 8; ++i, lanes >>= 2) {
      const uint64x2_t mask = vtstq_u64(vdupq_n_u64(lanes), places);
      sums[i & 3] = vaddq_u64(sums[i & 3], vandq_u64(mask, x.part[i]));
    }
  }
  [[nodiscard]] Mass mass() const {
    Mass sum;
    for (const uint64x2_t each : sums) {
      sum += vgetq_lane_u64(each, 0);
      sum += vgetq_lane_u64(each, 1);
    }
    return sum;
  }
};

template <class Fold>
[[gnu::always_inline]] inline Floats fold16(Floats (&v)[16], const Fold& fold) {
  Floats result;
  for (int part = 0; part < 4; ++part) {
    float32x4_t folded[4];
    for (int t = 0; t < 4; ++t) {
      const float32x4_t* p = v[4 * part + t].part;
      folded[t] = fold(fold(p[0], p[2]), fold(p[1], p[3]));
    }
    const auto halves = [&](float32x4_t a, float32x4_t b) {
      return fold(vcombine_f32(vget_low_f32(a), vget_low_f32(b)),
                  vcombine_f32(vget_high_f32(a), vget_high_f32(b)));
    };
    const float32x4_t a = halves(folded[0], folded[1]), b = halves(folded[2], folded[3]);
    result.part[part] = fold(vuzp1q_f32(a, b), vuzp2q_f32(a, b));
  }
  return result;
}
struct FoldMax {
  float32x4_t operator()(float32x4_t a, float32x4_t b) const { return max(a, b); }
};
struct FoldSum {
  float32x4_t operator()(float32x4_t a, float32x4_t b) const { return vaddq_f32(a, b); }
};

#include <logitkit/math/detail/lane_by_lane.inc>

#include <logitkit/math/detail/shorts_neon.inc>

#include <logitkit/math/detail/doubles_neon.inc>

#include <logitkit/math/detail/kernels.inc>

}  // namespace logitkit::inline LOGITKIT_ABI::math::neon
#endif  // LOGITKIT_HAS_NEON
