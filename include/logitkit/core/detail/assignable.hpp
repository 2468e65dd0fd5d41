// SPDX-License-Identifier: MIT
// Assignable: makes any copyable value assignable; a lambda with captures, for one, is not.
#pragma once

#include <logitkit/version.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// Holds a T, assigned by destroying the old one and moving a copy into its place. Moving a T must
/// not throw.
template <class T>
class Assignable {
 public:
  explicit Assignable(T value) : value_(std::move(value)) {}
  Assignable(const Assignable& other) : value_(other.value_) {}
  Assignable(Assignable&& other) noexcept : value_(std::move(other.value_)) {}
  Assignable& operator=(const Assignable& other) {
    return *this = Assignable(other);  // copied first: if that throws, nothing has happened
  }
  Assignable& operator=(Assignable&& other) noexcept {
    if (this != &other) {
      std::destroy_at(&value_);
      std::construct_at(&value_, std::move(other.value_));
    }
    return *this;
  }
  /// The same in the memory that the value has, where a T can be assigned: if that throws, the
  /// value is as T leaves it.
  void assign(const Assignable& other) {
    if constexpr (std::is_copy_assignable_v<T>) {
      value_ = other.value_;
    } else {
      *this = other;
    }
  }
  ~Assignable() { std::destroy_at(&value_); }

  [[nodiscard]] const T& operator*() const { return value_; }
  [[nodiscard]] T& operator*() { return value_; }
  [[nodiscard]] T* operator->() { return &value_; }

 private:
  union {
    T value_;  // in a union, so that its lifetime is managed here
  };
};

/// Takes the place of a value that nobody will ask for.
struct Nothing {
  explicit Nothing(const auto&) {}
};
template <bool needed, class T>
using AssignableIf = std::conditional_t<needed, Assignable<T>, Nothing>;

}  // namespace logitkit::inline LOGITKIT_ABI::detail
