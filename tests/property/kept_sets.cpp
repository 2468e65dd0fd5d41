// SPDX-License-Identifier: MIT
// Laws of truncations: names of tokens do not matter, ties stay from the lowest up, sets are
// nested.
#include "support/catch.hpp"

#include "reference/trial.hpp"
#include "support/weight_error.hpp"

#include <logitkit/logitkit.hpp>

namespace lk = logitkit;
using reference::after;
using reference::Scores;

namespace {

std::vector<bool> kept(const Scores& scores) {
  std::vector<bool> result;
  for (const long double s : scores) result.push_back(s != reference::kBanned);
  return result;
}

bool subset(const std::vector<bool>& a, const std::vector<bool>& b) {
  for (std::size_t t = 0; t < a.size(); ++t) {
    if (a[t] && !b[t]) return false;
  }
  return true;
}

/// A row without ties, and the same with its tokens under other names.
template <class S>
struct Renamed {
  std::vector<S> row, renamed;
  std::vector<lk::Token> name;

  explicit Renamed(std::uint64_t seed) : row(reference::normal_row<S>(150, seed)) {
    row[7] = -std::numeric_limits<S>::infinity();
    name.resize(row.size());
    std::iota(name.begin(), name.end(), 0);
    reference::Bits bits(seed);
    for (std::size_t i = name.size(); i > 1; --i) std::swap(name[i - 1], name[bits.below(i)]);
    renamed = row;
    for (std::size_t t = 0; t < row.size(); ++t) renamed[std::size_t(name[t])] = row[t];
  }
  /// Some tokens under their other names.
  [[nodiscard]] std::vector<lk::Token> of(std::vector<lk::Token> tokens) const {
    for (lk::Token& token : tokens) token = name[std::size_t(token)];
    return tokens;
  }
};

const std::vector<lk::Token> kText{3, 5, 60, 3, 0, 3, 5};

/// What a processor makes of a row after a text.
template <class S, class P>
Scores made(P processor, const std::vector<S>& row, const std::vector<lk::Token>& text) {
  if constexpr (lk::AcceptingProcessor<P>) {
    for (const lk::Token token : text) processor.accept(token);
  }
  return after(processor, row, lk::Context{text, 0});
}

}  // namespace

TEMPLATE_TEST_CASE("names of tokens do not matter where no two tie", "", float, double) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const Renamed<TestType> rows(seed);
    const auto same = [&](const auto& a, const auto& b, double within) {
      const Scores plain = made(a, rows.row, kText), other = made(b, rows.renamed, rows.of(kText));
      for (std::size_t t = 0; t < plain.size(); ++t) {
        const long double u = plain[t], v = other[std::size_t(rows.name[t])];
        if (!(u == v || std::abs(u - v) <= within)) FAIL_CHECK("seed " << seed << ", token " << t);
      }
    };
    const double rounding = 8 * test::kWeightError<TestType>;  // of sums over all tokens
    const auto check = [&](double within, const auto&... processors) {
      (same(processors, processors, within), ...);
    };
    check(0, lk::Temperature{0.7}, lk::Temperature{0}, lk::QuadraticSmoothing{0.3}, lk::TopK{30},
          lk::TopP{0.9}, lk::MinP{0.02}, lk::Typical{0.7}, lk::Epsilon{0.002}, lk::Eta{0.01},
          lk::TopH{0.6}, lk::TopH{0.6, lk::TopHRule::hugging_face}, lk::TopNSigma{1.5},
          lk::TopA{0.2}, lk::TailFree{0.9}, lk::PLess{}, lk::Xtc{1.0, 0.05}, lk::Mirostat{3.0},
          lk::Mirostat{3.0, 0.1, {.version = 1}}, lk::FrequencyPenalty{0.5},
          lk::PresencePenalty{0.5}, lk::RepetitionPenalty{1.5}, lk::NoRepeatNgram{2}, lk::Dry{{}});
    check(rounding, lk::Softmax{}, lk::DynamicTemperature{0.5, 1.5}, lk::AdaptiveP{0.3},
          lk::Chain{lk::Temperature{0.8}, lk::TopK{40}, lk::TopP{0.95}, lk::Softmax{}});
    const auto named = [&](const auto& make) {
      same(make([](std::vector<lk::Token> tokens) { return tokens; }),
           make([&](std::vector<lk::Token> tokens) { return rows.of(std::move(tokens)); }), 0);
    };
    named([](const auto& of) { return lk::Ban{of({4, 100})}; });
    named([](const auto& of) { return lk::AllowOnly{of({4, 100, 7})}; });
    named([](const auto& of) { return lk::BanSequences{{of({3, 5, 8}), of({9})}}; });
    named([](const auto& of) { return lk::SequenceBias{{{of({5, 8}), 1.5f}}}; });
    named([](const auto& of) { return lk::LogitBias{{{of({8})[0], 1.5f}}}; });
    named([](const auto& of) { return lk::MinNewTokens{30, of({8, 9})}; });
    named([](const auto& of) { return lk::EncoderRepetitionPenalty{1.5, of({8, 9})}; });
    named([](const auto& of) { return lk::EncoderNoRepeatNgram{2, of({5, 8, 9})}; });
    named([](const auto& of) { return lk::ExponentialLengthDecay{1, 1.5, of({8})}; });
    named([](const auto& of) { return lk::SuppressAtStart{of({8, 9}), kText.size()}; });
    named([](const auto& of) { return lk::ThinkingBudget{1, of({0}), of({8})}; });
  }
  SUCCEED("all renamed");
}

TEMPLATE_TEST_CASE("tokens that tie are kept from the lowest up, wherever they stand", "", float,
                   double) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    std::vector<TestType> row(130);
    reference::Bits bits(seed);
    for (TestType& score : row) score = static_cast<TestType>(bits.below(3));
    const auto check = [&](const auto& processor) {
      const Scores scores = after(processor, row);
      for (std::size_t low = 0; low < row.size(); ++low) {
        for (std::size_t high = low + 1; high < row.size(); ++high) {
          const bool wrong = row[low] == row[high] && scores[high] != reference::kBanned &&
                             scores[low] == reference::kBanned;
          if (wrong) FAIL_CHECK("token " << high << " kept, " << low << " not");
        }
      }
    };
    for (const int k : {1, 5, 30, 64, 65, 100}) check(lk::TopK{k});
    for (const double p : {0.01, 0.3, 0.7, 0.9}) {
      check(lk::TopP{p});
      check(lk::Typical{p});
      check(lk::TopH{p});
      check(lk::TopH{p, lk::TopHRule::hugging_face});
      check(lk::TailFree{p});
      check(lk::MinP{p});
      check(lk::TopA{p});
      check(lk::Epsilon{p / 10});
      check(lk::Eta{p / 10});
      check(lk::TopNSigma{p});
      check(lk::Mirostat{8 * p});
      check(lk::Mirostat{8 * p, 0.1, {.version = 1}});
    }
    check(lk::PLess{});
    check(lk::Temperature{0});
  }
  SUCCEED("all tied");
}

TEMPLATE_TEST_CASE("kept sets are nested as the parameter goes, and never empty", "", float,
                   double) {
  for (const std::size_t size : {std::size_t(1), std::size_t(65), std::size_t(300)}) {
    for (const auto& input : reference::inputs<TestType>(size)) {
      const auto& row = input.row;
      INFO(input.name << ", V = " << size);
      bool monotone = true, never_empty = true;
      const auto grows = [&](const auto& make) {  // of 0 < x <= 1, the set for a larger x is larger
        std::vector<bool> before(size, false);
        for (const double x : {1e-4, 0.02, 0.1, 0.2, 0.35, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 1.0}) {
          const auto now = kept(after(make(x), row));
          monotone = monotone && subset(before, now);
          never_empty = never_empty && std::find(now.begin(), now.end(), true) != now.end();
          before = now;
        }
      };
      grows([](double x) { return lk::TopK{std::size_t(1 + 320 * x)}; });
      grows([](double x) { return lk::TopK{std::size_t(1 + 320 * x), {.keep_ties = true}}; });
      grows([](double x) { return lk::TopP{x}; });
      grows([](double x) { return lk::MinP{1 - x}; });
      grows([](double x) { return lk::Typical{x}; });
      grows([](double x) { return lk::Typical{x, {.keep_ties = true}}; });
      grows([](double x) { return lk::Epsilon{(1.01 - x) / 1.02}; });
      grows([](double x) { return lk::Eta{(1.01 - x) / 1.02}; });
      grows([](double x) { return lk::TopH{x}; });
      grows([](double x) { return lk::TopH{x, lk::TopHRule::hugging_face}; });
      grows([](double x) { return lk::TopNSigma{5 * x}; });
      grows([](double x) { return lk::TopA{1 - x}; });
      grows([](double x) { return lk::TailFree{x}; });
      grows([](double x) { return lk::Mirostat{10 * x}; });
      grows([](double x) { return lk::Mirostat{10 * x, 0.1, {.version = 1}}; });
      grows([](double) { return lk::PLess{}; });
      grows([](double x) { return lk::Xtc{1.0, x}; });
      CHECK(monotone);
      CHECK(never_empty);
    }
  }
}
