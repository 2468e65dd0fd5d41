// SPDX-License-Identifier: MIT
// What every reader of `parents` asks first: does each of them name a row that there is?
#pragma once

#include <logitkit/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// "ForkPlan: each of parents must satisfy parent < live rows, got 7"; empty if all do.
[[nodiscard]] inline std::string check_parents(const char* where,
                                               std::span<const std::size_t> parents,
                                               std::size_t rows, const char* rule) {
  if (parents.empty()) return {};
  const std::size_t last = *std::max_element(parents.begin(), parents.end());
  return last < rows ? std::string() : misuse(where, "each of parents", rule, double(last));
}

}  // namespace logitkit::inline LOGITKIT_ABI::detail
