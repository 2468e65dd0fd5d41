// SPDX-License-Identifier: MIT
// ArithmeticDecoder: the law of each code and of all together, by walking every outcome.
#include <logitkit/decode/arithmetic.hpp>

#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>

#include "reference/inputs.hpp"
#include "reference/penalties.hpp"
#include "reference/transforms.hpp"
#include "reference/truncations.hpp"
#include "support/catch.hpp"
#include "support/models.hpp"
#include "support/sequence_law.hpp"

namespace lk = logitkit;
using reference::Scores;
using Tokens = std::vector<lk::Token>;

namespace {

const Tokens kPrompt{1};
constexpr std::size_t kLength = 3;

/// The one sequence follows code i of n without a turn, at a shift u = word / 2^64.
struct Prescribed {
  std::uint64_t word;
  std::uint64_t bits(std::uint64_t k) const { return k == 1 ? word : 0; }
};
struct FollowCode {
  std::size_t i, n;
  std::uint64_t word;
  lk::ChooseByCode<Prescribed> operator()(std::size_t, const lk::SamplesOptions&,
                                          std::size_t) const {
    return {lk::ArithmeticCode(i, n, Prescribed{word})};
  }
};

/// Where, of the shifts in [0, 2^64), a sequence begins; it goes on up to the next one.
struct Piece {
  std::uint64_t begin;
  Tokens tokens;
};

/// What `run(word)` gives for every word: pieces, found by bisection.
template <class Run>
std::vector<Piece> pieces(const Run& run) {
  constexpr std::uint64_t kLast = ~std::uint64_t{0};
  std::vector<Piece> all;
  for (std::uint64_t begin = 0;;) {
    all.push_back({begin, run(begin)});
    std::uint64_t last = begin, beyond = kLast;
    if (run(kLast) == all.back().tokens) return all;
    while (last + 1 < beyond) {
      const std::uint64_t middle = last + (beyond - last) / 2;
      (run(middle) == all.back().tokens ? last : beyond) = middle;
    }
    begin = beyond;
  }
}

struct Case {
  std::size_t vocabulary;
  std::uint64_t seed;
};

template <class S>
test::TableModel<S> table(const Case& c) {
  test::TableModel<S> model{c.vocabulary,
                            reference::normal_row<S>(c.vocabulary * c.vocabulary, c.seed, 1.5)};
  model.logits[1] = -std::numeric_limits<S>::infinity();
  model.logits[c.vocabulary + 2] = model.logits[c.vocabulary];
  return model;
}

const lk::Chain kChain{lk::FrequencyPenalty{0.3}, lk::Temperature{1.2}, lk::TopK{3}};

/// The same by its slow twins.
Scores slow_chain(const Scores& row, const Tokens& generated) {
  const Scores penalised = reference::frequency_penalty(row, 0.3, generated);
  return reference::top_k(reference::temperature(penalised, 1.2), 3);
}

}  // namespace

TEMPLATE_TEST_CASE("every code draws from the chain's distribution, and n cover it evenly", "",
                   float, double) {
  using S = TestType;
  const double close = std::same_as<S, double> ? 1e-12 : 1e-6;
  for (const Case& c : {Case{3, 1}, Case{3, 2}, Case{4, 3}}) {
    const auto model = table<S>(c);
    const auto law = test::sequence_law(model, kPrompt, {.max_new_tokens = kLength}, slow_chain);
    for (const std::size_t n : {1u, 2u, 3u, 5u}) {
      if (n > 1 && c.seed == 2) continue;
      // A turn of the codes by j is as likely for each j, so the law of any one is that of all.
      std::map<Tokens, long double> drawn;
      std::vector<std::vector<Piece>> codes;
      for (std::size_t i = 0; i < n; ++i) {
        codes.push_back(pieces([&](std::uint64_t word) {
          const lk::SamplesDecoder decoder{kChain, FollowCode{i, n, word},
                                           lk::SamplesOptions{.n = 1}};
          return decoder.decode(model, kPrompt, {.max_new_tokens = kLength})[0].tokens;
        }));
        const auto& found = codes.back();
        for (std::size_t k = 0; k < found.size(); ++k) {
          if (k > 0) CHECK(found[k - 1].tokens < found[k].tokens);  // parts in token order
          const auto end =
              k + 1 < found.size() ? static_cast<long double>(found[k + 1].begin) : 0x1p64L;
          drawn[found[k].tokens] += (end - static_cast<long double>(found[k].begin)) * 0x1p-64L / n;
        }
      }
      long double variation = 0;
      for (const auto& [tokens, p] : law) variation += std::fabs(p - drawn[tokens]) / 2;
      CHECK(variation <= close);
      CHECK(drawn.size() == law.size());
      // Between two joints nothing changes: at each of them is every shift.
      for (const auto& code : codes) {
        for (const Piece& joint : code) {
          std::map<Tokens, std::size_t> counts;
          for (const auto& other : codes) {
            const auto after = std::upper_bound(
                other.begin(), other.end(), joint.begin,
                [](std::uint64_t word, const Piece& piece) { return word < piece.begin; });
            ++counts[(after - 1)->tokens];
          }
          for (const auto& [tokens, p] : law) {
            const double times = double(counts[tokens]), mean = double(p) * double(n);
            if (times < std::floor(mean - 1e-5) || times > std::ceil(mean + 1e-5)) FAIL(times);
          }
        }
      }
    }
  }
}

TEST_CASE("means over the n sequences are unbiased and vary less than those of free draws") {
  // The share of token 0 in one token of a row: p = 0.3. Over seeds, n = 10: never off by 1/10.
  const auto row = reference::row_of<double>({0.3, 0.25, 0.45});
  const test::ConstantModel<double> model{row};
  double sum = 0;
  constexpr int kSeeds = 400;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const lk::ArithmeticDecoder decoder{lk::Chain{}, {.n = 7, .seed = seed}};
    int zeros = 0;
    for (const auto& each : decoder.decode(model, kPrompt, {.max_new_tokens = 1})) {
      zeros += each.tokens[0] == 0;
    }
    CHECK((zeros == 2 || zeros == 3));  // 7 * 0.3 = 2.1
    sum += zeros;
  }
  // 3 with probability 0.1: of 400, 40 with deviation 6.
  CHECK(std::fabs(sum / kSeeds - 2.1) < 5 * 0.3 / std::sqrt(double(kSeeds)));
}

TEST_CASE("each code by itself is uniform: the first is not the lowest") {
  const auto row = reference::row_of<double>({0.5, 0.5});
  const test::ConstantModel<double> model{row};
  int zeros = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const lk::ArithmeticDecoder decoder{lk::Chain{}, {.n = 4, .seed = seed}};
    auto session = decoder.start(kPrompt, {.max_new_tokens = 1});
    lk::Workspace workspace;
    session.step(row, workspace);
    zeros += session.samples()[0].tokens[0] == 0;
  }
  CHECK(std::abs(zeros - 200) < 50);  // five deviations
}

TEST_CASE("plain and cached models give the same, and seed, stream and prompt length count") {
  const lk::Limits limits{.max_new_tokens = 200, .end_tokens = {0}};
  const auto run = [&](auto&& model, std::uint64_t seed, std::uint64_t stream,
                       const Tokens& prompt) {
    const lk::ArithmeticDecoder decoder{kChain, {.n = 5, .seed = seed, .stream = stream}};
    std::vector<Tokens> all;
    for (const auto& each : decoder.decode(model, prompt, limits)) all.push_back(each.tokens);
    return all;
  };
  const test::PlainRecurrent<float> plain{40, 3};
  const auto expected = run(plain, 1, 2, kPrompt);
  CHECK(run(test::CachedRecurrent<float>{40, 3}, 1, 2, kPrompt) == expected);
  CHECK(run(plain, 1, 2, kPrompt) == expected);
  CHECK(run(plain, 2, 2, kPrompt) != expected);
  CHECK(run(plain, 1, 3, kPrompt) != expected);
  CHECK(run(plain, 1, 2, {1, 1}) != expected);
}

TEST_CASE("a bad row leaves a code where it is") {
  const std::vector<float> bad{1, std::numeric_limits<float>::quiet_NaN()}, good{1, 2, 3, 4};
  auto choose = lk::CodeChoosers{}(1, {.n = 3}, 5), twin = choose;
  lk::Workspace workspace;
  lk::Candidates broken(bad, workspace);
  CHECK(choose(broken, 0) == lk::kNoToken);
  for (int i = 0; i < 20; ++i) {
    lk::Candidates candidates(good, workspace);
    const lk::Token token = choose(candidates, 0);
    CHECK(token == twin(candidates, 0));
  }
}
