// SPDX-License-Identifier: MIT
// Assembly: a chain that is being put together, and all that is wrong with its parameters.
#pragma once

#include <logitkit/presets/dynamic_chain.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI::detail {

struct Assembly {
  DynamicChain chain{};
  std::vector<std::string> complaints{};

  /// Appends P(arguments...), or notes under the user's name for it why P refuses them.
  template <class P, class... Arguments>
  void add(const std::string& name, const Arguments&... arguments) {
    const std::string refused = P::check(arguments...);
    if (refused.empty()) {
      chain.add(P(arguments...));
    } else {
      complain(name +
               refused.substr(refused.find(':')));  // "TopP: p must ..." -> "top_p: p must ..."
    }
  }

  /// Complains unless a number is good: "seed must satisfy seed >= 0, got -1".
  void expect(bool good, const std::string& name, const char* rule, double value) {
    if (!good) complain(name + " must satisfy " + rule + ", got " + digits(value));
  }

  /// Notes a sentence, once.
  void complain(const std::string& sentence) {
    if (std::find(complaints.begin(), complaints.end(), sentence) == complaints.end()) {
      complaints.push_back(sentence);
    }
  }

  /// All complaints as one text; empty if there are none.
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const std::string& each : complaints) all += (all.empty() ? "" : "; ") + each;
    return all;
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
