// SPDX-License-Identifier: MIT
// Assembly: a chain that is being put together, and all that is wrong with its parameters.
#pragma once

#include <logitkit/presets/dynamic_chain.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// What the presets and Request build with: nothing is refused before `finish`, so that the user is
/// told all that is wrong at once.
struct Assembly {
  DynamicChain chain{};
  std::vector<std::string> complaints{};

  /// Appends P(arguments...), or notes under the user's name for it why P refuses them.
  template <class P, class... Arguments>
  void add(const std::string& name, const Arguments&... arguments) {
    const std::string refused =
        refusal<P>(std::tie(arguments...), std::index_sequence_for<Arguments...>());
    if (refused.empty()) {
      chain.add(P(arguments...));
    } else {
      // "TopP: p must ..." becomes "top_p: p must ..."
      complain(name + refused.substr(refused.find(':')));
    }
  }

  /// The same unless the value is the one that means "off".
  template <class P, class T>
  void add_unless(T off, const std::string& name, T value) {
    if (value != off) add<P>(name, value);
  }

  /// Complains unless a number is good: "seed must satisfy 0 <= seed < 2^63, got -1".
  void expect(bool good, const std::string& name, const char* rule, double value) {
    if (!good) complain(name + " must satisfy " + rule + ", got " + digits(value));
  }

  /// The same for a number that should be in [least, most].
  void within(double least, double most, const std::string& name, double value) {
    const std::string rule = digits(least) + " <= " + name + " <= " + digits(most);
    expect(value >= least && value <= most, name, rule.c_str(), value);
  }

  /// What TopP takes for a p of 0, with which engines keep the best token alone.
  static double least_if_0(double p) { return p == 0 ? std::numeric_limits<double>::min() : p; }

  /// Notes a sentence, once.
  void complain(const std::string& sentence) {
    if (std::find(complaints.begin(), complaints.end(), sentence) == complaints.end()) {
      complaints.push_back(sentence);
    }
  }

  /// The chain. Refused with all complaints if there are any.
  [[nodiscard]] DynamicChain finish() && {
    std::string all;
    for (const std::string& each : complaints) all += (all.empty() ? "" : "; ") + each;
    require(all);
    return std::move(chain);
  }

 private:
  /// What P's check says of the arguments, the last of which it may leave out, where nothing can be
  /// wrong with them; or what an options struct says of itself.
  template <class P, class Arguments, std::size_t... I>
  static std::string refusal(const Arguments& arguments, std::index_sequence<I...>) {
    if constexpr (requires { P::check(std::get<I>(arguments)...); }) {
      return P::check(std::get<I>(arguments)...);
    } else if constexpr (requires { std::get<0>(arguments).check(); }) {
      return std::get<0>(arguments).check();
    } else {
      return refusal<P>(arguments, std::make_index_sequence<sizeof...(I) - 1>());
    }
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
