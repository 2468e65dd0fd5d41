// SPDX-License-Identifier: MIT
// The same chain chosen at run time (`dynamic_chain`) and at compile time (`static_chain`): each
// reading the row, the four processors and a draw, as in a session.
#include <logitkit/logitkit.hpp>
#include <support/measure.hpp>
#include <support/slow.hpp>

namespace lk = logitkit;
using bench::Logits, bench::Maker, bench::Method;

namespace {

constexpr std::uint64_t kSeed = 7;
const std::vector<lk::Token> kPrompt{1, 2, 3};

template <class C>
Maker draw_from(const C& chain) {
  return [=](std::size_t) {
    const auto workspace = std::make_shared<lk::Workspace>();
    const auto session = lk::RandomDecoder{chain, {.seed = kSeed}}.start(kPrompt, {});
    return bench::method(
        [=](const Logits& row) { return session.next(row.floats, *workspace).token; },
        [](const Logits& row, lk::Token token) {
          const auto top_k = reference::top_k(bench::slow_draw(bench::scores_of(row)), 40);
          const auto left = bench::slow_min_p(bench::slow_top_p(top_k));
          const double u = lk::PhiloxDecider(kSeed)(kPrompt.size());
          return bench::Quantiles(left).right(token, u);
        });
  };
}

const bench::Part kPart("presets", [] {
  using enum bench::Distribution;
  const lk::Chain fixed{lk::Temperature{0.8f}, lk::TopK{40}, lk::TopP{0.95f}, lk::MinP{0.05f}};
  lk::DynamicChain chosen;
  chosen.add(lk::Temperature{0.8f}).add(lk::TopK{40}).add(lk::TopP{0.95f}).add(lk::MinP{0.05f});
  const bench::Where where{{llm, gauss}, {32000, 128256}};
  bench::add({"static_chain", draw_from(fixed)}, where);
  bench::add({"dynamic_chain", draw_from(chosen)}, where);
});

}  // namespace
