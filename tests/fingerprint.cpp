// SPDX-License-Identifier: MIT
// The fingerprint: one number for 150,000 decisions, the same on every machine.
//
//   fingerprint [baseline | avx2 | avx512 | neon] [flush] [once]
//
// Needs the headers and Eigen alone. Makes seeded rows of many shapes, decides on them greedily, at
// random and by beams, and prints a hash of all tokens on its last line: under the instruction set
// named (exit code 77 if the machine lacks it), with denormals flushed to zero if asked. Rows are
// whole numbers over powers of two: no rounding makes them differ.
//
// Beside the hash it requires the same tokens from 2 to 8 threads, from rows that are lists, and
// from batches in several orders; not so `once`, for programs that were not optimised.
//
// The known answer is in tests/CMakeLists.txt. It may change when a new major version says so, and
// until 1.0 with a line in the README's versions: whoever stored seeds gets other texts.
#include <logitkit/logitkit.hpp>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace lk = logitkit;

namespace {

constexpr std::size_t kSizes[] = {1, 2, 5, 17, 63, 64, 65, 200, 700, 1024, 1025, 3000};
constexpr std::uint32_t kShapes = 7, kRounds = 24;

using Tokens = std::vector<lk::Token>;

// How the processor treats denormals: a word, and the bits in it that flush them to zero.
#if defined(__SSE2__)
constexpr std::uint64_t kFlush = 0x8040;  // flush-to-zero and denormals-are-zero
std::uint64_t control() { return _mm_getcsr(); }
void set_control(std::uint64_t x) { _mm_setcsr(static_cast<unsigned>(x)); }
#elif defined(__aarch64__)
constexpr std::uint64_t kFlush = 1u << 24;
std::uint64_t control() {
  std::uint64_t x;
  __asm__ volatile("mrs %0, fpcr" : "=r"(x));
  return x;
}
void set_control(std::uint64_t x) { __asm__ volatile("msr fpcr, %0" ::"r"(x)); }
#else
constexpr std::uint64_t kFlush = 0;
std::uint64_t control() { return 0; }
void set_control(std::uint64_t) {}
#endif

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

/// Tokens that had to be the same and were not.
std::atomic<int> broken = 0;
void require_same(lk::Token a, lk::Token b, const char* what) {
  if (a != b && broken++ < 10) std::printf("%s: token %d, not %d\n", what, b, a);
}

/// What is decided on one row alone; rows of the three kinds that are scored in float share it.
template <class S, class Chain>
void decide_alone(lk::Row<S> row, const Chain& chain, const lk::Context& context,
                  const lk::RandomOptions& options, lk::Workspace& workspace, Tokens& tokens) {
  const auto all = [](auto& candidates, const lk::Context&) {  // a list instead of a row
    candidates.keep_if([](lk::Token, double) { return true; });
  };
  tokens.push_back(lk::GreedyDecoder{chain}.next(row, context, workspace).token);
  tokens.push_back(lk::RandomDecoder{chain, options}.next(row, context, workspace).token);
  const lk::RandomDecoder as_list{lk::Chain{all, chain}, options};
  tokens.push_back(as_list.next(row, context, workspace).token);
  require_same(tokens.end()[-2], tokens.back(), "a row as a list");
}

template <class Scalar>
void decide_on(std::size_t size, std::uint32_t shape, std::uint32_t round, lk::Workspace& workspace,
               Tokens& tokens) {
  const auto row = make_row<Scalar>(size, shape, round);
  const Tokens prompt{0, static_cast<lk::Token>(size / 2)};
  const lk::RandomOptions random{.seed = round, .stream = shape};
  const auto decide = [&](const auto& chain) {
    decide_alone(lk::as_row(row), chain, {prompt, 1}, random, workspace, tokens);
    // As the second row of a batch, with all of the prompt as the prompt.
    std::vector<Scalar> rows(row.rbegin(), row.rend());
    rows.insert(rows.end(), row.begin(), row.end());
    const std::vector sessions(2, lk::RandomDecoder{chain, random}.start(prompt, {}));
    tokens.push_back(lk::next(rows, sessions, workspace)[1].token);
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
    tokens.insert(tokens.end(), each.tokens.begin(), each.tokens.end());
  }
}

/// A part of the work, and what came out of it.
struct Unit {
  std::size_t size;
  std::uint32_t round;
  Tokens tokens;

  void decide(lk::Workspace& workspace) {
    tokens.clear();
    for (std::uint32_t shape = 0; shape < kShapes; ++shape) {
      decide_on<float>(size, shape, round, workspace, tokens);
      if (round % 4 == 0) decide_on<double>(size, shape, round, workspace, tokens);
      if (round % 4 == 1) decide_on<Eigen::half>(size, shape, round, workspace, tokens);
      if (round % 4 == 2) decide_on<Eigen::bfloat16>(size, shape, round, workspace, tokens);
    }
  }
};

/// All units, by as many threads; each takes the next that is left, with a workspace of its own.
void decide_all(std::vector<Unit>& units, std::size_t threads, bool flush) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    const std::uint64_t before = control();
    if (flush) set_control(before | kFlush);
    lk::Workspace workspace;
    for (std::size_t i = next++; i < units.size(); i = next++) units[i].decide(workspace);
    set_control(before);
  };
  std::vector<std::thread> others;
  for (std::size_t t = 1; t < threads; ++t) others.emplace_back(work);
  work();
  for (auto& other : others) other.join();
}

/// Each round's tokens become a hash, and the hashes one.
std::uint64_t hash_of(const std::vector<Unit>& units) {
  struct Hash {  // FNV-1a
    std::uint64_t value = 0xcbf29ce484222325u;
    void add(std::uint64_t x) {
      for (int i = 0; i < 8; ++i, x >>= 8) value = (value ^ (x & 255)) * 0x100000001b3u;
    }
  } all;
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    Hash hash;
    for (const Unit& unit : units) {
      if (unit.round != round) continue;
      for (const lk::Token token : unit.tokens) hash.add(static_cast<std::uint32_t>(token));
    }
    all.add(hash.value);
  }
  return all.value;
}

/// For each number of threads, another round.
void compare_threads(const std::vector<Unit>& units, bool flush) {
  for (std::uint32_t threads = 2; threads <= 8; ++threads) {
    std::vector<Unit> again;
    for (const std::size_t size : kSizes) again.push_back({size, threads, {}});
    decide_all(again, threads, flush);
    const std::size_t first = threads * std::size(kSizes);
    for (std::size_t i = 0; i < again.size(); ++i) {
      if (again[i].tokens == units[first + i].tokens || broken++ >= 10) continue;
      std::printf("%u threads, rows of %zu: not the tokens of one thread\n", threads, kSizes[i]);
    }
  }
}

/// Batches of as many requests as there are shapes, in several orders, against each request alone.
void compare_batches() {
  const lk::Chain chain{lk::RepetitionPenalty{1.3f}, lk::Temperature{0.9f}, lk::TopP{0.9f}};
  lk::Workspace workspace, another;
  for (const std::size_t size : kSizes) {
    const auto start = [&](std::uint32_t r) {
      return lk::RandomDecoder{chain, {.seed = r % 3, .stream = r}}.start(Tokens(r + 1, 0), {});
    };
    const auto row = [&](std::uint32_t r) { return make_row<float>(size, r, 5); };
    for (const std::uint32_t step : {1u, kShapes - 1, 3u}) {  // in order, backwards, shuffled
      std::vector<float> rows;
      std::vector<decltype(start(0))> sessions;
      for (std::uint32_t i = 1; i <= kShapes; ++i) {
        sessions.push_back(start(i * step % kShapes));
        const auto next = row(i * step % kShapes);
        rows.insert(rows.end(), next.begin(), next.end());
      }
      const auto picks = lk::next(rows, sessions, workspace);
      for (std::uint32_t i = 1; i <= kShapes; ++i) {
        const std::uint32_t r = i * step % kShapes;
        require_same(start(r).next(row(r), another).token, picks[i - 1].token, "a row in a batch");
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  using lk::math::InstructionSet;
  bool flush = false, once = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "flush" || argument == "once") {
      (argument == "flush" ? flush : once) = true;
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
  std::vector<Unit> units;
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    for (const std::size_t size : kSizes) units.push_back({size, round, {}});
  }
  decide_all(units, 1, flush);
  if (!once) {
    compare_threads(units, flush);
    compare_batches();
  }
  std::size_t decisions = 0;
  for (const Unit& unit : units) decisions += unit.tokens.size();
  std::printf("%zu decisions, %s, denormals %s\n", decisions,
              to_string(lk::math::instruction_set()), flush ? "flushed" : "kept");
  if (broken != 0) return 1;
  std::printf("%016llx\n", static_cast<unsigned long long>(hash_of(units)));
  return 0;
}
