// SPDX-License-Identifier: MIT
// The token rule against Hugging Face transformers: see README.md for source and selection.
#include "golden/cases.hpp"

#include <logitkit/decode/token_rule.hpp>

namespace lk = logitkit;
using golden::json;

namespace {

lk::Probabilities softmax(const json& logits) {
  std::vector<double> row;
  for (const json& logit : logits) row.push_back(golden::number(logit));
  lk::Workspace workspace;
  lk::Candidates candidates(row, workspace);
  lk::Probabilities p;
  p.assign(candidates);
  return p;
}

/// w p + (1 - w) q: their lossy ensemble of both models.
lk::Probabilities blend(double w, const lk::Probabilities& p, const lk::Probabilities& q,
                        std::size_t vocabulary) {
  std::vector<lk::Token> tokens;
  std::vector<double> values;
  for (lk::Token t = 0; t < static_cast<lk::Token>(vocabulary); ++t) {
    tokens.push_back(t);
    values.push_back(w * p[t] + (1 - w) * q[t]);
  }
  lk::Probabilities blended;
  blended.assign(tokens, values);
  return blended;
}

}  // namespace

TEST_CASE("every golden of speculative sampling agrees", "[golden]") {
  const json cases = golden::file("speculative.json");
  CHECK(cases.size() == 18);
  for (const json& c : cases) {
    const auto tokens = c["tokens"].get<golden::Tokens>();
    std::vector<lk::Probabilities> p, q;
    for (const json& row : c["target"]) p.push_back(softmax(row));
    for (const json& row : c["draft"]) q.push_back(softmax(row));
    for (std::size_t i = 0; i < q.size() && c.contains("weight"); ++i) {
      p[i] = blend(c["weight"], p[i], q[i], c["draft"][0].size());
    }
    const auto verdict = [&](double u) {
      return lk::TokenRule{}([&](std::size_t i) -> const lk::Probabilities& { return p[i]; },
                             lk::Draft{tokens, q},
                             [&](std::size_t i) { return c["uniforms"][i].get<double>(); },
                             [&](std::size_t) { return u; });
    };
    CHECK(verdict(0.5).accepted == c["accepted"].get<std::size_t>());
    // The distribution of the next token, by the quantiles between which each is drawn.
    double before = 0;
    for (std::size_t t = 0; t < c["next"].size(); ++t) {
      const double after = before + c["next"][t].get<double>();
      if (after - before > 1e-5) {
        CHECK(verdict(before + 1e-6).next == static_cast<lk::Token>(t));
        CHECK(verdict(after - 1e-6).next == static_cast<lk::Token>(t));
      }
      before = after;
    }
    CHECK(before == Catch::Approx(1).margin(1e-6));
  }
}
