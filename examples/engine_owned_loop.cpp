// SPDX-License-Identifier: MIT
// Continuous batching: requests come and go, the engine owns the loop, each gets its own tokens.
#include <logitkit/logitkit.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace lk = logitkit;

struct Request {
  std::size_t arrives;  // at this step of the engine
  std::vector<lk::Token> prompt;
  lk::Limits limits;
  float temperature;
  int top_k;
  std::uint64_t seed;

  // What one request wants; all share a type, so that their sessions can share a batch.
  auto decoder() const {
    return lk::RandomDecoder{lk::Chain{lk::Temperature{temperature}, lk::TopK{top_k}},
                             {.seed = seed}};
  }
};
using Session = decltype(std::declval<Request>().decoder())::Session;

// Stands for the forward pass of one row: writes the scores of what may follow `tokens`. After
// token 13 it fails, as request 1 will see.
constexpr std::size_t kVocabulary = 50;
std::span<float> forward(std::span<const lk::Token> tokens, std::span<float> row) {
  const auto last = float(tokens.back()), length = float(tokens.size());
  for (std::size_t i = 0; i < kVocabulary; ++i) row[i] = 3 * std::sin(last + length * float(i));
  if (tokens.back() == 13) row[0] = std::numeric_limits<float>::quiet_NaN();
  return row;
}

struct Result {
  std::vector<lk::Token> tokens;
  lk::Status status;
};

int main() {
  const std::vector<Request> requests{
      {0, {1, 2, 3}, {.max_new_tokens = 6}, 0.7f, 10, 1},
      {0, {4}, {.max_new_tokens = 9, .end_tokens = {0}}, 1.0f, 40, 2},
      {2, {5, 6}, {.max_new_tokens = 3}, 1.3f, 5, 3},
      {5, {7, 8, 9, 10}, {.max_new_tokens = 4}, 0.2f, 50, 4},
  };
  std::vector<Result> results(requests.size());
  std::size_t finished = 0;

  // What runs now: whose it is, its session, its logits. One workspace a thread.
  std::vector<std::size_t> owners;
  std::vector<Session> sessions;
  std::vector<float> rows;  // one buffer, [sessions x vocabulary]
  lk::Workspace workspace;

  for (std::size_t step = 0; finished < requests.size(); ++step) {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      if (requests[i].arrives != step) continue;
      sessions.push_back(requests[i].decoder().start(requests[i].prompt, requests[i].limits));
      owners.push_back(i);
    }
    std::cout << "step " << step << ": " << sessions.size() << " rows\n";

    rows.resize(sessions.size() * kVocabulary);
    for (std::size_t r = 0; r < sessions.size(); ++r) {
      forward(sessions[r].tokens(), std::span(rows).subspan(r * kVocabulary, kVocabulary));
    }
    const std::span<const lk::Pick> picks = lk::next(rows, sessions, workspace);

    for (std::size_t r = sessions.size(); r-- > 0;) {  // from the end, because some leave
      const lk::Pick& pick = picks[r];
      // A bad row has no token: it ends its own request, which keeps what it has, and no other.
      if (pick.status == lk::Status::ok && sessions[r].accept(pick.token) == lk::StopReason::none) {
        continue;
      }
      const auto generated = sessions[r].generated();
      results[owners[r]] = {{generated.begin(), generated.end()}, pick.status};
      ++finished;
      sessions.erase(sessions.begin() + std::ptrdiff_t(r));
      owners.erase(owners.begin() + std::ptrdiff_t(r));
    }
  }

  // Company changed nothing: alone, each request gets the same tokens.
  std::vector<float> row(kVocabulary);
  const auto model = [&](std::span<const lk::Token> tokens) { return forward(tokens, row); };
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto alone = requests[i].decoder().decode(model, requests[i].prompt, requests[i].limits);
    const bool same = results[i].tokens == alone.tokens && results[i].status == alone.status;
    std::cout << "request " << i << ':';
    for (const lk::Token token : results[i].tokens) std::cout << ' ' << token;
    if (results[i].status != lk::Status::ok) std::cout << ' ' << to_string(results[i].status);
    std::cout << (same ? "  (as alone)\n" : "  (NOT as alone)\n");
  }
}
// > step 0: 2 rows
// > step 1: 2 rows
// > step 2: 3 rows
// > step 3: 3 rows
// > step 4: 3 rows
// > step 5: 3 rows
// > step 6: 2 rows
// > step 7: 1 rows
// > step 8: 1 rows
// > request 0: 6 35 16 6 20 48  (as alone)
// > request 1: 11 49 28 3 5 13 not_a_number  (as alone)
// > request 2: 26 15 17  (as alone)
// > request 3: 20 29 9 7  (as alone)
