// SPDX-License-Identifier: MIT
// Gumbel noise: argmax of (score + noise) is a draw from the softmax of the scores.
#pragma once

#include <logitkit/math/logarithm.hpp>
#include <logitkit/random/uniform.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// A standard Gumbel number, -ln(-ln(u)) with u = open_uniform(bits): in [-3.61, 36.74], with the
/// same bits on every machine. Source: Gumbel 1954; as a sampler, Maddison et al. 2014,
/// "A* sampling", arXiv 1411.0030.
[[nodiscard]] inline double gumbel(std::uint64_t bits) noexcept {
  return -math::log(-math::log(open_uniform(bits)));
}

}  // namespace logitkit::inline LOGITKIT_ABI
