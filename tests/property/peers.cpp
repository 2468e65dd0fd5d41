// SPDX-License-Identifier: MIT
// The bugs of other libraries, one by one: each test goes red where the bug is planted here. Those
// of single processors that are not here are tested with them, under the tag [peers].
#include "support/catch.hpp"

#include "reference/trial.hpp"

#include <logitkit/logitkit.hpp>

namespace lk = logitkit;
using reference::Scores;

namespace {

const std::vector<lk::Token> kPrompt{3, 1};

template <class S, class P>
std::size_t count_kept(const P& processor, const std::vector<S>& row) {
  return reference::count_kept(reference::after(processor, row));
}

}  // namespace

TEMPLATE_TEST_CASE("OpenVINO: a penalty rewards what has a negative score", "[peers]", float,
                   double) {
  lk::PresencePenalty presence{0.5};
  lk::FrequencyPenalty frequency{0.5};
  lk::RepetitionPenalty repetition{1.5};
  for (const lk::Token token : {0, 1}) {
    presence.accept(token), frequency.accept(token), repetition.accept(token);
  }
  const std::vector<TestType> row{-1, 1, -1};
  CHECK(reference::after(presence, row) == Scores{-1.5, 0.5, -1});
  CHECK(reference::after(frequency, row) == Scores{-1.5, 0.5, -1});
  const Scores repeated = reference::after(repetition, row);
  CHECK(repeated[0] < -1);
  CHECK(repeated[1] < 1);
}

TEMPLATE_TEST_CASE("llama.cpp: one masked token changes what typical sampling keeps", "[peers]",
                   float, double) {
  auto row = reference::row_of<TestType>({0.4, 0.2, 0.2, 0.2});
  Scores kept = reference::after(lk::Typical{0.5}, row);
  row.push_back(-std::numeric_limits<TestType>::infinity());
  kept.push_back(reference::kBanned);
  CHECK(reference::after(lk::Typical{0.5}, row) == kept);
}

TEMPLATE_TEST_CASE("llama.cpp: the order from before a bias is taken for that after it", "[peers]",
                   float, double) {
  const std::vector<TestType> row{4, 3, 2, 1, 0};
  const lk::Chain chain{lk::TopK{4}, lk::LogitBias{{{3, 100.0}}}, lk::TopK{1}};
  const Scores kept = reference::after(chain, row);
  CHECK(reference::count_kept(kept) == 1);
  CHECK(kept[3] == 101);

  lk::Workspace workspace;  // and where the best has been looked at before
  const lk::Chain best{lk::MinP{0.02}, lk::LogitBias{{{3, 100.0}}}};
  CHECK(lk::GreedyDecoder{best}.next(row, {}, workspace).token == 3);
}

TEMPLATE_TEST_CASE("llama.cpp: a bias given twice counts once after a shuffle", "[peers]", float,
                   double) {
  const std::vector<TestType> row{0, 3, 2, 1};
  const lk::LogitBias twice{{{1, 1.0}, {1, 1.0}}};
  CHECK(reference::after(twice, row)[1] == 5);
  CHECK(reference::after(lk::Chain{lk::TopK{2}, twice}, row)[1] == 5);
}

TEMPLATE_TEST_CASE("llama.cpp: a row with NaN, or of -inf, gives its first or its last token",
                   "[peers]", float, double) {
  const TestType nan = std::numeric_limits<TestType>::quiet_NaN();
  lk::Workspace workspace;
  const auto refused = [&](const std::vector<TestType>& row, lk::Status status) {
    for (const lk::Pick& pick : {lk::GreedyDecoder{}.next(row, {}, workspace),
                                 lk::RandomDecoder{}.next(row, {}, workspace)}) {
      CHECK(pick.status == status);
      CHECK(pick.token == lk::kNoToken);
    }
  };
  refused({nan, 2, 3, 4}, lk::Status::not_a_number);
  refused({1, 2, 3, nan}, lk::Status::not_a_number);
  refused(std::vector<TestType>(4, -std::numeric_limits<TestType>::infinity()),
          lk::Status::nothing_left);
}

TEMPLATE_TEST_CASE("llama.cpp: the k best of more than 128 are sought between -10 and 10",
                   "[peers]", float, double) {
  for (const double scale : {1e-6, 1.0, 1e6}) {
    auto row = reference::normal_row<TestType>(5000, 3);
    for (TestType& score : row) score = static_cast<TestType>(double(score) * scale);
    row[4321] = TestType(1e10);  // which as an int is anything
    const Scores slow(row.begin(), row.end());
    const Scores best = reference::keep_first(slow, reference::best_first(slow), 200);
    CHECK(reference::after(lk::TopK{200}, row) == best);
  }
}

TEMPLATE_TEST_CASE("llama.cpp: a long sum of small floats ends a nucleus too early", "[peers]",
                   float, double) {
  const std::vector<TestType> row = reference::normal_row<TestType>(262144, 7);
  const Scores p = reference::probabilities(Scores(row.begin(), row.end()));
  std::size_t kept = 0;
  long double before = 0;
  for (const std::size_t token : reference::best_first(p)) {
    if (!(before < 0.95L)) break;
    before += p[token];
    ++kept;
  }
  const std::size_t ours = count_kept(lk::TopP{0.95}, row);
  CHECK(ours + 1 >= kept);
  CHECK(ours <= kept + 1);
}

TEMPLATE_TEST_CASE("llama.cpp: asking twice for one token moves what steers twice", "[peers]",
                   float, double) {
  const auto row = reference::normal_row<TestType>(50, 8);
  lk::Workspace workspace;
  const auto check = [&](const auto& chain) {
    const lk::RandomDecoder random{chain, {.seed = 6}};
    auto once = random.start(kPrompt, {}), often = random.start(kPrompt, {});
    for (int step = 0; step < 20; ++step) {
      const lk::Token token = once.next(row, workspace).token;
      for (int asked = 0; asked < 3; ++asked) CHECK(often.next(row, workspace).token == token);
      once.accept(token), often.accept(token);
    }
  };
  const auto mu = [&](int asked) {
    lk::Mirostat mirostat{2.0, 0.5};
    for (; asked > 0; --asked) static_cast<void>(reference::after(mirostat, row));
    mirostat.accept(lk::Candidates(row, workspace).best());
    return mirostat.mu();
  };
  CHECK(mu(1) != mu(0));
  CHECK(mu(3) == mu(1));
  check(lk::Mirostat{2.0, 0.5});
  check(lk::AdaptiveP{0.3, 0.5});
  check(lk::Xtc{0.5, 0.05});
}

TEMPLATE_TEST_CASE("llama.cpp: a copy between the pick and its acceptance loses adaptive-p's row",
                   "[peers]", float, double) {
  const auto row = reference::normal_row<TestType>(50, 9);
  auto session = lk::RandomDecoder{lk::AdaptiveP{0.3, 0.5}, {.seed = 6}}.start(kPrompt, {});
  lk::Workspace workspace;
  for (int step = 0; step < 20; ++step) {
    const lk::Token token = session.next(row, workspace).token;
    auto copy = session;
    copy.accept(token), session.accept(token);
    CHECK(copy.next(row, workspace).token == session.next(row, workspace).token);
    session = copy;
  }
}

TEMPLATE_TEST_CASE("CTranslate2: a least length holds for one of the beams", "[peers]", float,
                   double) {
  const auto model = [](std::span<const lk::Token> tokens) {
    return reference::normal_row<TestType>(12, 3 + std::uint64_t(tokens.back()) + tokens.size());
  };
  const lk::Limits limits{.max_new_tokens = 12, .end_tokens = {2, 5, 7}};
  const auto shortest = [&](const auto& processor) {
    std::size_t size = limits.max_new_tokens;
    const lk::BeamSearchDecoder beams{processor, {.beams = 4, .length_penalty = 0, .n_best = 4}};
    for (const auto& each : beams.decode(model, kPrompt, limits)) {
      size = std::min(size, each.tokens.size());
    }
    return size;
  };
  CHECK(shortest(lk::Chain{}) < 7);
  CHECK(shortest(lk::MinNewTokens{6, limits.end_tokens}) >= 7);
  CHECK(shortest(lk::MinLength{6 + int(kPrompt.size()), limits.end_tokens}) >= 7);
}

TEMPLATE_TEST_CASE("SGLang: what comes behind a mask brings tokens back", "[peers]", float,
                   double) {
  const std::vector<TestType> row{4, 3, 2, 1};
  const std::vector<std::uint32_t> allowed{0b1100};
  const Scores expected{reference::kBanned, reference::kBanned, 2, 1};
  const lk::Chain biases{lk::LogitBias{{{0, 50.0}}}, lk::SequenceBias{{{{1}, 50.0}}}};
  CHECK(reference::after(lk::Chain{lk::TokenMask{allowed}, biases}, row) == expected);
  CHECK(reference::after(lk::Chain{lk::Ban{{0, 1}}, biases}, row) == expected);
}

TEST_CASE("SGLang: a repetition penalty of 0 is let through, and divides", "[peers]") {
  CHECK_FALSE(lk::RepetitionPenalty<>::check(0).empty());
  CHECK_FALSE(lk::Request::complaints({{"repetition_penalty", 0}}).empty());
}

TEMPLATE_TEST_CASE("vLLM: a temperature that stands for greedy makes NaN of what is banned",
                   "[peers]", float, double) {
  const TestType banned = -std::numeric_limits<TestType>::infinity();
  const Scores best{reference::kBanned, 2, reference::kBanned};
  CHECK(reference::after(lk::Temperature{0}, std::vector<TestType>{banned, 2, 1}) == best);
}

TEMPLATE_TEST_CASE("Hugging Face: a list of no bad words is an error", "[peers]", float, double) {
  const std::vector<TestType> row{3, 2, 1};
  CHECK(reference::after(lk::BanSequences{{}}, row) == Scores{3, 2, 1});
  CHECK(reference::after(lk::SequenceBias<double>{{}}, row) == Scores{3, 2, 1});
}

TEMPLATE_TEST_CASE("onnxruntime: a nucleus of 5 tokens grows with the vocabulary", "[peers]", float,
                   double) {
  for (const std::size_t size : {std::size_t(1000), std::size_t(32000), std::size_t(128256)}) {
    auto row = reference::normal_row<TestType>(size, 4, 1.0);
    for (std::size_t i = 0; i < 5; ++i)
      row[i * size / 5] = static_cast<TestType>(25 - 0.1 * double(i));
    CHECK(count_kept(lk::TopP{0.95}, row) == 5);
  }
}

TEMPLATE_TEST_CASE("MLC: the best token takes what the nucleus would have shared", "[peers]", float,
                   double) {
  const auto row = reference::row_of<TestType>({0.6, 0.4});
  std::size_t first = 0;
  for (int i = 0; i < 1000; ++i) {
    lk::Workspace workspace;
    lk::Candidates<TestType> candidates(row, workspace);
    lk::TopP{0.7}(candidates, {});
    first += candidates.draw((i + 0.5) / 1000) == 0;
  }
  CHECK(first == 600);
}

TEMPLATE_TEST_CASE("tt-metal, chatllm.cpp: probabilities are taken for logits, and softmaxed again",
                   "[peers]", float, double) {
  const auto row = reference::normal_row<TestType>(1000, 5);
  const Scores once = reference::after(lk::Chain{lk::Softmax{}, lk::TopP{0.8}}, row);
  const Scores twice =
      reference::after(lk::Chain{lk::Softmax{}, lk::Softmax{}, lk::TopP{0.8}, lk::Softmax{}}, row);
  const std::size_t kept = count_kept(lk::TopP{0.8}, row);
  CHECK(reference::count_kept(once) == kept);
  CHECK(reference::count_kept(twice) == kept);
  CHECK(reference::total_variation(reference::probabilities(once),
                                   reference::probabilities(twice)) < 1e-6L);
}

TEMPLATE_TEST_CASE("a loop over the nucleus without its break goes on behind the end", "[peers]",
                   float, double) {
  const auto row = reference::row_of<TestType>({0.5, 0.3, 0.1, 0.1});
  CHECK(count_kept(lk::TopP{0.49}, row) == 1);
  CHECK(count_kept(lk::TopP{0.51}, row) == 2);  // the one that crosses p stays
  CHECK(count_kept(lk::TopP{0.79}, row) == 2);
}
