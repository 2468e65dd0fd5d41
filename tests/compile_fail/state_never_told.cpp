// expect: logitkit: a processor's start is callable with std::span<const lk::Token>
// SPDX-License-Identifier: MIT
// A processor whose `start` would never be called, and one whose `accept` would not.
#include <logitkit/decode/greedy.hpp>

namespace lk = logitkit;

#ifdef LOGITKIT_FAIL
using Prompt = const std::vector<lk::Token>&;
using Accepted = std::span<const lk::Token>;
#else
using Prompt = std::span<const lk::Token>;
using Accepted = lk::Token;
#endif

struct Starts {
  void operator()(auto&, const lk::Context&) const {}
  void start(Prompt) {}
};

struct Accepts {
  void operator()(auto&, const lk::Context&) const {}
  void accept(Accepted) {}
};

// A value of that name is nobody's business.
struct HasAStart {
  int start = 0;
  void operator()(auto&, const lk::Context&) const {}
};

int main() {
  static_cast<void>(lk::GreedyDecoder{lk::Chain{HasAStart{}, Starts{}}});
  static_cast<void>(lk::GreedyDecoder{Accepts{}});
}
