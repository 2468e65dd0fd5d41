// expect: callable as p\(candidates, context\) const for every lk::Candidates<S>
// SPDX-License-Identifier: MIT
// A processor must work on the candidates of double rows, too.
#include <logitkit/decode/greedy.hpp>
#include <logitkit/process/top_k.hpp>

namespace lk = logitkit;

struct BanZero {
#ifdef LOGITKIT_FAIL
  void operator()(lk::Candidates<float>& candidates, const lk::Context&) const {
    candidates.ban(0);
  }
#else
  void operator()(auto& candidates, const lk::Context&) const { candidates.ban(0); }
#endif
};

int main() {
  const lk::GreedyDecoder greedy{lk::Chain{lk::TopK{40}, BanZero{}}};
  static_cast<void>(greedy);
}
