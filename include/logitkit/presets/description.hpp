// SPDX-License-Identifier: MIT
// Description: what a processor says of itself, for logs.
#pragma once

#include <logitkit/presets/parameter.hpp>

#include <string>
#include <type_traits>

namespace logitkit::inline LOGITKIT_ABI {

/// What a processor says of itself: its name and its parameters, in the order of its constructor.
/// A processor that wants to be known has `describe(tell) const`, which calls
/// tell(name, field, value, field, value, ...) once; `.option(field, value, usual)` behind it tells
/// a field that has another than its usual value.
struct Description {
  std::string name;
  Parameters parameters{};

  template <class... Fields>
  Description& operator()(const char* its_name, const Fields&... fields) {
    name = its_name;
    add(fields...);
    return *this;
  }
  template <class T>
  Description& option(const char* field, T value, std::type_identity_t<T> usual) {
    if (value != usual) add(field, value);
    return *this;
  }

  /// "top_k(40)", "no_stutter", "min_new_tokens(n=10, end_tokens=[2])"
  [[nodiscard]] friend std::string to_string(const Description& description) {
    std::string text;
    for (const auto& [field, value] : description.parameters) {
      if (!text.empty()) text += ", ";
      if (description.parameters.size() > 1) text += field + '=';
      text += to_string(value);
    }
    return description.name + (text.empty() ? text : '(' + text + ')');
  }

 private:
  void add() {}
  template <class T, class... Rest>
  void add(const char* field, const T& value, const Rest&... rest) {
    parameters.push_back({field, value});
    add(rest...);
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI
