// SPDX-License-Identifier: MIT
// SynthIdWatermark: the twin, a context that comes again, forks, and that it leaves the mean be.
#include "support/catch.hpp"

#include "reference/synth_id.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/chain.hpp>
#include <logitkit/process/synth_id_watermark.hpp>
#include <logitkit/process/top_k.hpp>

namespace lk = logitkit;
using reference::Scores;
using Tokens = std::vector<lk::Token>;

namespace {

lk::SynthIdWatermark after_text(const lk::SynthIdOptions& options, const Tokens& text) {
  lk::SynthIdWatermark watermark(options);
  for (const lk::Token token : text) watermark.accept(token);
  return watermark;
}

}  // namespace

TEMPLATE_TEST_CASE("SynthIdWatermark agrees with its twin", "", float, double) {
  const lk::SynthIdOptions options{.keys = {654, 400, 836, 123, 340}, .ngram = 4, .table_size = 97};
  for (const std::size_t size : {1u, 65u}) {
    for (const Tokens& text : {Tokens{}, Tokens{3}, Tokens{3, 1, 4, 1, 5}}) {
      const auto watermark = after_text(options, text);
      reference::for_each_trial<TestType>(
          size, [&](auto& fast, const Scores& before, const auto& row) -> std::string {
            watermark(fast, {});
            Scores slow = reference::synth_id(before, text, options);
            const Scores got = reference::scores_of(fast);
            for (std::size_t t = 0; t < size; ++t) {  // what weighs nothing beside the rest
              if (slow[t] < -30) slow[t] = got[t] < -25 ? got[t] : slow[t];
            }
            return reference::difference(got, slow, reference::tolerance(before, row) + 1e-5L);
          });
    }
  }
}

TEMPLATE_TEST_CASE("SynthIdWatermark leaves the scores be after a context that it knows", "", float,
                   double) {
  const std::vector<TestType> row{1, 2, 3, 0};
  const Scores plain(row.begin(), row.end());
  for (const std::size_t history : {0u, 1u, 2u, 3u, 1024u}) {
    const lk::SynthIdOptions options{.keys = {7, 8, 9}, .ngram = 2, .history = history};
    lk::SynthIdWatermark watermark(options);
    Tokens text;
    std::size_t known = 0;
    for (const lk::Token token : {1, 2, 1, 1, 0, 3, 2, 0, 1}) {
      const Scores slow = reference::synth_id(plain, text, options);
      const Scores got = reference::after(watermark, row);
      CHECK(reference::difference(got, slow, 1e-5L) == "");
      known += got == plain;
      watermark.accept(token), text.push_back(token);
    }
    CHECK((known > 0) == (history > 0));
  }
}

TEMPLATE_TEST_CASE("SynthIdWatermark: over many keys the mean distribution is that before it", "",
                   float, double) {
  const std::vector<TestType> row{2, 1, 0, 1.5};
  const Scores before = reference::probabilities(Scores(row.begin(), row.end()));
  constexpr int kRuns = 1000;
  Scores mean(row.size(), 0);
  for (int run = 0; run < kRuns; ++run) {
    const lk::SynthIdWatermark watermark({.keys = {2 * run, 2 * run + 1}, .table_size = 4096});
    const Scores p = reference::probabilities(reference::after(watermark, row));
    for (std::size_t t = 0; t < p.size(); ++t) mean[t] += p[t] / kRuns;
  }
  for (std::size_t t = 0; t < row.size(); ++t) CHECK(std::fabs(mean[t] - before[t]) < 0.02L);
}

TEMPLATE_TEST_CASE("SynthIdWatermark: banned stays banned, and the result is normalised", "", float,
                   double) {
  const auto row = reference::normal_row<TestType>(500, 4);
  const lk::Chain chain{lk::TopK{20}, lk::SynthIdWatermark{{.keys = {1, 2, 3, 4, 5}}}};
  const Scores marked = reference::after(chain, row);
  CHECK(reference::count_kept(marked) <= 20);
  CHECK(std::fabs(reference::log_sum_exp(marked)) < 1e-5L);
}

TEMPLATE_TEST_CASE("SynthIdWatermark on a list leaves what is not in it out", "", float, double) {
  const Tokens tokens{4, 1};
  const std::vector<TestType> logits{1, 2};
  lk::Workspace workspace;
  lk::Candidates<TestType> set(lk::CandidateList{tokens, logits, 10, 3.0}, workspace);
  lk::SynthIdWatermark{{.keys = {5, 6}}}(set, {});
  CHECK(std::fabs(set.log_sum_exp()) < 1e-5);
}

TEST_CASE("SynthIdWatermark refuses options that are none") {
  reference::refuses([] { lk::SynthIdWatermark{{}}; },
                     "SynthIdOptions: keys must satisfy length >= 1, got 0");
}
