// SPDX-License-Identifier: MIT
// Parameter: a name and a value, as a server reads them from a request or a log shows them.
#pragma once

#include <logitkit/core/error.hpp>
#include <logitkit/core/token.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// A truth value, a whole number, a number, or one of four lists: tokens, (token, bias), runs of
/// tokens, (run, bias). Each of them converts to it: `Value top_k = 40;`.
class Value {
 public:
  using Tokens = std::vector<Token>;
  using Biases = std::vector<std::pair<Token, double>>;
  using Sequences = std::vector<std::vector<Token>>;
  using SequenceBiases = std::vector<std::pair<std::vector<Token>, double>>;

  template <std::same_as<bool> T>
  Value(T truth) : held_(truth) {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Value(T whole) {
    if (std::in_range<std::int64_t>(whole)) {
      held_ = static_cast<std::int64_t>(whole);
    } else {
      held_ = static_cast<double>(whole);
    }
  }
  template <std::floating_point T>
  Value(T number) : held_(static_cast<double>(number)) {}
  Value(Tokens tokens) : held_(std::move(tokens)) {}
  Value(Biases biases) : held_(std::move(biases)) {}
  template <std::floating_point T>
    requires(!std::same_as<T, double>)
  Value(const std::vector<std::pair<Token, T>>& biases)
      : held_(Biases(biases.begin(), biases.end())) {}
  Value(Sequences sequences) : held_(std::move(sequences)) {}
  Value(SequenceBiases biases) : held_(std::move(biases)) {}

  /// What is held as a T, if that loses nothing: a whole number is a number, too, and one token is
  /// a list of tokens; a list of nothing is one of anything. T is bool, double, std::int64_t or one
  /// of the lists.
  template <class T>
  [[nodiscard]] std::optional<T> as() const {
    if (const T* same = std::get_if<T>(&held_)) return *same;
    const auto* whole = std::get_if<std::int64_t>(&held_);
    const auto* number = std::get_if<double>(&held_);
    const auto* tokens = std::get_if<Tokens>(&held_);
    if constexpr (std::same_as<T, double>) {
      if (whole != nullptr) return static_cast<double>(*whole);
    } else if constexpr (std::same_as<T, std::int64_t>) {
      constexpr double kExact = 0x1p53;
      if (number != nullptr && std::fabs(*number) <= kExact && *number == std::trunc(*number)) {
        return static_cast<std::int64_t>(*number);
      }
    } else if constexpr (std::same_as<T, Tokens>) {
      if (whole != nullptr && std::in_range<Token>(*whole)) {
        return Tokens{static_cast<Token>(*whole)};
      }
    }
    if constexpr (!std::is_arithmetic_v<T>) {
      if (tokens != nullptr && tokens->empty()) return T();
    }
    return std::nullopt;
  }

  /// For logs: "0.8", "true", "[198, 262]", "[262: -1.5]"; of a long list the first four.
  [[nodiscard]] friend std::string to_string(const Value& value) {
    return std::visit([](const auto& held) { return text_of(held); }, value.held_);
  }

  friend bool operator==(const Value&, const Value&) = default;

 private:
  static std::string text_of(bool truth) { return truth ? "true" : "false"; }
  static std::string text_of(std::int64_t whole) { return std::to_string(whole); }
  static std::string text_of(Token token) { return std::to_string(token); }
  static std::string text_of(double number) { return detail::digits(number); }
  template <class T>
  static std::string text_of(const std::pair<T, double>& biased) {
    return text_of(biased.first) + ": " + detail::digits(biased.second);
  }
  template <class T>
  static std::string text_of(const std::vector<T>& list) {
    constexpr std::size_t kShown = 4;
    std::string text = "[";
    for (std::size_t i = 0; i < list.size() && i < kShown; ++i) {
      text += (i == 0 ? "" : ", ") + text_of(list[i]);
    }
    return text +
           (list.size() > kShown ? ", ... " + std::to_string(list.size()) + " in all]" : "]");
  }

  std::variant<bool, std::int64_t, double, Tokens, Biases, Sequences, SequenceBiases> held_;
};

/// One of a request's, or of what a processor tells of itself.
struct Parameter {
  std::string name;
  Value value;

  friend bool operator==(const Parameter&, const Parameter&) = default;
};

/// In any order: `{{"temperature", 0.8}, {"top_k", 40}}`.
using Parameters = std::vector<Parameter>;

}  // namespace logitkit::inline LOGITKIT_ABI
