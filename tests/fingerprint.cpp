// SPDX-License-Identifier: MIT
// The fingerprint: one number for 100,000 decisions, the same on every machine.
//
//   fingerprint [baseline | avx2 | avx512 | neon] [flush]
//
// Needs the headers and Eigen alone. Makes seeded rows of many shapes, decides on them greedily, at
// random and by beams, and prints a hash of all tokens on its last line: under the instruction set
// named (exit code 77 if the machine lacks it), with denormals flushed to zero if asked, from one
// thread and from four. Rows are whole numbers over powers of two: no rounding makes them differ.
//
// The known answer is in tests/CMakeLists.txt. It may change when a new major version says so, and
// until 1.0 with a line in the README's versions: whoever stored seeds gets other texts.
#include <logitkit/logitkit.hpp>

#include <array>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace lk = logitkit;

namespace {

constexpr std::size_t kSizes[] = {1, 2, 5, 17, 63, 64, 65, 200, 700, 1024, 1025, 3000};
constexpr std::uint32_t kShapes = 7, kRounds = 24;

/// Decisions as they are made: a hash, and how many.
struct Record {
  std::uint64_t hash = 0xcbf29ce484222325u;
  std::size_t decisions = 0;

  void add(std::uint64_t x) {
    for (int i = 0; i < 8; ++i, x >>= 8) hash = (hash ^ (x & 255)) * 0x100000001b3u;
  }
  void decide(lk::Token token) {
    add(static_cast<std::uint32_t>(token));
    ++decisions;
  }
};

template <class Scalar>
std::vector<Scalar> make_row(std::size_t size, std::uint32_t shape, std::uint32_t round) {
  std::vector<Scalar> row(size);
  for (std::size_t i = 0; i < size; ++i) {
    const auto words = lk::philox4x32({static_cast<std::uint32_t>(i), shape, round, 0}, {2026, 11});
    double x = static_cast<double>(words[0] >> 12) * 0x1p-17 - 4;  // in [-4, 4), exactly
    if (shape == 1) x = static_cast<int>(x);                       // ties
    if (shape == 2) x *= 0.0625;                                   // flat
    if (shape == 3 && words[1] % 2 == 0) x = -std::numeric_limits<double>::infinity();
    if (shape == 4 && words[1] % 97 == 0) x += 12;  // peaked
    if (shape == 5) x *= 16;                        // far apart
    if (shape == 6) x = (x - 2) * 0x1p-128;         // nearly zero: denormal floats
    if constexpr (std::is_same_v<Scalar, double>) {
      row[i] = x;
    } else {
      row[i] = static_cast<Scalar>(lk::math::narrow<float>(x));  // whether or not they are flushed
    }
  }
  row[round % size] = Scalar(shape == 6 ? 0 : 2);  // something is always left
  return row;
}

template <class Scalar>
void decide_on(std::size_t size, std::uint32_t shape, std::uint32_t round, Record& record) {
  const auto row = make_row<Scalar>(size, shape, round);
  const std::vector<lk::Token> prompt{0, static_cast<lk::Token>(size / 2)};
  const auto all = [](auto& candidates, const lk::Context&) {  // a list instead of a row
    candidates.keep_if([](lk::Token, double) { return true; });
  };
  lk::Workspace workspace;
  const auto decide = [&](const auto& chain) {
    const lk::Context context{prompt, 1};
    record.decide(lk::GreedyDecoder{chain}.next(row, context, workspace).token);
    const lk::RandomDecoder random{chain, {.seed = round, .stream = shape}};
    const lk::Token token = random.next(row, context, workspace).token;
    record.decide(token);
    // As a list, and as the second row of a batch, it is the same.
    const lk::Chain as_list{all, chain};
    record.decide(lk::RandomDecoder{as_list, {.seed = round, .stream = shape}}
                      .next(row, context, workspace)
                      .token);
    std::vector<Scalar> rows(row.rbegin(), row.rend());
    rows.insert(rows.end(), row.begin(), row.end());
    const std::vector sessions(2, random.start(prompt, {}));
    const auto picks = lk::next(rows, sessions, workspace);
    record.decide(picks[1].token);
  };
  const auto known = static_cast<lk::Token>(size - 1);
  decide(lk::Chain{});
  decide(lk::Temperature{0.7f});
  decide(lk::Chain{lk::TopK{40}, lk::Temperature{0.8f}, lk::TopP{0.95f}, lk::MinP{0.05f}});
  decide(lk::Chain{lk::TopP{0.9f}});
  decide(lk::Chain{lk::Temperature{1.7f}, lk::TopP{0.5f}, lk::Softmax{}});
  decide(lk::Chain{lk::MinP{0.1f}, lk::Temperature{0.3f}});
  decide(lk::Chain{lk::RepetitionPenalty{1.3f}, lk::FrequencyPenalty{0.5f},
                   lk::PresencePenalty{0.25f}, lk::LogitBias{{{known, 1.5f}}}, lk::TopK{7}});
  decide(lk::Chain{lk::AllowOnly{{0, known}}, lk::Softmax{}, lk::MinNewTokens{1, {5000}}});
  if (size > 1) decide(lk::Chain{lk::Ban{{known}}, lk::TopK{1000}});

  lk::BeamOptions options;
  options.beams = 3;
  auto beams = lk::BeamSearchDecoder{lk::Chain{lk::RepetitionPenalty{1.2f}}, options}.start(
      prompt, {.max_new_tokens = 3, .end_tokens = {0}});
  beams.step(row, workspace);
  while (!beams.done()) {
    std::vector<Scalar> rows;
    for (std::size_t r = 0; r < beams.live(); ++r) {
      const auto next = make_row<Scalar>(size, shape, round + 1 + static_cast<std::uint32_t>(r));
      rows.insert(rows.end(), next.begin(), next.end());
    }
    beams.step(rows, workspace);
  }
  for (const auto& each : beams.results()) {
    for (const lk::Token token : each.tokens) record.decide(token);
  }
}

/// All decisions of one round.
Record decide_round(std::uint32_t round) {
  Record record;
  for (const std::size_t size : kSizes) {
    for (std::uint32_t shape = 0; shape < kShapes; ++shape) {
      decide_on<float>(size, shape, round, record);
      if (round % 4 == 0) decide_on<double>(size, shape, round, record);
      if (round % 4 == 1) decide_on<Eigen::half>(size, shape, round, record);
      if (round % 4 == 2) decide_on<Eigen::bfloat16>(size, shape, round, record);
    }
  }
  return record;
}

Record decide_all(std::size_t threads, bool flush) {
  std::array<Record, kRounds> rounds;
  const auto work = [&](std::size_t first) {
#if defined(__SSE__)
    const unsigned before = _mm_getcsr();
    if (flush) _mm_setcsr(before | 0x8040u);  // flush-to-zero and denormals-are-zero
#else
    static_cast<void>(flush);
#endif
    for (std::size_t r = first; r < kRounds; r += threads) {
      rounds[r] = decide_round(static_cast<std::uint32_t>(r));
    }
#if defined(__SSE__)
    _mm_setcsr(before);
#endif
  };
  std::vector<std::thread> others;
  for (std::size_t t = 1; t < threads; ++t) others.emplace_back(work, t);
  work(0);
  for (auto& other : others) other.join();
  Record all;
  for (const Record& each : rounds) {
    all.add(each.hash);
    all.decisions += each.decisions;
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  using lk::math::InstructionSet;
  bool flush = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "flush") {
      flush = true;
      continue;
    }
    bool forced = false;
    for (const auto set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512,
                           InstructionSet::neon}) {
      if (argument == to_string(set)) forced = lk::math::force_instruction_set(set);
    }
    if (!forced) {
      std::printf("this machine has no %s\n", argv[i]);
      return 77;
    }
  }
  const Record one = decide_all(1, flush), four = decide_all(4, flush);
  std::printf("%zu decisions, %s, denormals %s\n", one.decisions,
              to_string(lk::math::instruction_set()), flush ? "flushed" : "kept");
  if (one.hash != four.hash) {
    std::printf("one thread and four disagree\n");
    return 1;
  }
  std::printf("%016llx\n", static_cast<unsigned long long>(one.hash));
  return 0;
}
