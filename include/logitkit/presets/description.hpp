// SPDX-License-Identifier: MIT
// Description: what a processor says of itself, for logs.
#pragma once

#include <logitkit/presets/parameter.hpp>

#include <string>

namespace logitkit::inline LOGITKIT_ABI {

/// What a processor says of itself: its name and its parameters, in the order of its constructor.
/// A processor that wants to be known has `describe(tell) const`, which calls
/// tell(name, field, value, field, value, ...) once.
struct Description {
  std::string name;
  Parameters parameters{};

  template <class... Fields>
  void operator()(const char* its_name, const Fields&... fields) {
    name = its_name;
    add(fields...);
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
