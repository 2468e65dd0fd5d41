// SPDX-License-Identifier: MIT
// DynamicChain: the same as the static chain in every decoder, order, forks, text, no allocation.
#include "support/allocations.hpp"

#include "support/catch.hpp"

#include "reference/trial.hpp"
#include "support/models.hpp"

#include <logitkit/decode/batch.hpp>
#include <logitkit/decode/beam_search.hpp>
#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/presets/dynamic_chain.hpp>
#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/min_p.hpp>
#include <logitkit/process/mirostat.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/softmax.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_p.hpp>
#include <logitkit/process/typical.hpp>

namespace lk = logitkit;
using reference::Scores;

namespace {

/// Never the same token twice in a row.
struct NoStutter {
  void operator()(auto& candidates, const lk::Context& context) const {
    if (!context.tokens.empty()) candidates.ban(context.tokens.back());
  }
};

lk::DynamicChain dynamic(auto... processors) {
  lk::DynamicChain chain;
  (chain.add(processors), ...);
  return chain;
}

const std::vector<lk::Token> kPrompt{3, 1, 4, 1, 5};
constexpr std::size_t kVocabulary = 300;

std::vector<float> model(std::span<const lk::Token> tokens) {
  std::vector<float> row(kVocabulary);
  test::write_logits(std::uint64_t(tokens.back()) + 7 * tokens.size(), kVocabulary, row.data());
  return row;
}

}  // namespace

TEMPLATE_TEST_CASE("a dynamic chain leaves exactly what the static one leaves", "", float, double) {
  const lk::Temperature t{0.7};
  const lk::TopK k{40};
  const lk::TopP p{0.8};
  const lk::MinP m{0.01};
  for (const std::size_t size : reference::sizes()) {
    for (const auto& [name, row] : reference::inputs<TestType>(size)) {
      INFO(name << ", V = " << size);
      CHECK(reference::after(dynamic(t, k, p, m), row) ==
            reference::after(lk::Chain{t, k, p, m}, row));
      CHECK(reference::after(dynamic(p, t, m), row) == reference::after(lk::Chain{p, t, m}, row));
    }
  }
}

TEST_CASE("a dynamic chain gives the static chain's tokens in every decoder") {
  const auto processors = std::tuple{lk::RepetitionPenalty{1.3f}, lk::FrequencyPenalty{0.2f},
                                     NoStutter{}, lk::Temperature{0.8f}, lk::TopP{0.9f}};
  const auto fixed = std::apply([](auto... each) { return lk::Chain{each...}; }, processors);
  const auto chosen = std::apply([](auto... each) { return dynamic(each...); }, processors);
  const lk::Limits limits{.max_new_tokens = 40};
  const auto tokens = [&](const auto& decoder) {
    return decoder.decode(model, kPrompt, limits).tokens;
  };
  CHECK(tokens(lk::GreedyDecoder{chosen}) == tokens(lk::GreedyDecoder{fixed}));
  CHECK(tokens(lk::RandomDecoder{chosen, {.seed = 5}}) ==
        tokens(lk::RandomDecoder{fixed, {.seed = 5}}));
  const auto beams = lk::BeamSearchDecoder{chosen, {.beams = 4}}.decode(model, kPrompt, limits);
  const auto same = lk::BeamSearchDecoder{fixed, {.beams = 4}}.decode(model, kPrompt, limits);
  REQUIRE(beams.size() == same.size());
  for (std::size_t i = 0; i < beams.size(); ++i) {
    CHECK(beams[i].tokens == same[i].tokens);
    CHECK(beams[i].score == same[i].score);
  }
}

TEST_CASE("sessions of different chains share a batch, and a rollback replays the chain") {
  std::vector<lk::RandomDecoder<lk::DynamicChain>::Session> sessions;
  sessions.push_back(lk::RandomDecoder{dynamic(lk::TopK{1})}.start(kPrompt, {}));
  sessions.push_back(
      lk::RandomDecoder{dynamic(lk::FrequencyPenalty{2.f}, lk::TopP{0.9f})}.start(kPrompt, {}));
  std::vector<float> rows = model(kPrompt);
  rows.insert(rows.end(), rows.begin(), rows.begin() + kVocabulary);
  lk::Workspace workspace;
  const auto picks = lk::next(rows, sessions, workspace);
  CHECK(picks[0].token == sessions[0].next(model(kPrompt), workspace).token);

  auto played = sessions[1];
  for (const lk::Token token : {7, 7, 9}) played.accept(token);
  const auto at_seven = [&](const auto& session) {
    return session.next(std::vector<float>{0, 0, 0, 0, 0, 0, 0, 1, 0.9f}, workspace).token;
  };
  played.rollback(3);
  CHECK(at_seven(played) == at_seven(sessions[1]));
}

TEST_CASE("after a rollback a member that learns from rows is as it was") {
  const auto fixed = lk::RandomDecoder{lk::Chain{lk::Mirostat{2.0f, 0.5f}}, {.seed = 3}};
  const auto chosen = lk::RandomDecoder{dynamic(lk::Mirostat{2.0f, 0.5f}), {.seed = 3}};
  lk::Workspace workspace;
  const auto tokens = [&](auto session) {
    std::vector<lk::Token> all;
    for (int step = 0; step < 30; ++step) {
      if (step % 7 == 6) session.rollback(3);
      const auto pick = session.next(model(session.tokens()), workspace);
      session.accept(pick.token);
      all.push_back(pick.token);
    }
    return all;
  };
  CHECK(tokens(chosen.start(kPrompt, {})) == tokens(fixed.start(kPrompt, {})));
}

TEST_CASE("a list for a dynamic chain that needs the whole row is a status, a row is not") {
  const std::vector<lk::Token> tokens{7, 2};
  const std::vector<float> logits{1, 2}, row{0, 0, 2, 0, 0, 0, 0, 1};
  const lk::CandidateList list{tokens, logits, row.size()};
  lk::Workspace workspace;
  const auto refused = [&](const auto& chain) {
    const lk::GreedyDecoder greedy{chain};
    const lk::Pick pick = greedy.next(list, {}, workspace);
    CHECK(pick.token == (pick.status == lk::Status::ok ? 2 : lk::kNoToken));
    CHECK((pick.status == lk::Status::ok || pick.status == lk::Status::needs_whole_row));
    CHECK(greedy.next(row, {}, workspace).token == 2);
    CHECK(lk::needs_whole_row(chain) == (pick.status != lk::Status::ok));
    return pick.status != lk::Status::ok;
  };
  const lk::DynamicChain narrow = dynamic(lk::TopK{2}, lk::TopP{0.9f});
  const lk::DynamicChain typical = dynamic(lk::TopK{2}, lk::Typical{0.9f});
  CHECK_FALSE(refused(lk::DynamicChain()));
  CHECK_FALSE(refused(narrow));
  CHECK(refused(typical));
  CHECK_FALSE(refused(lk::Chain{narrow, lk::Temperature{0.5f}}));
  CHECK(refused(lk::Chain{lk::Temperature{0.5f}, lk::Chain{typical}}));
  CHECK_FALSE(refused(dynamic(lk::Chain{lk::TopK{2}})));
  CHECK(refused(dynamic(lk::Chain{lk::TopK{2}, lk::Typical{0.9f}})));
  CHECK(refused(dynamic(lk::Chain{typical})));

  // In a batch it is refused by itself, at every step, and goes on with a row.
  std::vector sessions{lk::GreedyDecoder{typical}.start(kPrompt, {}),
                       lk::GreedyDecoder{narrow}.start(kPrompt, {})};
  const std::vector lists{list, list};
  for (int step = 0; step < 2; ++step) {
    const auto picks = lk::next(lists, sessions, workspace);
    CHECK(picks[0].status == lk::Status::needs_whole_row);
    CHECK(picks[1].token == 2);
  }
  CHECK(sessions[0].next(row, workspace).token == 2);
}

TEST_CASE("the order of a dynamic chain is that of add; an empty one changes nothing") {
  const std::vector<float> row{3, 2, 1, 0};
  const auto kept = [&](const lk::DynamicChain& chain) {
    return reference::count_kept(reference::after(chain, row));
  };
  CHECK(kept(dynamic(lk::TopP{0.9}, lk::Temperature{4.0})) == 3);
  CHECK(kept(dynamic(lk::Temperature{4.0}, lk::TopP{0.9})) == 4);
  CHECK(kept({}) == 4);
  CHECK(dynamic(lk::TopK{1}, lk::TopK{2}).size() == 2);
}

TEST_CASE("a copy of a dynamic chain forks the state of all its members") {
  lk::DynamicChain parent = dynamic(lk::RepetitionPenalty{2.0}, lk::FrequencyPenalty{0.5});
  parent.start(std::vector<lk::Token>{0});
  parent.accept(1);
  lk::DynamicChain child = parent;
  child.accept(2);
  parent.accept(3);
  const std::vector<double> row{4, 4, 4, 4};
  CHECK(reference::after(parent, row) == Scores{2, 1.5L, 4, 1.5L});
  CHECK(reference::after(child, row) == Scores{2, 1.5L, 1.5L, 4});
  child = parent;
  CHECK(reference::after(child, row) == Scores{2, 1.5L, 4, 1.5L});
  child.accept(3);
  CHECK(reference::after(parent, row) == Scores{2, 1.5L, 4, 1.5L});
}

TEST_CASE("a dynamic chain tells its members' names and parameters, in order, and in one line") {
  lk::DynamicChain chain = dynamic(lk::Temperature{0.8f}, lk::TopK{40}, lk::TopP{0.95f});
  CHECK(to_string(chain) == "temperature(0.8) > top_k(40) > top_p(0.95)");
  chain.add(NoStutter{}, "no_stutter").add([](auto&, const lk::Context&) {});
  chain.add(lk::Softmax{}, "a name that it does not need");
  const auto all = chain.description();
  REQUIRE(all.size() == 6);
  CHECK(all[1].name == "top_k");
  CHECK(all[1].parameters == lk::Parameters{{"k", 40}});
  CHECK(to_string(chain) ==
        "temperature(0.8) > top_k(40) > top_p(0.95) > no_stutter > processor > softmax");
  CHECK(to_string(lk::DynamicChain()).empty());
  lk::DynamicChain longer;
  longer.add(lk::Chain{lk::TopK{1}}, "best").add(dynamic(lk::TopK{1}, NoStutter{}));
  CHECK(to_string(longer) == "best > top_k(1) > processor");
}

TEST_CASE("a dynamic chain allocates nothing in a step, nor in an assignment of the same members") {
  const auto narrowing = dynamic(lk::TopK{40}, lk::Temperature{0.8f}, lk::TopP{0.95f});
  lk::DynamicChain penalised = narrowing;
  penalised.add(lk::FrequencyPenalty{0.1f});
  CHECK_FALSE(narrowing.keeps_state());
  CHECK(penalised.keeps_state());
  penalised.accept(1);
  lk::DynamicChain copy = penalised;
  const std::vector<float> row = model(kPrompt);
  lk::Workspace workspace;
  const lk::RandomDecoder decoder{narrowing};
  const auto session = lk::RandomDecoder{penalised}.start(kPrompt, {});
  static_cast<void>(session.next(row, workspace));
  const std::size_t before = test::allocations;
  for (std::size_t i = 0; i < 20; ++i) {
    static_cast<void>(session.next(row, workspace));
    static_cast<void>(decoder.next(row, {std::span(kPrompt).first(i % 5)}, workspace));
    penalised.accept(1);
    copy = penalised;
  }
  CHECK(test::allocations == before);
}
