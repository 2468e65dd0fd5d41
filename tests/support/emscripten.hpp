// SPDX-License-Identifier: MIT
// What C++20 has and the standard library of Debian 12's emscripten (3.1.6, of 2022) does not have
// yet; put before everything by the preset `wasm`. Newer ones need nothing.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <version>

namespace std {

#if !defined(__cpp_lib_bit_cast)
template <class To, class From>
constexpr To bit_cast(const From& from) noexcept {
  return __builtin_bit_cast(To, from);
}
#endif

#if !defined(__cpp_lib_smart_ptr_for_overwrite)
template <class T>
  requires is_unbounded_array_v<T>
unique_ptr<T> make_unique_for_overwrite(size_t size) {
  return unique_ptr<T>(new remove_extent_t<T>[size]);
}
#endif

}  // namespace std
