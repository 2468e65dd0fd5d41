// SPDX-License-Identifier: MIT
// Chains of any processors along any text: a row is left as it was, a token that comes could come;
// the same on every instruction set, in a fork, and after tokens have been taken back.
#include <logitkit/decode/random.hpp>

#include "fuzz/chain.hpp"
#include "fuzz/facts.hpp"

#include <string>

using fuzz::Bytes;
using fuzz::expect;
using fuzz::Tokens;
namespace lk = logitkit;

namespace {

constexpr std::size_t kSteps = 8;

/// What one input comes to: the facts after each step along a text, of the chain and of a fork.
template <class S>
fuzz::Facts along(Bytes bytes, lk::Workspace& workspace) {
  const std::size_t vocabulary = fuzz::length(bytes);
  lk::DynamicChain chain = fuzz::chain(bytes, vocabulary, false);
  expect(chain.size() == 0 || !to_string(chain).empty(), "a chain has a name");
  Tokens text = bytes.tokens(12, vocabulary);
  const std::size_t prompt_size = text.size();
  chain.start(text);
  fuzz::Facts facts;
  for (std::size_t i = 0; i < kSteps && !(i > 0 && bytes.empty()); ++i) {
    const auto row = fuzz::row<S>(bytes, vocabulary, true);
    const auto untouched = row;
    const lk::Context context{text, prompt_size};
    const lk::DynamicChain fork = chain;
    fuzz::Facts step, in_fork;
    lk::Token next = lk::kNoToken;
    {
      lk::Candidates set(row, workspace);
      chain(set, context);
      step.note_all(set);
      if (set.status() == lk::Status::ok) {
        for (const auto [token, score] : set) {
          if (set.contains(token)) {
            expect(row[std::size_t(token)] > -std::numeric_limits<S>::infinity(),
                   "no processor brings a banned token back");
          }
        }
        next = set.draw(bytes.part());
      }
    }
    {
      lk::Candidates set(row, workspace);
      fork(set, context);
      in_fork.note_all(set);
    }
    expect(step == in_fork, "a fork does what the chain does");
    expect(std::ranges::equal(std::as_bytes(std::span(row)), std::as_bytes(std::span(untouched))),
           "the row is as it was");
    facts.note(step);
    if (next == lk::kNoToken) next = bytes.token(vocabulary);
    text.push_back(next);
    chain.accept(next);
  }
  return facts;
}

/// A session that takes tokens back picks again what it had picked there.
void back_and_forth(Bytes& bytes) {
  const std::size_t vocabulary = fuzz::length(bytes);
  const lk::RandomDecoder decoder{fuzz::chain(bytes, vocabulary, false), {.seed = bytes.byte()}};
  Tokens prompt = bytes.tokens(6, vocabulary);
  for (lk::Token& each : prompt) each &= 0x7fffffff;
  prompt.push_back(0);
  auto session = decoder.start(prompt, {});
  lk::Workspace workspace;
  std::vector<std::vector<float>> rows;
  std::vector<lk::Pick> picks;
  for (std::size_t i = 0; i < 24 && !(i > 0 && bytes.empty()); ++i) {
    const std::size_t at = session.generated().size();
    if (rows.size() == at) rows.push_back(fuzz::row<float>(bytes, vocabulary, true));
    const lk::Pick pick = session.next(rows[at], workspace);
    if (picks.size() == at) picks.push_back(pick);
    expect(picks[at].token == pick.token && picks[at].status == pick.status,
           "what was picked is picked again");
    if (pick.status != lk::Status::ok) {
      if (at == 0) return;
      session.rollback(1 + bytes.below(at));
      continue;
    }
    expect(session.accept(pick.token) == lk::StopReason::none, "it goes on");
    if (bytes.byte() % 4 == 0) session.rollback(bytes.below(session.generated().size() + 1));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  switch (bytes.below(4)) {
    case 0:
      fuzz::on_every_instruction_set([&](auto& space) { return along<float>(bytes, space); });
      break;
    case 1:
      fuzz::on_every_instruction_set([&](auto& space) { return along<double>(bytes, space); });
      break;
    default:
      back_and_forth(bytes);
  }
  return 0;
}
