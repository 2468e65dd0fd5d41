// SPDX-License-Identifier: MIT
// Facts: all that was observed in a run, to the bit, so that two runs can be compared.
#pragma once

#include "fuzz/bytes.hpp"

#include <logitkit/core/candidates.hpp>
#include <logitkit/math/instruction_set.hpp>

#include <concepts>

namespace fuzz {

class Facts {
 public:
  template <std::integral T>
  void note(T whole) {
    all_.push_back(static_cast<std::uint64_t>(whole));
  }
  void note(double number) {  // one NaN is as good as another
    all_.push_back(number == number ? std::bit_cast<std::uint64_t>(number) : 1);
  }
  void note(std::span<const lk::Token> tokens) {
    note(tokens.size());
    for (const lk::Token token : tokens) note(token);
  }

  void note(const Facts& more) { all_.insert(all_.end(), more.all_.begin(), more.all_.end()); }

  /// What candidates say of themselves, which must not contradict itself.
  template <class S>
  void note_all(lk::Candidates<S>& set) {
    const lk::Status status = set.status();
    note(int(status));
    if (status != lk::Status::ok) {
      return expect(set.draw(0.5) == lk::kNoToken, "a bad status draws nothing");
    }
    note(set.size());
    std::size_t count = 0, in_order = 0;
    lk::Token before = -1;
    for (const auto [token, score] : set) {
      expect(token > before, "tokens ascend");
      before = token;
      note(token), note(double(score));
      ++in_order;
      count += set.contains(token) ? 1 : 0;
    }
    expect(in_order == set.size(), "as many tokens as it has");
    const lk::Token best = set.best();
    expect(set.contains(best) && set.score(best) == set.maximum(), "the best scores the maximum");
    note(best), note(set.maximum());
    const auto sorted = set.sorted();
    expect(sorted.size() == count && sorted[0].token == best, "sorted has what can come");
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      note(sorted[i].token);
      expect(i == 0 || sorted[i - 1].score >= sorted[i].score, "sorted descends");
    }
    note(set.log_sum_exp()), note(set.entropy()), note(set.collision()), note(set.deviation());
    for (const double u : {0.0, 0.3, 0.999}) {
      const lk::Token drawn = set.draw(u);
      expect(set.contains(drawn), "what is drawn can come");
      note(drawn);
    }
  }

  friend bool operator==(const Facts&, const Facts&) = default;

 private:
  std::vector<std::uint64_t> all_;
};

/// facts_in(workspace) is the same on every instruction set, in a workspace that earlier runs have
/// used and in fresh ones.
void on_every_instruction_set(const auto& facts_in) {
  using lk::math::InstructionSet;
  static lk::Workspace used;
  const InstructionSet best = lk::math::instruction_set();
  const Facts facts = facts_in(used);
  for (const auto set : {InstructionSet::baseline, InstructionSet::avx2}) {
    if (!lk::math::force_instruction_set(set)) continue;
    lk::Workspace fresh;
    expect(facts_in(fresh) == facts, "the same on every instruction set");
  }
  lk::math::force_instruction_set(best);
}

}  // namespace fuzz
