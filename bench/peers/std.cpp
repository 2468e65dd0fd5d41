// SPDX-License-Identifier: MIT
// The peer `std`: what a person writes by hand with the standard library.
#include <logitkit/random/philox_decider.hpp>
#include <support/measure.hpp>
#include <support/slow.hpp>

#include <functional>

namespace lk = logitkit;
using bench::Logits, bench::Maker, bench::Method, bench::Scores, bench::Token;

namespace {

using Entry = std::pair<float, Token>;
using Entries = std::vector<Entry>;

/// All tokens as entries with something of their logits.
template <class F>
void fill(Entries& entries, std::span<const float> row, const F& f) {
  entries.resize(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) entries[i] = {f(row[i]), Token(i)};
}

void keep_best(Entries& entries, std::size_t k) {
  const auto end = entries.begin() + static_cast<std::ptrdiff_t>(k);
  std::partial_sort(entries.begin(), end, entries.end(), std::greater<>{});
  entries.resize(k);
}

/// Of entries in descending order, as many as hold the mass p.
void keep_mass(Entries& entries, double total, double p) {
  double before = 0;
  std::size_t n = 0;
  for (; n < entries.size() && before < p * total; ++n) before += double(entries[n].first);
  entries.resize(n);
}

double sum(const Entries& entries) {
  double total = 0;
  for (const auto& [weight, token] : entries) total += double(weight);
  return total;
}

float maximum(std::span<const float> row) { return *std::max_element(row.begin(), row.end()); }

std::vector<Token> tokens_of(const Entries& entries) {
  std::vector<Token> tokens;
  for (const auto& [weight, token] : entries) tokens.push_back(token);
  return tokens;
}

/// A method that leaves entries. `slow` leaves the same of a slow row.
template <class F, class S>
Maker keeping(F keep, S slow) {
  return [=](std::size_t) {
    const auto entries = std::make_shared<Entries>();
    return bench::method(
        [=](const Logits& row) {
          keep(row.floats, *entries);
          return entries.get();
        },
        [=](const Logits& row, const Entries* left) {
          return bench::nearly(tokens_of(*left), slow(bench::scores_of(row)), row);
        });
  };
}

/// A draw from the weights that `keep` leaves, in their order, at one uniform after another.
template <class F, class S>
Maker drawing(F keep, S slow) {
  return [=](std::size_t) {
    const auto entries = std::make_shared<Entries>();
    const auto position = std::make_shared<std::size_t>(0);
    return bench::method(
        [=](const Logits& row) {
          keep(row.floats, *entries);
          double left = lk::PhiloxDecider(7)(++*position % 64) * sum(*entries);
          for (const auto& [weight, token] : *entries) {
            if ((left -= double(weight)) < 0) return token;
          }
          return entries->back().second;
        },
        [=](const Logits& row, Token token) {
          const Scores expected = slow(bench::scores_of(row));
          return expected[std::size_t(token)] > reference::kBanned &&
                 bench::nearly(tokens_of(*entries), expected, row);
        });
  };
}

void weights(std::span<const float> row, Entries& entries) {
  const float best = maximum(row);
  fill(entries, row, [=](float logit) { return std::exp(logit - best); });
}

void top_k(std::span<const float> row, Entries& entries, std::size_t k) {
  fill(entries, row, [](float logit) { return logit; });
  keep_best(entries, k);
}

void top_p(std::span<const float> row, Entries& entries) {
  weights(row, entries);
  const double total = sum(entries);
  std::sort(entries.begin(), entries.end(), std::greater<>{});
  keep_mass(entries, total, double(0.95f));
}

void min_p(std::span<const float> row, Entries& entries) {
  const float bound = maximum(row) + std::log(0.05f);
  entries.clear();
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i] >= bound) entries.emplace_back(row[i], Token(i));
  }
}

void temperature_and_exp(Entries& entries, float best) {
  for (auto& [score, token] : entries) score = std::exp((score - best) / 0.8f);
}

void default_chain(std::span<const float> row, Entries& entries) {
  top_k(row, entries, 40);
  temperature_and_exp(entries, entries[0].first);
  keep_mass(entries, sum(entries), double(0.95f));
  while (entries.back().first < 0.05f * entries[0].first) entries.pop_back();
}

void min_p_chain(std::span<const float> row, Entries& entries) {
  min_p(row, entries);
  temperature_and_exp(entries, maximum(row));
}

void all_at_temperature(std::span<const float> row, Entries& entries) {
  const float best = maximum(row);
  fill(entries, row, [=](float logit) { return std::exp((logit - best) / 0.8f); });
}

/// The best token of a row that `edit` has changed in a copy.
template <class F, class S>
Maker best_after(F edit, S slow) {
  return [=](std::size_t vocabulary) {
    const auto copy = std::make_shared<std::vector<float>>();
    return bench::method(
        [=, apply = edit(vocabulary)](const Logits& row) {
          copy->assign(row.floats.begin(), row.floats.end());
          apply(*copy);
          return Token(std::max_element(copy->begin(), copy->end()) - copy->begin());
        },
        [=](const Logits& row, Token token) {
          return token == bench::best(slow(bench::scores_of(row)));
        });
  };
}

auto penalties(std::size_t vocabulary) {
  return [tokens = bench::some_tokens(vocabulary)](std::vector<float>& row) {
    for (const Token token : tokens) {
      float& logit = row[std::size_t(token)];
      logit = (logit > 0 ? logit / 1.3f : logit * 1.3f) - 0.7f - 0.7f;
    }
  };
}

auto mask(std::size_t vocabulary) {
  return [words = bench::some_mask(vocabulary)](std::vector<float>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if ((words[i / 32] >> i % 32 & 1) == 0) row[i] = -std::numeric_limits<float>::infinity();
    }
  };
}

Method greedy(std::size_t) {
  return bench::method(
      [](const Logits& row) {
        return std::max_element(row.floats.begin(), row.floats.end()) - row.floats.begin();
      },
      [](const Logits& row, std::ptrdiff_t token) { return token == bench::best(row); });
}

Method log_probabilities(std::size_t) {
  return bench::method(
      [](const Logits& row) {
        const float best = maximum(row);
        double total = 0;
        for (const float logit : row.floats) total += double(std::exp(logit - best));
        return -std::log(total);
      },
      [](const Logits& row, double log_probability) {
        const Scores slow = reference::log_softmax(bench::scores_of(row));
        return std::abs(log_probability - *std::max_element(slow.begin(), slow.end())) < 1e-5;
      });
}

const bench::Part kPart("std", [] {
  const auto add = [](const std::string& operation, const Maker& make) {
    bench::peers()[operation].push_back({"std", make});
  };
  add("greedy", greedy);
  add("log_probabilities", log_probabilities);
  add("draw", drawing(all_at_temperature, bench::slow_draw));
  add("default_chain", drawing(default_chain, bench::slow_default_chain));
  add("min_p_chain", drawing(min_p_chain, bench::slow_min_p_chain));
  for (const std::size_t k : {1u, 40u, 1000u}) {
    add("top_k_" + std::to_string(k),
        keeping([=](auto row, auto& entries) { top_k(row, entries, k); },
                [=](const Scores& row) { return reference::top_k(row, k); }));
  }
  add("top_p", keeping(top_p, bench::slow_top_p));
  add("min_p", keeping(min_p, bench::slow_min_p));
  add("penalties", best_after(penalties, bench::slow_penalties));
  add("allow_mask", best_after(mask, bench::slow_mask));
});

}  // namespace
