// SPDX-License-Identifier: MIT
// ParameterReader: what the rows of the registry read a request's parameters through.
#pragma once

#include <logitkit/core/limits.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/presets/detail/assembly.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI::detail {

class ParameterReader;

/// A row of the registry. `parameters` names what it reads: a blank between two parameters, `|`
/// before an alias: "top_p|nucleus". `build` adds to the reader's chain, or to its options.
struct Registration {
  std::string_view parameters;
  void (*build)(ParameterReader&);
};

/// The first word of a text, which is then cut off.
[[nodiscard]] constexpr std::string_view cut_word(std::string_view& text, char between) {
  const std::size_t end = text.find(between);
  const std::string_view word = text.substr(0, end);
  text = end == text.npos ? std::string_view() : text.substr(end + 1);
  return word;
}

/// Looks up what was given by the names of the row that is being read. What several rows share
/// (eos_token_id, min_keep, ...) each of them looks up for itself. Cost: names times parameters.
class ParameterReader : public Assembly {
 public:
  explicit ParameterReader(std::span<const Parameter> given) : given_(given) {}

  RandomOptions random{};
  Limits limits{};

  /// Reads all that the rows ask for, in their order, and complains of what none asks for.
  void read(std::span<const Registration> rows) {
    std::vector<bool> known(given_.size());
    for (const Registration& row : rows) {
      row_ = row.parameters;
      for (std::string_view left = row_; !left.empty();) {
        static_cast<void>(find(cut_word(left, ' '), &known));
      }
      row.build(*this);
    }
    for (std::size_t i = 0; i < given_.size(); ++i) {
      if (!known[i]) complain("unknown parameter '" + given_[i].name + "'");
    }
  }

  /// The row's first parameter and its second.
  [[nodiscard]] std::string_view first() const { return row_.substr(0, row_.find_first_of("| ")); }
  [[nodiscard]] std::string_view second() const {
    std::string_view left = row_;
    static_cast<void>(cut_word(left, ' '));
    return left.substr(0, left.find_first_of("| "));
  }

  /// What was given for a parameter of this row, under its name or an alias, if anything was; a
  /// value of another kind is complained of.
  template <class T>
  [[nodiscard]] std::optional<T> get(std::string_view name) {
    const Parameter* parameter = find(names_of(name));
    if (parameter == nullptr) return std::nullopt;
    std::optional<T> value = parameter->value.as<T>();
    if (!value) {
      complain(parameter->name + " must be " + kind<T>() + ", got " + to_string(parameter->value));
    }
    return value;
  }

  /// The same where there is a usual value.
  template <class T>
  [[nodiscard]] T get(std::string_view name, T otherwise) {
    return get<T>(name).value_or(std::move(otherwise));
  }

  /// The same of a number of something, from 0 to `most`.
  [[nodiscard]] std::size_t count(std::string_view name, std::int64_t otherwise,
                                  std::int64_t most = std::int64_t{1} << 53) {
    const auto n = get<std::int64_t>(name, otherwise);
    const std::string rule = "0 <= " + std::string(name) + " <= " + std::to_string(most);
    expect(n >= 0 && n <= most, std::string(name), rule.c_str(), double(n));
    return static_cast<std::size_t>(std::max<std::int64_t>(n, 0));
  }

  /// A list of tokens that the row's first parameter cannot do without.
  [[nodiscard]] Value::Tokens needed(std::string_view name) {
    auto tokens = get<Value::Tokens>(name, {});
    if (tokens.empty()) complain(std::string(first()) + " needs " + std::string(name));
    return tokens;
  }

  // What several rows read, by one rule each.

  /// 0, which llama.cpp has as its default, is 1.
  [[nodiscard]] std::size_t min_keep() {
    const auto n = get<std::int64_t>("min_keep", 1);
    expect(n >= 0, "min_keep", "min_keep >= 0", double(n));
    return static_cast<std::size_t>(std::max<std::int64_t>(n, 1));
  }
  [[nodiscard]] std::uint64_t seed() {
    const auto seed = get<std::int64_t>("seed", 0);
    expect(seed >= 0, "seed", "0 <= seed < 2^63", double(seed));
    return static_cast<std::uint64_t>(seed);
  }
  [[nodiscard]] std::size_t max_new_tokens() {
    const auto n = get<std::int64_t>("max_new_tokens", std::int64_t(Limits().max_new_tokens));
    expect(n >= 1, "max_new_tokens", "max_new_tokens >= 1", double(n));
    return static_cast<std::size_t>(std::max<std::int64_t>(n, 1));
  }

  /// Appends P(arguments...); a complaint names what the user has given for this row.
  template <class P, class... Arguments>
  void build(const Arguments&... arguments) {
    std::string names;
    for (std::string_view left = row_; !left.empty();) {
      const Parameter* parameter = find(cut_word(left, ' '));
      if (parameter != nullptr) names += (names.empty() ? "" : ", ") + parameter->name;
    }
    add<P>(names, arguments...);
  }

 private:
  template <class T>
  static const char* kind() {
    if constexpr (std::same_as<T, bool>) return "true or false";
    if constexpr (std::same_as<T, double>) return "a number";
    if constexpr (std::same_as<T, std::int64_t>) return "a whole number";
    if constexpr (std::same_as<T, Value::Tokens>) return "a list of tokens";
    if constexpr (std::same_as<T, Value::Biases>) return "a list of (token, bias)";
    if constexpr (std::same_as<T, Value::Sequences>) return "a list of lists of tokens";
    if constexpr (std::same_as<T, Value::SequenceBiases>) return "a list of (tokens, bias)";
  }

  /// "top_p|nucleus", the names of a parameter of this row.
  [[nodiscard]] std::string_view names_of(std::string_view name) const {
    for (std::string_view left = row_; !left.empty();) {
      const std::string_view names = cut_word(left, ' ');
      if (names.substr(0, names.find('|')) == name) return names;
    }
    return name;
  }

  /// What was given under any of the names; noted as known, and complained of if given twice.
  const Parameter* find(std::string_view names, std::vector<bool>* known = nullptr) {
    const Parameter* found = nullptr;
    while (!names.empty()) {
      const std::string_view name = cut_word(names, '|');
      for (std::size_t i = 0; i < given_.size(); ++i) {
        if (given_[i].name != name) continue;
        if (known != nullptr) (*known)[i] = true;
        if (found != nullptr) {
          complain(found->name + (found->name == name
                                      ? " is given twice"
                                      : " and " + given_[i].name + " are the same, give one"));
        }
        found = &given_[i];
      }
    }
    return found;
  }

  std::span<const Parameter> given_;
  std::string_view row_;  // the parameters of the row that is being read
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
