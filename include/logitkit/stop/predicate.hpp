// SPDX-License-Identifier: MIT
// Predicate: ends when the user's function says so: a deadline, a cancel button, a full buffer.
#pragma once

#include <logitkit/core/concepts.hpp>

#include <functional>

namespace logitkit::inline LOGITKIT_ABI {

/// Met when `stop_when(context)` is true; never if there is no function. One call; how often, see
/// Limits::stop_when.
struct Predicate {
  const std::function<bool(const Context&)>& stop_when;

  [[nodiscard]] StopReason operator()(const Context& context) const {
    return stop_when && stop_when(context) ? StopReason::predicate : StopReason::none;
  }
};

static_assert(StopRule<Predicate>);

}  // namespace logitkit::inline LOGITKIT_ABI
