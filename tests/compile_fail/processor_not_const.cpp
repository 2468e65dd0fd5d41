// expect: callable as p\(candidates, context\) const for every lk::Candidates<S>
// SPDX-License-Identifier: MIT
// A processor that changes itself when it is called.
#include <logitkit/decode/greedy.hpp>
#include <logitkit/process/top_k.hpp>

namespace lk = logitkit;

struct Mine {
#ifdef LOGITKIT_FAIL
  void operator()(auto& candidates, const lk::Context&) { candidates.ban(0); }
#else
  void operator()(auto& candidates, const lk::Context&) const { candidates.ban(0); }
#endif
};

int main() {
  const lk::GreedyDecoder greedy{lk::Chain{lk::TopK{40}, Mine{}}};
  static_cast<void>(greedy);
}
