// SPDX-License-Identifier: MIT
// ScopeExit: what is done at the end of a scope, also where an exception ends it.
#pragma once

#include <logitkit/version.hpp>

#include <utility>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// Calls f(), which must not throw, at the end of its scope, unless it has been released by then.
/// Source: the scope_exit of C++'s library fundamentals.
template <class F>
class [[nodiscard]] ScopeExit {
 public:
  explicit ScopeExit(F f) : f_(std::move(f)) {}
  ScopeExit(const ScopeExit&) = delete;
  ~ScopeExit() {
    if (!released_) f_();
  }

  void release() { released_ = true; }

 private:
  F f_;
  bool released_ = false;
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
