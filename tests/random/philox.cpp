// SPDX-License-Identifier: MIT
// Philox4x32-10: the published vectors of Random123.
#include <logitkit/random/philox.hpp>

#include "support/catch.hpp"

namespace lk = logitkit;

using Words = std::array<std::uint32_t, 4>;

// The lines `philox4x32 10` of Random123's kat_vectors: counter, key, result.
static_assert(lk::philox4x32({0, 0, 0, 0}, {0, 0}) ==
              Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
static_assert(lk::philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
                             {0xffffffff, 0xffffffff}) ==
              Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
static_assert(lk::philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                             {0xa4093822, 0x299f31d0}) ==
              Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});

TEST_CASE("philox gives the published words at run time, too", "[philox]") {
  volatile std::uint32_t zero = 0;
  REQUIRE(lk::philox4x32({zero, zero, zero, zero}, {zero, zero}) ==
          Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  const std::uint32_t pi = zero + 0x243f6a88;
  REQUIRE(lk::philox4x32({pi, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
          Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}
