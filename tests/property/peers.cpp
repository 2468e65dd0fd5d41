// SPDX-License-Identifier: MIT
// The bugs of other libraries, one by one: each test goes red where the bug is planted here. Those
// of single processors that are not here are tested with them, under the tag [peers].
#include "support/catch.hpp"

#include "reference/trial.hpp"

#include <logitkit/logitkit.hpp>

namespace lk = logitkit;
using reference::Scores;

namespace {

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
}

TEMPLATE_TEST_CASE("llama.cpp: a bias given twice counts once after a shuffle", "[peers]", float,
                   double) {
  const std::vector<TestType> row{0, 3, 2, 1};
  const lk::LogitBias twice{{{1, 1.0}, {1, 1.0}}};
  CHECK(reference::after(twice, row)[1] == 5);
  CHECK(reference::after(lk::Chain{lk::TopK{2}, twice}, row)[1] == 5);
}

TEMPLATE_TEST_CASE("llama.cpp: a row with NaN gives its first or its last token", "[peers]", float,
                   double) {
  const TestType nan = std::numeric_limits<TestType>::quiet_NaN();
  lk::Workspace workspace;
  for (const std::size_t at : {std::size_t(0), std::size_t(3)}) {
    std::vector<TestType> row{1, 2, 3, 4};
    row[at] = nan;
    for (const lk::Pick& pick : {lk::GreedyDecoder{}.next(row, {}, workspace),
                                 lk::RandomDecoder{}.next(row, {}, workspace)}) {
      CHECK(pick.status == lk::Status::not_a_number);
      CHECK(pick.token == lk::kNoToken);
    }
  }
}

TEMPLATE_TEST_CASE("llama.cpp: the k best of more than 128 are sought between -10 and 10",
                   "[peers]", float, double) {
  for (const double scale : {1e-6, 1.0, 1e6}) {
    auto row = reference::normal_row<TestType>(5000, 3);
    for (TestType& score : row) score = static_cast<TestType>(double(score) * scale);
    const Scores slow(row.begin(), row.end());
    const Scores best = reference::keep_first(slow, reference::best_first(slow), 200);
    CHECK(reference::after(lk::TopK{200}, row) == best);
  }
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

TEMPLATE_TEST_CASE("A loop over the nucleus without its break goes on behind the end", "[peers]",
                   float, double) {
  const auto row = reference::row_of<TestType>({0.5, 0.3, 0.1, 0.1});
  CHECK(count_kept(lk::TopP{0.49}, row) == 1);
  CHECK(count_kept(lk::TopP{0.51}, row) == 2);  // the one that crosses p stays
  CHECK(count_kept(lk::TopP{0.79}, row) == 2);
}
