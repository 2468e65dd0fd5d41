// SPDX-License-Identifier: MIT
// The bound that rows share changes nothing: every step is that of a search that lists all
// extensions of every row and sorts them, bit for bit.
#include <logitkit/decode/beam_search.hpp>

#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>

#include "support/catch.hpp"
#include "support/flush_to_zero.hpp"
#include "support/rows.hpp"

#include <bit>
#include <string>

namespace lk = logitkit;

namespace {

const std::vector<lk::Token> kPrompt{1, 0};

struct Extension {
  double sum;
  lk::Token token;
  std::size_t parent;
};

// By their bits: these hold whether or not denormals are flushed.
bool same(double a, double b) { return lk::math::order_key(a) == lk::math::order_key(b); }
bool before(double a, double b) { return lk::math::order_key(a) < lk::math::order_key(b); }

/// All that the K best of each row extend, in order: without a bound and without a heap.
template <class S, class Session, class C>
std::vector<Extension> extensions(const Session& session, const C& chain,
                                  const std::vector<S>& rows, std::size_t k,
                                  lk::Workspace& workspace) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  const std::size_t size = rows.size() / session.live();
  std::vector<Extension> all;
  for (std::size_t r = 0; r < session.live(); ++r) {
    const std::span row = std::span(rows).subspan(r * size, size);
    lk::Candidates candidates(row, workspace);
    candidates.normalise();
    C its_own = chain;
    if constexpr (lk::AcceptingProcessor<C>) {
      for (const lk::Token token : session.context(r).generated()) its_own.accept(token);
    }
    its_own(candidates, session.context(r));
    double last_score = inf, last_sum = inf;
    for (const auto& [token, score] : candidates.sorted(k)) {
      double sum = session.sum(r) + score;
      if (same(score, last_score)) {
        sum = last_sum;
      } else if (!before(sum, last_sum)) {
        sum = std::nextafter(last_sum, -inf);
      }
      last_score = score, last_sum = sum;
      all.push_back({sum, token, r});
    }
  }
  std::sort(all.begin(), all.end(), [](const Extension& a, const Extension& b) {
    if (!same(a.sum, b.sum)) return before(b.sum, a.sum);
    return a.token != b.token ? a.token < b.token : a.parent < b.parent;
  });
  return all;
}

/// Rows of one kind: without ties, with many, nearly certain ones, and those whose scores differ by
/// less than sums can show.
template <class S>
std::vector<S> make_rows(int kind, std::size_t count, std::size_t size, test::Random& random) {
  std::vector<S> rows(count * size);
  for (S& score : rows) {
    switch (kind) {
      case 0:
        score = S(3 * random.gauss());
        break;
      case 1:
        score = S(double(random.below(3)));
        break;
      case 2:
        score = S(random.below(size) == 0 ? 40 : -random.uniform());
        break;
      default:
        score = S(1);
        for (std::size_t i = random.below(3); i > 0; --i) score = std::nextafter(score, S(2));
    }
  }
  if (kind == 1 && count > 1) std::copy_n(rows.begin(), size, rows.end() - std::ptrdiff_t(size));
  return rows;
}

template <class S, class C>
void check(const C& chain, int kind, std::size_t beams, std::size_t size, std::uint64_t seed) {
  CAPTURE(kind, beams, size, seed);
  test::Random random(seed);
  lk::BeamOptions options;
  options.beams = beams;
  auto session = lk::BeamSearchDecoder{chain, options}.start(kPrompt, {.max_new_tokens = 1000000});
  lk::Workspace workspace;
  for (int step = 0; step < 12; ++step) {
    const auto rows = make_rows<S>(kind, session.live(), size, random);
    const auto expected = extensions(session, chain, rows, 2 * beams, workspace);
    const lk::BeamStep found = session.step(rows, workspace);
    REQUIRE(found.tokens.size() == std::min(beams, expected.size()));
    for (std::size_t r = 0; r < found.tokens.size(); ++r) {
      const auto& [sum, token, parent] = expected[r];
      if (found.tokens[r] != token || found.parents[r] != parent ||
          std::bit_cast<std::uint64_t>(session.sum(r)) != std::bit_cast<std::uint64_t>(sum)) {
        FAIL("step " << step << ", row " << r << ": token " << found.tokens[r] << " of row "
                     << found.parents[r] << ", sum " << session.sum(r) << "; should be " << token
                     << " of " << parent << ", " << sum);
      }
    }
  }
}

}  // namespace

TEMPLATE_TEST_CASE("a bounded step is an unbounded one, bit for bit", "[beams]", float, double) {
  const auto check_all = [](std::uint64_t seeds) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      for (int kind = 0; kind < 4; ++kind) {
        for (const std::size_t beams : {1u, 2u, 5u, 16u}) {
          for (const std::size_t size : {3u, 64u, 500u}) {
            check<TestType>(lk::Chain{}, kind, beams, size, seed);
            check<TestType>(lk::Chain{lk::FrequencyPenalty{0.5f}, lk::Temperature{0.7f}}, kind,
                            beams, size, seed);
            check<TestType>(lk::Chain{lk::TopK{4}}, kind, beams, size, seed);
          }
        }
      }
    }
  };
  check_all(2);
  const test::FlushToZero flush;
  check_all(1);
}
