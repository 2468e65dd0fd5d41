// SPDX-License-Identifier: MIT
// Each processor alone: reading the row, and the processor; one that only edits is followed by
// `best()`, since edits cost nothing until someone looks. See support/measure.hpp for the method.
#include <logitkit/logitkit.hpp>
#include <support/measure.hpp>
#include <support/slow.hpp>

namespace lk = logitkit;
using bench::Distribution, bench::Slow;

namespace {

constexpr Distribution kLlm = Distribution::llm, kGauss = Distribution::gauss;
constexpr Distribution kFlat = Distribution::flat, kPeaked = Distribution::peaked;

const std::vector<lk::Token> kPrompt{1, 2, 3};
const lk::Context kContext{kPrompt, kPrompt.size()};

/// 64 distinct tokens of any vocabulary measured here.
std::vector<lk::Token> some_tokens() {
  std::vector<lk::Token> tokens;
  for (lk::Token i = 0; i < 64; ++i) tokens.push_back((17 + 2003 * i) % 32000);
  return tokens;
}

template <class P, class Look, class S>
bench::Subject subject(const P& processor, const Look& look, const S& slow) {
  const auto workspace = std::make_shared<lk::Workspace>();
  return {[=](std::span<const float> row) {
            lk::Candidates candidates(row, *workspace);
            processor(candidates, kContext);
            benchmark::DoNotOptimize(look(candidates));
          },
          [=](std::span<const float> row) {
            lk::Candidates candidates(row, *workspace);
            processor(candidates, kContext);
            Slow expected(row);
            slow(expected);
            for (lk::Token token = 0; std::size_t(token) < row.size(); ++token) {
              const double score = candidates.score(token), twin = expected[token];
              const bool close = std::abs(score - twin) <= 1e-5 * (1 + std::abs(twin));
              if (score != twin && !close) return false;
            }
            return true;
          }};
}

/// A processor that narrows.
template <class P, class S>
bench::Maker narrowing(P processor, S slow) {
  return [=](std::size_t) {
    return subject(processor, [](auto& candidates) { return candidates.size(); }, slow);
  };
}

/// A processor that edits.
template <class P, class S>
bench::Maker editing(P processor, S slow) {
  return [=](std::size_t) {
    return subject(processor, [](auto& candidates) { return candidates.best(); }, slow);
  };
}

/// What a person would write by hand for TopK{40}: pairs of all tokens, and a partial sort.
bench::Subject top_k_partial_sort(std::size_t vocabulary) {
  using Entry = std::pair<float, lk::Token>;
  auto entries = std::make_shared<std::vector<Entry>>(vocabulary);
  const auto run = [=](std::span<const float> row) {
    for (std::size_t i = 0; i < row.size(); ++i) (*entries)[i] = {row[i], lk::Token(i)};
    std::partial_sort(entries->begin(), entries->begin() + 40, entries->end(), std::greater<>{});
    benchmark::DoNotOptimize(entries->data());
  };
  return {run, [=](std::span<const float> row) {
            run(row);
            return (*entries)[39].second == Slow(row).ranked()[39];
          }};
}

/// What a person would write by hand for TopP{0.95}: softmax, sort, add up.
bench::Subject top_p_sort(std::size_t vocabulary) {
  using Entry = std::pair<float, lk::Token>;
  auto entries = std::make_shared<std::vector<Entry>>(vocabulary);
  const auto run = [=](std::span<const float> row) {
    const float best = *std::max_element(row.begin(), row.end());
    float sum = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      (*entries)[i] = {std::exp(row[i] - best), lk::Token(i)};
      sum += (*entries)[i].first;
    }
    std::sort(entries->begin(), entries->end(), std::greater<>{});
    float before = 0;
    std::size_t n = 0;
    for (; n < entries->size() && before < 0.95f * sum; ++n) before += (*entries)[n].first;
    benchmark::DoNotOptimize(n);
  };
  return {run, [=](std::span<const float> row) {
            run(row);
            return (*entries)[0].second == Slow(row).ranked()[0];
          }};
}

}  // namespace

int main(int argc, char** argv) {
  using bench::add, bench::add_all;
  const auto tokens = some_tokens();

  add_all("top_k", {kLlm, kGauss}, narrowing(lk::TopK{40}, [](Slow& s) { s.top_k(40); }));
  add("top_k_std_partial_sort", kLlm, 128256, top_k_partial_sort);
  add_all("top_p", {kLlm, kGauss, kFlat, kPeaked},
          narrowing(lk::TopP{0.95f}, [](Slow& s) { s.top_p(double(0.95f)); }));
  add("top_p_std_sort", kLlm, 128256, top_p_sort);
  add("top_p_std_sort", kGauss, 128256, top_p_sort);
  add_all("min_p", {kLlm, kGauss},
          narrowing(lk::MinP{0.05f}, [](Slow& s) { s.min_p(double(0.05f)); }));
  add_all("allow_only", {kLlm}, narrowing(lk::AllowOnly{tokens}, [=](Slow& s) {
            Slow kept = s;
            s.keep_first(s.ranked(), 0);
            for (const lk::Token token : tokens) s[token] = kept[token];
          }));

  add_all("temperature", {kLlm},
          editing(lk::Temperature{0.8f}, [](Slow& s) { s.temperature(double(0.8f)); }));
  add_all("softmax", {kLlm, kGauss}, editing(lk::Softmax{}, [](Slow& s) { s.softmax(); }));

  lk::RepetitionPenalty repetition{1.3f};
  repetition.start(tokens);
  add_all("repetition_penalty", {kLlm}, editing(repetition, [=](Slow& s) {
            for (const lk::Token token : tokens) s[token] *= s[token] > 0 ? 1 / 1.3 : 1.3;
          }));
  lk::FrequencyPenalty frequency{0.7f};
  for (const lk::Token token : tokens) frequency.accept(token);
  for (const lk::Token token : tokens) frequency.accept(token);
  add_all("frequency_penalty", {kLlm}, editing(frequency, [=](Slow& s) {
            for (const lk::Token token : tokens) s[token] -= 2 * 0.7;
          }));
  lk::PresencePenalty presence{0.7f};
  for (const lk::Token token : tokens) presence.accept(token);
  add_all("presence_penalty", {kLlm}, editing(presence, [=](Slow& s) {
            for (const lk::Token token : tokens) s[token] -= 0.7;
          }));
  std::vector<std::pair<lk::Token, float>> biases;
  for (const lk::Token token : tokens) biases.emplace_back(token, 1.5f);
  add_all("logit_bias", {kLlm}, editing(lk::LogitBias{biases}, [=](Slow& s) {
            for (const lk::Token token : tokens) s[token] += 1.5;
          }));
  const auto banned = [=](Slow& s) {
    for (const lk::Token token : tokens) s[token] = -Slow::kInfinity;
  };
  add_all("ban", {kLlm}, editing(lk::Ban{tokens}, banned));
  add_all("min_new_tokens", {kLlm}, editing(lk::MinNewTokens{10, tokens}, banned));
  return bench::run(argc, argv);
}
