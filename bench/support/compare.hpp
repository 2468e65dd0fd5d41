// SPDX-License-Identifier: MIT
// Two runs beside each other, row by row: of two builds, two instruction sets, two versions.
#pragma once

#include <support/table.hpp>

#include <cmath>

namespace bench {

/// Compares the times over the floor: what slows the whole machine is in both and cancels out. The
/// floor is compiled anew in each build, though, and may itself differ by a few percent.
inline void compare(const Run& old_run, const Run& new_run) {
  std::cout << "old: " << to_string(old_run.setting) << "\nnew: " << to_string(new_run.setting)
            << "\n\n"
            << padded("row", 46) << "   old µs   new µs  old × floor  new × floor  new / old\n";
  double logarithms = 0, of_times = 0;
  std::size_t both = 0;
  for (const Result& now : new_run.results) {
    const Result* before = old_run.find(now.name());
    if (before == nullptr || !before->wrong.empty() || !now.wrong.empty()) continue;
    const double change = now.ratio / before->ratio;
    const bool noise = std::abs(change - 1) < std::max(now.spread, before->spread);
    std::cout << padded(now.name(), 46) << padded(digits(before->us), 9, true)
              << padded(digits(now.us), 9, true) << padded(digits(before->ratio), 13, true)
              << padded(digits(now.ratio), 13, true) << text("%11.3f", change)
              << (noise ? "  ~\n" : "\n");
    logarithms += std::log(change);
    of_times += std::log(now.us / before->us);
    ++both;
  }
  if (both == 0) throw std::runtime_error("the two runs have no row in common");
  std::cout
      << "\n~ the change is smaller than the spread of the turns.\nThe geometric mean of new / "
         "old over "
      << both << " rows is " << text("%.3f", std::exp(logarithms / double(both)))
      << "; of the times alone, without their floors, "
      << text("%.3f", std::exp(of_times / double(both))) << ".\n";
  const std::size_t others = old_run.results.size() + new_run.results.size() - 2 * both;
  if (others > 0) std::cout << "Left out, since they are in one run only: " << others << " rows.\n";
}

}  // namespace bench
