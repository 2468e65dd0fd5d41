// SPDX-License-Identifier: MIT
// How misuse is refused: one sentence naming the field, the rule and the value, in one cold place.
#pragma once

#include <logitkit/core/token.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>
#include <string>
#if defined(__cpp_exceptions)
#include <stdexcept>
#define LOGITKIT_EXCEPTIONS 1
#else
#define LOGITKIT_EXCEPTIONS 0
#endif

namespace logitkit::inline LOGITKIT_ABI {

/// What is called with the sentence when exceptions are off; it must not return.
using MisuseHandler = void (*)(const char* sentence);

/// The handler in use under -fno-exceptions: assign your own at program start. Prints and aborts
/// by default. With exceptions, `std::invalid_argument` is thrown and this is never called.
inline MisuseHandler misuse_handler = +[](const char* sentence) {
  std::fprintf(stderr, "logitkit: %s\n", sentence);
  std::abort();
};

/// Refuses a `check()` sentence that is not empty: throws std::invalid_argument with it, or calls
/// `misuse_handler` under -fno-exceptions.
inline void require(const std::string& sentence) {
  if (sentence.empty()) return;
#if LOGITKIT_EXCEPTIONS
  throw std::invalid_argument(sentence);
#else
  misuse_handler(sentence.c_str());
  std::abort();
#endif
}

namespace detail {

/// A number in the fewest digits that tell it from its neighbours, as a float if it is one.
[[nodiscard]] inline std::string digits(double value) {
  char number[40] = "";
  const auto same = [&] {
    const double back = std::strtod(number, nullptr);
    return back == value || static_cast<float>(back) == value;
  };
  const bool whole = value > -1e15 && value < 1e15 && value == std::trunc(value);
  if (whole) std::snprintf(number, sizeof number, "%.0f", value);
  for (int n = 6; !whole && n <= 17 && !same(); ++n) {
    std::snprintf(number, sizeof number, "%.*g", n, value);
  }
  return number;
}

/// Runs user code that may throw; returns what it threw, or null.
template <class F>
[[nodiscard]] std::exception_ptr caught(F&& run) {
#if LOGITKIT_EXCEPTIONS
  try {
    run();
  } catch (...) {
    return std::current_exception();
  }
#else
  run();
#endif
  return nullptr;
}

}  // namespace detail

/// "TopP: p must satisfy 0 < p <= 1, got 1.5"
[[nodiscard]] inline std::string misuse(const char* where, const char* field, const char* rule,
                                        double value) {
  return std::string(where) + ": " + field + " must satisfy " + rule + ", got " +
         detail::digits(value);
}

namespace detail {

/// "Ban: token must satisfy token >= 0, got -1", of the first that does not; empty if all do.
[[nodiscard]] inline std::string check_tokens(const char* where, const char* field,
                                              std::span<const Token> tokens) {
  for (const Token token : tokens) {
    if (token < 0) return misuse(where, field, "token >= 0", token);
  }
  return {};
}

}  // namespace detail

}  // namespace logitkit::inline LOGITKIT_ABI
