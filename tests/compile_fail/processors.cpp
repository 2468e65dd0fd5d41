// expect: logitkit: every element of a Chain is a processor
// expect: logitkit: a decoder's first argument is a processor or an lk::Chain
// expect: callable as p\(candidates, context\) const for every lk::Candidates<S>
// expect: callable as p\(candidates, context\) const for every lk::Candidates<S>
// SPDX-License-Identifier: MIT
// What is no processor: one that forgot the context, a number, one that changes itself when it is
// called, and one that does not work on the candidates of double rows.
#include <logitkit/decode/greedy.hpp>
#include <logitkit/process/chain.hpp>
#include <logitkit/process/top_k.hpp>

namespace lk = logitkit;

struct BanZero {
#if LOGITKIT_FAIL == 1
  void operator()(auto& candidates) const { candidates.ban(0); }
#elif LOGITKIT_FAIL == 3
  void operator()(auto& candidates, const lk::Context&) { candidates.ban(0); }
#elif LOGITKIT_FAIL == 4
  void operator()(lk::Candidates<float>& candidates, const lk::Context&) const {
    candidates.ban(0);
  }
#else
  void operator()(auto& candidates, const lk::Context&) const { candidates.ban(0); }
#endif
};

int main() {
#if LOGITKIT_FAIL == 2
  const lk::GreedyDecoder greedy{0.8f};
#else
  const lk::GreedyDecoder greedy{lk::Chain{BanZero{}, lk::TopK{40}}};
#endif
  static_cast<void>(greedy);
}
