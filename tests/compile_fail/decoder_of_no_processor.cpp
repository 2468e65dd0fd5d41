// expect: logitkit: a decoder's first argument is a processor or an lk::Chain
// SPDX-License-Identifier: MIT
// A decoder takes a chain, not a number.
#include <logitkit/decode/greedy.hpp>
#include <logitkit/process/temperature.hpp>

namespace lk = logitkit;

int main() {
#ifdef LOGITKIT_FAIL
  const lk::GreedyDecoder greedy{0.8f};
#else
  const lk::GreedyDecoder greedy{lk::Temperature{0.8f}};
#endif
  static_cast<void>(greedy);
}
