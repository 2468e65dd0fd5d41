// SPDX-License-Identifier: MIT
// SynthId: hashes and a table known from elsewhere, bits against the twin, what is refused.
#include "support/catch.hpp"

#include "reference/synth_id.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/detail/synth_id.hpp>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

TEST_CASE("SynthId: hashes that were computed with whole numbers of any size") {
  CHECK(lk::detail::SynthId::hash({}) == 1);
  CHECK(lk::detail::SynthId::hash(Tokens{0, 0}) == 13885033948157127959u);
  CHECK(lk::detail::SynthId::hash(Tokens{3, 5}) == 12928176019193442995u);
  CHECK(lk::detail::SynthId::hash(Tokens(4, 2147483647)) == 16816029851382185985u);
  CHECK(lk::detail::SynthId::prolonged(lk::detail::SynthId::hash(Tokens{3}), 5) ==
        lk::detail::SynthId::hash(Tokens{3, 5}));
}

TEST_CASE("SynthId: bits are the twin's, also where the table is no power of two") {
  for (const std::size_t size : {std::size_t(2), std::size_t(7), std::size_t(256)}) {
    const lk::SynthIdOptions options{
        .keys = {654, -400, std::int64_t{1} << 62}, .ngram = 3, .table_size = size};
    const lk::detail::SynthId bits(options);
    const Tokens context{7, 9};
    std::size_t ones = 0;
    for (lk::Token token = 0; token < 100; ++token) {
      const auto run = lk::detail::SynthId::prolonged(lk::detail::SynthId::hash(context), token);
      for (std::size_t layer = 0; layer < 3; ++layer) {
        const bool bit = bits.bit(run, layer);
        CHECK(bit == reference::synth_id_bit(context, token, options.keys[layer], options));
        ones += bit;
      }
    }
    CHECK(std::fabs(double(ones) / 300 - bits.share()) < 0.1);
  }
}

TEST_CASE("SynthId refuses what its options do") {
  reference::refuses([] { lk::detail::SynthId{lk::SynthIdOptions{}}; },
                     "SynthIdOptions: keys must satisfy length >= 1, got 0");
}
