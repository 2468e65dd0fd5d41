// SPDX-License-Identifier: MIT
// One step of each decoder: from logits to a token.
// `beam_step_4` takes 4 rows and `batch_8` takes 8; `beam_batch_4` is 4 searches of 4 beams;
// `verify_8` takes 9 rows, one after each of 8 draft tokens and the one before them. The floor of
// such a call is that of as many rows.
#include <logitkit/logitkit.hpp>
#include <support/measure.hpp>
#include <support/slow.hpp>
#include <support/spinning.hpp>

#include <map>
#include <numeric>

namespace lk = logitkit;
using bench::Logits, bench::Maker, bench::Memory, bench::Method, bench::Scores;

namespace {

constexpr std::uint64_t kSeed = 7;
constexpr std::size_t kDraws = 64;  // different random numbers, in turn

const std::vector<lk::Token> kPrompt{1, 2, 3};
const lk::Chain kDefaultChain{lk::TopK{40}, lk::Temperature{0.8f}, lk::TopP{0.95f},
                              lk::MinP{0.05f}};
const lk::Chain kMinPChain{lk::MinP{0.05f}, lk::Temperature{0.8f}};

template <class T = float>
Method greedy(std::size_t) {
  const auto workspace = std::make_shared<lk::Workspace>();
  const auto session = lk::GreedyDecoder{}.start(kPrompt, {});
  return bench::method(
      [=](const Logits& row) { return session.next(row.as<T>(), *workspace).token; },
      [](const Logits& row, lk::Token token) { return token == bench::best(row); });
}

/// Greedy, and the token's log-probability under the model.
Method log_probabilities(std::size_t) {
  const auto workspace = std::make_shared<lk::Workspace>();
  const auto session =
      lk::GreedyDecoder{lk::Chain{}, {.report = {.model = true}}}.start(kPrompt, {});
  return bench::method([=](const Logits& row) { return session.next(row.floats, *workspace); },
                       [](const Logits& row, const lk::Pick& pick) {
                         const Scores slow = reference::log_softmax(bench::scores_of(row));
                         const auto best = bench::best(slow);
                         const auto expected = double(slow[std::size_t(best)]);
                         return pick.token == best &&
                                std::abs(pick.model_log_probability - expected) < 3e-7;
                       });
}

/// A draw from what a chain leaves; `slow` does the same to a slow row.
template <class T = float, class C>
Maker draw_from(const C& chain, Scores (*slow)(const Scores&)) {
  return [=](std::size_t) -> Method {
    struct State {
      lk::RandomDecoder<C> decoder;
      lk::Workspace workspace{};
      std::vector<lk::Token> tokens = std::vector<lk::Token>(kDraws);
      std::size_t calls = 0;
    };
    const auto state = std::make_shared<State>(State{lk::RandomDecoder<C>(chain, {.seed = kSeed})});
    const auto draw = [=](const Logits& row, std::size_t position) {
      const lk::Context context{std::span(state->tokens).first(position)};
      return state->decoder.next(row.as<T>(), context, state->workspace).token;
    };
    return {
        [=](const Logits& row) { benchmark::DoNotOptimize(draw(row, ++state->calls % kDraws)); },
        [=](const Logits& row) {
          const bench::Quantiles quantiles(slow(bench::scores_of(row)));
          const lk::PhiloxDecider decider(kSeed);
          for (std::size_t position = 0; position < kDraws; ++position) {
            if (!quantiles.right(draw(row, position), decider(position))) return false;
          }
          return true;
        }};
  };
}

/// The sums of all extensions of all beams, and which are best.
struct SlowBeams {
  std::vector<double> sums;
  std::vector<std::size_t> best;  // row * V + token

  SlowBeams(const lk::BeamSession<lk::Chain<>>& session, std::span<const float> rows,
            std::size_t count) {
    const std::size_t vocabulary = rows.size() / count;
    for (std::size_t r = 0; r < count; ++r) {
      const auto row = bench::scores_of(rows.subspan(r * vocabulary, vocabulary));
      for (const long double score : reference::log_softmax(row)) {
        sums.push_back(session.sum(r) + double(score));
      }
    }
    best.resize(sums.size());
    std::iota(best.begin(), best.end(), std::size_t(0));
    const auto end = best.begin() + static_cast<std::ptrdiff_t>(count);
    std::partial_sort(best.begin(), end, best.end(),
                      [&](std::size_t a, std::size_t b) { return sums[a] > sums[b]; });
  }
};

Maker beam_step(std::size_t beams) {
  constexpr double kRounding = 1e-7;  // nearer sums may change places
  return [=](std::size_t vocabulary) -> Method {
    struct State {
      lk::BeamSession<lk::Chain<>> start;
      lk::BeamSession<lk::Chain<>> session = start;
      lk::Workspace workspace{};
      int steps = 0;
    };
    const lk::BeamSearchDecoder decoder{lk::Chain{}, {.beams = beams}};
    const auto state =
        std::make_shared<State>(State{decoder.start(kPrompt, {.max_new_tokens = 1000})});
    return {[=](const Logits& rows) {
              if (state->steps++ % 64 == 0) {  // begin anew: histories stay short
                state->session = state->start;
                state->session.step(rows.floats.first(vocabulary), state->workspace);
              }
              benchmark::DoNotOptimize(state->session.step(rows.floats, state->workspace));
            },
            [=](const Logits& rows) {
              auto session = state->start;
              session.step(rows.floats.first(vocabulary), state->workspace);
              const SlowBeams slow(session, rows, beams);
              const lk::BeamStep step = session.step(rows.floats, state->workspace);
              for (std::size_t r = 0; r < beams; ++r) {
                const std::size_t place =
                    step.parents[r] * vocabulary + std::size_t(step.tokens[r]);
                if (std::abs(slow.sums[place] - slow.sums[slow.best[r]]) > kRounding) return false;
              }
              return true;
            }};
  };
}

/// One step of `searches` searches of 4 beams each, as one batch of the model.
Maker beam_batch(std::size_t searches) {
  return [=](std::size_t vocabulary) -> Method {
    using Session = lk::BeamSession<lk::Chain<>>;
    struct State {
      std::vector<Session> start;
      std::vector<Session> sessions = start;
      lk::BeamBatch batch{};
      lk::Workspace workspace{};
      int steps = 0;
    };
    const lk::BeamSearchDecoder decoder{lk::Chain{}, {.beams = 4}};
    const auto state = std::make_shared<State>(
        State{std::vector<Session>(searches, decoder.start(kPrompt, {.max_new_tokens = 1000}))});
    const auto step = [=](const Logits& rows) {
      if (state->steps++ % 64 == 0) {
        state->sessions = state->start;
        state->batch.step(rows.floats.first(searches * vocabulary), state->sessions,
                          state->workspace);
      }
      return state->batch.step(rows.floats, state->sessions, state->workspace);
    };
    return {[=](const Logits& rows) { benchmark::DoNotOptimize(step(rows)); },
            [=](const Logits& rows) {
              state->steps = 0;
              const lk::BeamStep all = step(rows);
              auto alone = decoder.start(kPrompt, {.max_new_tokens = 1000});
              const std::size_t last = 4 * (searches - 1);
              alone.step(rows.floats.subspan((searches - 1) * vocabulary, vocabulary),
                         state->workspace);
              const lk::BeamStep expected = alone.step(
                  rows.floats.subspan(last * vocabulary, 4 * vocabulary), state->workspace);
              return std::ranges::equal(expected.tokens, all.tokens.subspan(last));
            }};
  };
}

/// `rows` rows, each a draw of its own session, on `threads` threads.
template <class C, class S>
Maker batch(std::size_t rows, std::size_t threads, C chain, S slow) {
  return [=](std::size_t vocabulary) -> Method {
    std::vector<decltype(lk::RandomDecoder{chain}.start(kPrompt, {}))> sessions;
    for (std::uint64_t seed = 0; seed < rows; ++seed) {
      sessions.push_back(lk::RandomDecoder{chain, {.seed = seed}}.start(kPrompt, {}));
    }
    const auto workspaces = std::make_shared<std::vector<lk::Workspace>>(threads);
    const auto executor = std::make_shared<bench::Spinning>(threads - 1);
    const auto next = [=](const Logits& logits) {
      return lk::next(logits.floats, sessions, *workspaces, *executor);
    };
    return {[=](const Logits& logits) { benchmark::DoNotOptimize(next(logits)); },
            [=](const Logits& logits) {
              const auto picks = next(logits);
              for (std::size_t r = 0; r < rows; ++r) {
                const auto row = logits.floats.subspan(r * vocabulary, vocabulary);
                const bench::Quantiles quantiles(slow(bench::scores_of(row)));
                if (!quantiles.right(picks[r].token, lk::PhiloxDecider(r)(kPrompt.size()))) {
                  return false;
                }
              }
              return true;
            }};
  };
}

/// A round of speculation whose draft was drawn from the target itself: it is taken whole, and so
/// every row is looked at.
Method verify(std::size_t vocabulary) {
  static constexpr std::size_t kDrafted = 8;
  const auto nobody = [](const lk::Context&, std::size_t) { return std::vector<lk::Token>(); };
  const lk::SpeculativeDecoder decoder{kDefaultChain, nobody, {.seed = kSeed}};
  using Session = typename decltype(decoder)::Session;
  struct State {
    Session start;
    Session session = start;
    lk::Workspace workspace{};
    int steps = 0;
    struct Drawn {
      std::vector<lk::Token> tokens;
      std::vector<lk::Probabilities> from = std::vector<lk::Probabilities>(kDrafted);
    };
    std::map<const float*, Drawn> drafts{};  // of each buffer of rows
  };
  const auto state =
      std::make_shared<State>(State{decoder.start(kPrompt, {.max_new_tokens = 1000})});
  const auto step = [=](const Logits& rows) {
    auto& drawn = state->drafts[rows.floats.data()];
    for (std::size_t i = drawn.tokens.size(); i < kDrafted; ++i) {
      lk::Candidates candidates(rows.floats.subspan(i * vocabulary, vocabulary), state->workspace);
      kDefaultChain(candidates, {});
      drawn.tokens.push_back(candidates.draw(0.5));
      drawn.from[i].assign(candidates);
    }
    if (state->steps++ % 64 == 0) state->session = state->start;
    const lk::Draft draft{drawn.tokens, drawn.from};
    return state->session.step(rows.floats, draft, state->workspace);
  };
  return {[=](const Logits& rows) { benchmark::DoNotOptimize(step(rows)); },
          [=](const Logits& rows) {
            const lk::SpeculativeStep taken = step(rows);
            const auto& tokens = state->drafts[rows.floats.data()].tokens;
            return taken.picks.size() == kDrafted + 1 &&
                   std::ranges::equal(taken.picks.first(kDrafted), tokens, {}, &lk::Pick::token);
          }};
}

/// Greedy, the default chain and draws on rows of another scalar.
template <class T>
void add_rows_of(const std::string& scalar, bench::Scalar kind) {
  const bench::Where where{{bench::Distribution::llm, bench::Distribution::gauss}, {128256}};
  bench::add({"greedy_" + scalar, greedy<T>, {1.2, 1.1}, 1, kind}, where);
  bench::add({"default_chain_" + scalar,
              draw_from<T>(kDefaultChain, bench::slow_default_chain),
              {1.5, 1.25},
              1,
              kind},
             where);
  bench::add({"draw_" + scalar,
              draw_from<T>(lk::Chain{lk::Temperature{0.8f}}, bench::slow_draw),
              {5, 2},
              1,
              kind},
             where);
}

const bench::Part kPart("decode", [] {
  using enum bench::Distribution;
  const auto everywhere = {llm, gauss, flat, peaked};
  const bench::Operation best{"greedy", greedy<float>, {1.2, 1.1}};
  bench::add(best, {everywhere});
  bench::add_shapes_and_lengths(best);
  bench::add({"default_chain", draw_from(kDefaultChain, bench::slow_default_chain), {1.5, 1.25}},
             {everywhere});
  const Maker min_p_chain = draw_from(kMinPChain, bench::slow_min_p_chain);
  bench::add({"min_p_chain", min_p_chain, {1.5, 1.25}}, {{llm, gauss, peaked}});
  bench::add({"min_p_chain", min_p_chain, {5, 2}}, {{flat}});  // where it leaves all to draw from
  const bench::Operation draw{
      "draw", draw_from(lk::Chain{lk::Temperature{0.8f}}, bench::slow_draw), {5, 2}};
  bench::add(draw, {everywhere});
  bench::add_shapes_and_lengths(draw);
  bench::add({"log_probabilities", log_probabilities, {1.2 + 4, 1.1 + 1.5}}, {{llm, gauss}});
  bench::add({"beam_step_4", beam_step(4), {5, 2.5}, 4}, {{llm, gauss}});
  bench::add({"beam_step_8", beam_step(8), {7, 2.5}, 8}, {{llm, gauss}});
  // Nothing is said of these but that a row costs what it does in a smaller search.
  bench::add({"beam_step_32", beam_step(32), {}, 32}, {{llm}, {32000, 128256}, {Memory::cold}});
  bench::add({"beam_batch_4", beam_batch(4), {}, 16}, {{llm}, {32000}, {Memory::cold}});
  bench::add({"beam_batch_16", beam_batch(16), {}, 64}, {{llm}, {32000}, {Memory::cold}});
  bench::add({"batch_8", batch(8, 1, kDefaultChain, bench::slow_default_chain), {1.5, 1.25}, 8},
             {{llm, gauss}});
  bench::add({"verify_8", verify, {1.8, 1.5}, 9}, {{llm, gauss}});
  const lk::Chain warm{lk::Temperature{0.8f}};
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  for (const std::size_t threads : {std::size_t(1), cores}) {  // rows that caches hold
    bench::add({"batch_" + std::string(threads == 1 ? "of_draws" : "on_threads"),
                batch(8 * cores, threads, warm, bench::slow_draw),
                {},
                8 * cores},
               {{llm}, {32000}, {Memory::hot}});
  }
  add_rows_of<double>("double", bench::Scalar::float64);
  add_rows_of<Eigen::half>("half", bench::Scalar::half);
  add_rows_of<Eigen::bfloat16>("bfloat16", bench::Scalar::bfloat16);
});

}  // namespace
