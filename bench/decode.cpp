// SPDX-License-Identifier: MIT
// One step of each decoder: from logits to a token. See support/measure.hpp for the method.
// `beam_step` takes 4 rows and `batch` 8; their floor is that of as many rows.
#include <logitkit/logitkit.hpp>
#include <support/measure.hpp>
#include <support/slow.hpp>

#include <array>

namespace lk = logitkit;
using bench::Distribution, bench::Slow;

namespace {

constexpr Distribution kLlm = Distribution::llm, kGauss = Distribution::gauss;
constexpr Distribution kFlat = Distribution::flat, kPeaked = Distribution::peaked;
constexpr std::size_t kBeams = 4, kBatch = 8;
constexpr std::uint64_t kSeed = 7;

const std::vector<lk::Token> kPrompt{1, 2, 3};
const double kUniform = lk::PhiloxDecider(kSeed)(kPrompt.size());  // of the first token

/// A step of a session; `slow(row)` is the token that it should pick.
template <class D, class S>
bench::Maker step_of(D decoder, S slow) {
  return [=](std::size_t) -> bench::Subject {
    const auto workspace = std::make_shared<lk::Workspace>();
    const auto session = decoder.start(kPrompt, {});
    return {[=](std::span<const float> row) {
              benchmark::DoNotOptimize(session.next(row, *workspace));
            },
            [=](std::span<const float> row) {
              return session.next(row, *workspace).token == slow(Slow(row));
            }};
  };
}

lk::Token best_of(const Slow& slow) {
  return lk::Token(std::max_element(slow.scores.begin(), slow.scores.end()) - slow.scores.begin());
}

const lk::Chain kDefaultChain{lk::TopK{40}, lk::Temperature{0.8f}, lk::TopP{0.95f},
                              lk::MinP{0.05f}};

lk::Token default_draw(Slow slow) {
  slow.top_k(40);
  slow.temperature(double(0.8f));
  slow.top_p(double(0.95f));
  slow.min_p(double(0.05f));
  return slow.draw(kUniform);
}

bench::Subject log_probabilities(std::size_t) {
  const auto workspace = std::make_shared<lk::Workspace>();
  const auto session =
      lk::GreedyDecoder{lk::Chain{}, {.report = {.model = true}}}.start(kPrompt, {});
  return {
      [=](std::span<const float> row) { benchmark::DoNotOptimize(session.next(row, *workspace)); },
      [=](std::span<const float> row) {
        Slow slow(row);
        slow.softmax();
        const lk::Pick pick = session.next(row, *workspace);
        return std::abs(pick.model_log_probability - slow[best_of(slow)]) < 3e-7;
      }};
}

bench::Subject beam_step(std::size_t vocabulary) {
  struct State {
    lk::BeamSession<lk::Chain<>> start = lk::BeamSearchDecoder{
        lk::Chain{}, {.beams = kBeams}}.start(kPrompt, {.max_new_tokens = 1000});
    lk::BeamSession<lk::Chain<>> session = start;
    lk::Workspace workspace{};
    int steps = 0;
  };
  const auto state = std::make_shared<State>();
  return {[=](std::span<const float> rows) {
            if (state->steps++ % 64 == 0) {  // begin anew: histories stay short
              state->session = state->start;
              state->session.step(rows.first(vocabulary), state->workspace);
            }
            benchmark::DoNotOptimize(state->session.step(rows, state->workspace));
          },
          [=](std::span<const float> rows) {
            auto session = state->start;
            session.step(rows.first(vocabulary), state->workspace);
            struct Extension {
              double sum;
              lk::Token token;
              std::size_t parent;
            };
            std::vector<Extension> best;
            for (std::size_t r = 0; r < kBeams; ++r) {
              Slow slow(rows.subspan(r * vocabulary, vocabulary));
              slow.softmax();
              for (std::size_t t = 0; t < vocabulary; ++t) {
                best.push_back({session.sum(r) + slow.scores[t], lk::Token(t), r});
              }
            }
            std::partial_sort(best.begin(), best.begin() + kBeams, best.end(),
                              [](auto& a, auto& b) { return a.sum > b.sum; });
            const lk::BeamStep step = session.step(rows, state->workspace);
            for (std::size_t r = 0; r < kBeams; ++r) {
              if (step.tokens[r] != best[r].token || step.parents[r] != best[r].parent)
                return false;
            }
            return true;
          }};
}

bench::Subject batch(std::size_t vocabulary) {
  using Session = decltype(lk::RandomDecoder{kDefaultChain}.start(kPrompt, {}));
  std::vector<Session> sessions;
  for (std::uint64_t seed = 0; seed < kBatch; ++seed) {
    sessions.push_back(lk::RandomDecoder{kDefaultChain, {.seed = seed}}.start(kPrompt, {}));
  }
  const auto workspaces = std::make_shared<std::array<lk::Workspace, 2>>();
  return {[=](std::span<const float> rows) {
            benchmark::DoNotOptimize(lk::next(rows, sessions, *workspaces));
          },
          [=](std::span<const float> rows) {
            const auto picks = lk::next(rows, sessions, std::span(*workspaces).first(1));
            for (std::size_t r = 0; r < kBatch; ++r) {
              const auto row = rows.subspan(r * vocabulary, vocabulary);
              if (picks[r].token != sessions[r].next(row, (*workspaces)[1]).token) return false;
            }
            return true;
          }};
}

}  // namespace

int main(int argc, char** argv) {
  using bench::add_all;
  const auto everywhere = {kLlm, kGauss, kFlat, kPeaked};
  add_all("greedy", everywhere, step_of(lk::GreedyDecoder{}, best_of));
  add_all("draw", everywhere,
          step_of(lk::RandomDecoder{lk::Temperature{0.8f}, {.seed = kSeed}}, [](Slow slow) {
            slow.temperature(double(0.8f));
            return slow.draw(kUniform);
          }));
  add_all("default_chain", everywhere,
          step_of(lk::RandomDecoder{kDefaultChain, {.seed = kSeed}}, default_draw));
  add_all(
      "min_p_chain", everywhere,
      step_of(lk::RandomDecoder{lk::Chain{lk::MinP{0.05f}, lk::Temperature{0.8f}}, {.seed = kSeed}},
              [](Slow slow) {
                slow.min_p(double(0.05f));
                slow.temperature(double(0.8f));
                return slow.draw(kUniform);
              }));
  add_all("log_probabilities", {kLlm, kGauss}, log_probabilities);
  add_all("beam_step", {kLlm, kGauss}, beam_step, kBeams);
  add_all("batch", {kLlm, kGauss}, batch, kBatch);
  return bench::run(argc, argv);
}
