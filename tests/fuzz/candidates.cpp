// SPDX-License-Identifier: MIT
// Candidates under every operation: reasonable ones match the slow twin, hostile ones give the same
// on every instruction set and leave no trace in the workspace; and the row stays as it was.
#include <logitkit/core/candidates.hpp>

#include "fuzz/bytes.hpp"
#include "fuzz/facts.hpp"
#include "reference/candidates.hpp"
#include "support/weight_error.hpp"

#include <array>
#include <utility>

using fuzz::Bytes;
using fuzz::expect;
namespace lk = logitkit;

namespace {

constexpr int kOperations = 24;

// --- Reasonable operations, which are exact: scales are powers of two, edits multiples of 1/8 ---

template <class S>
void compare(lk::Candidates<S>& set, const reference::Candidates<S>& twin) {
  expect(set.size() == twin.size(), "size");
  for (std::size_t i = 0; i < twin.vocabulary(); ++i) {
    const auto token = static_cast<lk::Token>(i);
    expect(set.score(token) == twin.score(token), "score");
    expect(set.contains(token) == twin.contains(token), "contains");
  }
  const auto order = twin.order();
  expect(set.status() == (order.empty() ? lk::Status::nothing_left : lk::Status::ok), "status");
  expect(set.best() == twin.best(), "best");
  expect(set.maximum() == twin.maximum(), "maximum");
  const auto sorted = set.sorted();
  expect(sorted.size() == order.size(), "size of sorted");
  for (std::size_t i = 0; i < order.size(); ++i) expect(sorted[i].token == order[i], "sorted");
  if (order.empty()) return;
  const auto near = [](double a, double b, double within) {
    return std::fabs(a - b) <= within + 1e-13 * std::fabs(b);
  };
  const double within = 2 * test::kWeightError<S>;
  expect(near(set.log_sum_exp(), twin.log_sum_exp(), within), "log_sum_exp");
  expect(near(set.entropy(), twin.entropy(), 1e-6 * (1 + twin.entropy())), "entropy");
  expect(near(set.collision(), twin.collision(), 1e-6), "collision");
  const double deviation = twin.deviation();
  expect(near(set.deviation(), deviation, 1e-5 * (1 + deviation)), "deviation");
}

template <class S>
void step(Bytes& bytes, lk::Candidates<S>& set, reference::Candidates<S>& twin) {
  const std::size_t vocabulary = twin.vocabulary();
  const auto any = [&] { return static_cast<lk::Token>(bytes.below(vocabulary)); };
  const std::size_t kind = bytes.below(13);
  const lk::Token token = any();
  const double score = double(bytes.byte()) / 8 - 16;
  switch (kind) {
    case 0:
      return set.set(token, score), twin.set(token, score);
    case 1:
      return set.add(token, score), twin.add(token, score);
    case 2:
      return set.ban(token), twin.ban(token);
    case 3: {
      const double factor = bytes.flag() ? 2 : 0.5;
      return set.scale(factor), twin.scale(factor);
    }
    case 4: {
      const auto halve = [](lk::Token t, double s) { return t % 2 == 0 ? s : s / 2; };
      return set.transform(halve), twin.transform(halve);
    }
    case 5: {
      const std::size_t k = bytes.below(vocabulary + 3);
      return set.keep_top(k), twin.keep_top(k);
    }
    case 6: {
      const double p = bytes.part();
      if (p < 1 && twin.mass_margin(p) < 10 * test::kWeightError<S>) return;
      return set.keep_mass(p), static_cast<void>(twin.keep_mass(p));
    }
    case 7:
      return set.keep_above(score), twin.keep_above(score);
    case 8: {
      const auto keep = [n = 2 + bytes.below(7)](lk::Token t, double) {
        return static_cast<std::size_t>(t) % n != 1;
      };
      return set.keep_if(keep), twin.keep_if(keep);
    }
    case 9: {
      std::vector<lk::Token> tokens(1 + bytes.below(8));
      for (auto& t : tokens) t = any();
      return set.keep_only(tokens), twin.keep_only(tokens);
    }
    case 10: {
      std::vector<std::uint32_t> words(1 + bytes.below(vocabulary / 32 + 2));
      std::uint64_t state = bytes.byte();
      for (auto& word : words) word = static_cast<std::uint32_t>(fuzz::mix(state));
      return set.mask(words), twin.mask(words);
    }
    case 11: {
      if (twin.best() == lk::kNoToken) return;
      const double u = bytes.part();
      double margin = 0;
      const lk::Token expected = twin.draw(u, margin);
      return expect(margin < 10 * test::kWeightError<S> || set.draw(u) == expected, "draw");
    }
    default:
      return compare(set, twin);
  }
}

template <class S>
void against_the_twin(Bytes& bytes) {
  const auto row = fuzz::row<S>(bytes, fuzz::length(bytes), false);
  static lk::Workspace workspace;  // one for all: no run may leave a trace
  lk::Candidates set(row, workspace);
  reference::Candidates<S> twin(row);
  for (int i = 0; i < kOperations && !bytes.empty(); ++i) step(bytes, set, twin);
  compare(set, twin);
}

// --- Hostile operations: any number, any token ---

template <class S>
void operate(Bytes& bytes, lk::Candidates<S>& set, fuzz::Facts& facts) {
  const std::size_t vocabulary = std::max<std::size_t>(set.vocabulary(), 1);
  switch (bytes.below(20)) {
    case 0:
      return set.set(bytes.token(vocabulary), bytes.number());
    case 1:
      return set.add(bytes.token(vocabulary), bytes.number());
    case 2:
      return set.ban(bytes.token(vocabulary));
    case 3:
      return set.scale(bytes.number());
    case 4:
      return set.shift(bytes.number());
    case 5:
      return set.normalise();
    case 6:
      return set.transform([x = bytes.number()](double score) { return score * x; });
    case 7:
      return set.keep_top(static_cast<std::size_t>(bytes.whole()), bytes.flag());
    case 8:
      return set.keep_mass(bytes.number(), 1 + bytes.below(5));
    case 9: {
      const double score = bytes.number();
      return set.keep_near(score - score == 0 ? score : 0, bytes.number(), 1 + bytes.below(5));
    }
    case 10:
      return set.keep_above(bytes.number());
    case 11:
      return set.keep_if([n = 2 + bytes.below(7)](lk::Token t, double) {
        return static_cast<std::size_t>(t) % n != 1;
      });
    case 12:
      return set.keep_only(bytes.tokens(8, vocabulary));
    case 13: {
      std::vector<std::uint32_t> words(bytes.below(12));
      for (auto& word : words) word = bytes.word<std::uint32_t>();
      return set.mask(words);
    }
    case 14: {
      std::vector<std::pair<lk::Token, double>> list(bytes.below(6));
      for (auto& [token, x] : list) token = bytes.token(vocabulary), x = bytes.number();
      if (bytes.flag()) return set.add_each(list, [](double x) { return x; });
      return set.edit_each(list, [](double score, double x) { return score * x; });
    }
    case 15:
      return facts.note(set.draw(bytes.number()));
    case 16: {
      const auto k = static_cast<std::size_t>(bytes.whole());
      const auto sorted = set.sorted(k, bytes.number());
      if (set.status() != lk::Status::ok) return;
      for (const auto& each : sorted) facts.note(each.token), facts.note(each.score);
      return;
    }
    case 17: {
      const lk::Token token = bytes.token(vocabulary);
      if (set.status() != lk::Status::ok) return;
      return facts.note(set.log_probability(token)), facts.note(set.rank(token));
    }
    case 18:
      return set.fail(static_cast<lk::Status>(bytes.below(3)));
    default:
      return facts.note_all(set);
  }
}

template <class S, class R>
void operate_on(Bytes& bytes, const R& row, lk::Workspace& workspace, fuzz::Facts& facts) {
  lk::Candidates<S> set(row, workspace);
  for (int i = 0; i < kOperations && !bytes.empty(); ++i) operate(bytes, set, facts);
  facts.note_all(set);
}

/// What one input comes to.
template <class S>
fuzz::Facts hostile(Bytes bytes, lk::Workspace& workspace) {
  const std::size_t kind = bytes.below(4);
  const auto row = fuzz::row<S>(bytes, fuzz::length(bytes), true);
  fuzz::Facts facts;
  if (kind == 0) {
    const auto tokens = bytes.tokens(40, 2 * row.size());
    const std::span logits = std::span(row).first(std::min(row.size(), tokens.size()));
    const lk::CandidateList<S> list(tokens, logits, row.size() + bytes.below(200), bytes.number());
    operate_on<S>(bytes, list, workspace, facts);
  } else if (kind == 1 && std::same_as<S, float>) {
    std::vector<Eigen::half> halves(row.size());
    std::ranges::transform(row, halves.begin(), [](S x) { return static_cast<Eigen::half>(x); });
    operate_on<float>(bytes, halves, workspace, facts);
  } else if (kind == 2 && std::same_as<S, float>) {
    std::vector<Eigen::bfloat16> halves(row.size());
    std::ranges::transform(row, halves.begin(),
                           [](S x) { return static_cast<Eigen::bfloat16>(x); });
    operate_on<float>(bytes, halves, workspace, facts);
  } else {
    const auto untouched = row;
    operate_on<S>(bytes, row, workspace, facts);
    expect(std::ranges::equal(std::as_bytes(std::span(row)), std::as_bytes(std::span(untouched)),
                              [](std::byte a, std::byte b) { return a == b; }),
           "the engine's row is as it was");
  }
  return facts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  switch (bytes.below(4)) {
    case 0:
      against_the_twin<float>(bytes);
      break;
    case 1:
      against_the_twin<double>(bytes);
      break;
    case 2:
      fuzz::on_every_instruction_set([&](auto& space) { return hostile<float>(bytes, space); });
      break;
    default:
      fuzz::on_every_instruction_set([&](auto& space) { return hostile<double>(bytes, space); });
  }
  return 0;
}
