// SPDX-License-Identifier: MIT
// Long rows in which it is hard to tell where a part p of the mass ends: narrow(set, p) must leave
// the same of each and of the list of its tokens.
#pragma once

#include "support/kept.hpp"
#include "support/rows.hpp"

namespace test {

/// Every so many tiles are unlike the others, which a sample takes or leaves out.
void narrow_misleading_rows(const auto& narrow) {
  for (const std::size_t size : {20000u, 66000u}) {
    const std::size_t stride = (size / 64 + 127) / 128;
    for (const std::size_t shift : {std::size_t{0}, stride / 2}) {
      for (const float height : {-6.0f, -1.0f, 2.0f, 7.0f}) {
        auto row = gauss_row<float>(size, 0.7, size + shift);
        for (std::size_t i = 0; i < size; ++i) {
          if (i / 64 % stride == shift) row[i] += height;
        }
        for (const double p : {0.05, 0.3, 0.7, 0.9, 0.9999}) {
          CAPTURE(size, shift, height, p);
          kept(row, [&](auto& set) { narrow(set, p); });
        }
      }
    }
  }
}

/// Ascending, descending, half banned, spikes over a plain, levels of equals, denormals; edited.
void narrow_wide_rows(const auto& narrow) {
  constexpr std::size_t kSize = 30000;
  std::vector<std::vector<float>> rows(6, std::vector<float>(kSize));
  Random random(5);
  for (std::size_t i = 0; i < kSize; ++i) {
    const auto x = static_cast<float>(random.uniform());
    const auto place = static_cast<float>(i) / float(kSize);
    rows[0][i] = 9 * place;
    rows[1][i] = -9 * place;
    rows[2][i] = i % 2 == 1 ? 3 * x : -std::numeric_limits<float>::infinity();
    rows[3][i] = i % 997 == 0 ? 12 + x : x;
    rows[4][i] = static_cast<float>(static_cast<int>(4 * x));  // four of them
    rows[5][i] = (x - 0.5f) * 1e-40f;                          // nearly equal
  }
  for (std::size_t kind = 0; kind < rows.size(); ++kind) {
    for (const double p : {0.01, 0.25, 0.5, 0.75, 0.95, 0.999}) {
      for (const double factor : {1.0, 0.2, 3.0}) {
        CAPTURE(kind, p, factor);
        kept(rows[kind], [&](auto& set) {
          set.scale(factor);
          set.ban(17), set.add(6400, 1), set.set(29999, 2);
          narrow(set, p);
        });
      }
    }
  }
}

}  // namespace test
