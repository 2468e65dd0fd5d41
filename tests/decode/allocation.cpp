// SPDX-License-Identifier: MIT
// Nothing is allocated after the first step, and a session is small.
#include <logitkit/decode/batch.hpp>
#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/process/min_p.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_p.hpp>

#include "support/catch.hpp"
#include "support/models.hpp"

#include <cstdlib>
#include <new>

namespace {
std::size_t allocations = 0;
std::size_t allocated = 0;

void* count(std::size_t size) {
  ++allocations;
  allocated += size;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t size) { return count(size); }
void* operator new[](std::size_t size) { return count(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace lk = logitkit;

namespace {

constexpr std::size_t kVocabulary = 128256;
const std::vector<lk::Token> kPrompt{3, 1, 4, 1, 5, 9, 2, 6};

const lk::Chain kChain{lk::RepetitionPenalty{1.1f}, lk::TopK{40}, lk::Temperature{0.8f},
                       lk::TopP{0.95f}, lk::MinP{0.05f}};

template <class Scalar>
std::vector<std::vector<Scalar>> some_rows() {
  std::vector<std::vector<Scalar>> rows(4, std::vector<Scalar>(kVocabulary));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    test::write_logits(i, kVocabulary, rows[i].data());
  }
  for (std::size_t v = 0; v < kVocabulary; ++v) rows[1][v] = Scalar(1.0f);  // all equal
  for (std::size_t v = 0; v < kVocabulary; ++v) rows[2][v] = Scalar(float(v) / 1e5f);
  return rows;
}

template <class Scalar, class Decoder>
void check_no_allocation(const Decoder& decoder, std::size_t first_row) {
  const auto rows = some_rows<Scalar>();
  const lk::Limits limits{.max_new_tokens = 5000, .stop_sequences = {{7, 7, 7}}};
  auto session = decoder.start(kPrompt, limits);
  lk::Workspace workspace;
  static_cast<void>(session.accept(session.next(rows[first_row], workspace).token));
  std::size_t in_next = 0, in_accept = 0;
  for (std::size_t i = 0; i < 24; ++i) {
    std::size_t before = allocations;
    const lk::Pick pick = session.next(rows[i % rows.size()], workspace);
    in_next += allocations - before;
    before = allocations;
    session.accept(pick.token);
    in_accept += allocations - before;
    REQUIRE(pick.status == lk::Status::ok);
  }
  CHECK(in_next == 0);
  CHECK(in_accept <= 10);  // history and the penalty's table, by doubling
}

}  // namespace

TEST_CASE("after its first call next allocates nothing, whatever the row and its scalar") {
  const lk::GreedyDecoder greedy{kChain};
  const lk::RandomDecoder random{kChain, {.seed = 1}};
  for (const std::size_t first_row : {0u, 1u}) {
    check_no_allocation<float>(greedy, first_row);
    check_no_allocation<float>(random, first_row);
    check_no_allocation<double>(random, first_row);
    check_no_allocation<Eigen::bfloat16>(random, first_row);
  }
}

TEST_CASE("nor with a chain that does not narrow, with both log-probabilities and alternatives") {
  const lk::RandomDecoder random{
      lk::Chain{lk::RepetitionPenalty{1.1f}, lk::TopP{0.99f}},
      {.seed = 1, .report = {.model = true, .choice = true, .alternatives = 20}}};
  check_no_allocation<float>(random, 0);
  check_no_allocation<float>(lk::RandomDecoder{}, 0);
}

TEST_CASE("a batch step allocates nothing after the first, and a smaller row nothing at all") {
  const auto rows = some_rows<float>();
  std::vector<float> batch;
  for (const auto& row : rows) batch.insert(batch.end(), row.begin(), row.end());
  const std::vector sessions(4, lk::RandomDecoder{kChain, {.seed = 1}}.start(kPrompt, {}));
  std::vector<lk::Workspace> workspaces(1);
  static_cast<void>(lk::next(batch, sessions, workspaces));
  const std::size_t before = allocations;
  for (int i = 0; i < 3; ++i) static_cast<void>(lk::next(batch, sessions, workspaces));
  const std::vector<std::size_t> lengths{1000, 64, 63, 1};
  const std::size_t own = allocations - before;
  for (const std::size_t length : lengths) {
    static_cast<void>(sessions[0].next(std::span(batch).first(length), workspaces[0]));
  }
  CHECK(allocations - before == own);
  CHECK(own == 1);  // the vector of lengths
}

TEST_CASE("a session takes at most 4 KB and its tokens; copying costs no more") {
  const lk::RandomDecoder random{kChain, {.seed = 1}};
  const lk::Limits limits{.end_tokens = {2, 3}, .stop_sequences = {{7, 7, 7}}};
  std::size_t before = allocated;
  auto session = random.start(kPrompt, limits);
  for (lk::Token token = 10; token < 110; ++token) session.accept(token);
  before = allocated;
  const auto copy = session;
  const std::size_t bytes = sizeof copy + allocated - before;
  INFO(bytes << " bytes, of which " << sizeof copy << " in place");
  CHECK(bytes <= 4096 + copy.tokens().size() * sizeof(lk::Token));
}

TEST_CASE("reserving: a session whose length is known does not grow its history by doubling") {
  auto session = lk::GreedyDecoder{}.start(kPrompt, {.max_new_tokens = 200});
  const std::size_t before = allocations;
  for (lk::Token token = 10; token < 110; ++token) session.accept(token);
  CHECK(allocations - before <= 8);
}
