// SPDX-License-Identifier: MIT
// Held: what one call to a model returned, a value or a reference.
#pragma once

#include <logitkit/version.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// A value is made in place: an Eigen::Ref that owns its logits would lose them if it were copied.
template <class R>
class Held {
  using Value = std::remove_reference_t<R>;

 public:
  Held() = default;
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() {
    if (value_ != nullptr && !std::is_reference_v<R>) std::destroy_at(value_);
  }

  /// Once for each Held.
  template <class Call>
  void hold(const Call& call) {
    if constexpr (std::is_reference_v<R>) {
      auto&& result = call();
      value_ = std::addressof(result);
    } else {
      value_ = ::new (static_cast<void*>(memory_)) Value(call());
    }
  }
  [[nodiscard]] const Value& get() const { return *value_; }

 private:
  alignas(Value) std::byte memory_[sizeof(Value)];  // unused for a reference
  Value* value_ = nullptr;
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
