// expect: logitkit: a processor of this chain needs the whole row
// SPDX-License-Identifier: MIT
// What is wrong on a part of the vocabulary takes no candidate list.
#include <logitkit/decode/greedy.hpp>

namespace lk = logitkit;

struct AboveAverage {
  static constexpr bool whole_row = true;
  void operator()(auto&, const lk::Context&) const {}
};

int main() {
  const std::vector<lk::Token> tokens{3, 1};
  const std::vector<float> logits{0.5f, 1.5f};
  lk::Workspace workspace;
#ifdef LOGITKIT_FAIL
  const lk::GreedyDecoder greedy{lk::Chain{AboveAverage{}}};
#else
  const lk::GreedyDecoder greedy{lk::Chain{}};
#endif
  static_cast<void>(greedy.next(lk::CandidateList{tokens, logits, 10}, {}, workspace));
}
