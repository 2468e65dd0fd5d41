// SPDX-License-Identifier: MIT
// A long run of every decoder: twice the same tokens, and no memory that is not given back.
//
//   soak [tokens]            through each decoder and in each of two runs; by default 5000
//
// Prints for each decoder a hash of all tokens and the most memory that the process has had after a
// tenth and at the end. Fails where the two runs differ, or where blocks of memory are left over.
#include <logitkit/logitkit.hpp>

#include <sys/resource.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <vector>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

std::atomic<long> blocks = 0;  // of memory in use

void* take(std::size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  ++blocks;
  return memory;
}

void give_back(void* memory) {
  if (memory == nullptr) return;
  --blocks;
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return take(size); }
void* operator new[](std::size_t size) { return take(size); }
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete[](void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }
void operator delete[](void* memory, std::size_t) noexcept { give_back(memory); }

namespace {

constexpr std::size_t kVocabulary = 40;

/// A row for every last token; the first ends a text, which is then seldom long.
const std::vector<float>& table() {
  static const std::vector<float> rows = [] {
    std::vector<float> all(kVocabulary * kVocabulary);
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      all[i] = static_cast<float>(lk::philox4x32({i, 0, 0, 0}, {7, 7})[0] >> 24) / 32;
    }
    return all;
  }();
  return rows;
}

std::span<const float> model(std::span<const lk::Token> tokens) {
  const auto last = static_cast<std::size_t>(tokens.back());
  return std::span(table()).subspan(last * kVocabulary, kVocabulary);
}

class Hash {
 public:
  /// Adds a text to it; returns how many tokens that were.
  std::size_t add(const lk::Generation& text) {
    for (const lk::Token token : text.tokens) {
      value_ = (value_ ^ static_cast<std::uint64_t>(token)) * 0x100000001b3u;
    }
    return text.tokens.size();
  }
  std::size_t add(const std::vector<lk::Generation>& texts) {
    std::size_t tokens = 0;
    for (const lk::Generation& text : texts) tokens += add(text);
    return tokens;
  }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325u;
};

long kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/// Texts from prompt after prompt, each by the decoder that `decoder_of` makes of its number, until
/// there are as many tokens; true if no block of memory is left over.
bool run(std::size_t tokens, const auto& decoder_of, Hash& hash, long& early) {
  const lk::Limits limits{.max_new_tokens = 200, .end_tokens = {0}, .stop_sequences = {{1, 2}}};
  long before = 0;
  std::size_t done = 0;
  for (std::uint64_t text = 0; done < tokens; ++text) {
    if (text == 1) before = blocks;  // what is made once has been made
    if (done <= tokens / 10) early = kilobytes();
    const Tokens prompt{static_cast<lk::Token>(1 + text % (kVocabulary - 1)), 3};
    done += std::max<std::size_t>(hash.add(decoder_of(text).decode(model, prompt, limits)), 1);
  }
  return blocks == before;
}

bool soak(const char* name, std::size_t tokens, const auto& decoder_of) {
  Hash first, second;
  long early = 0, late = 0;
  bool flat = run(tokens, decoder_of, first, early);
  flat = run(tokens, decoder_of, second, late) && flat;
  const bool same = first.value() == second.value();
  std::printf("%-12s %016llx, %ld and %ld kB%s%s\n", name,
              static_cast<unsigned long long>(first.value()), early, kilobytes(),
              same ? "" : ", NOT the same again", flat ? "" : ", memory LEFT OVER");
  return same && flat;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t tokens = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 5000;
  const lk::Chain chain{lk::RepetitionPenalty{1.1f, {.last = 32}}, lk::Temperature{0.9f},
                        lk::TopK{20}, lk::TopP{0.95f}};
  const lk::BeamOptions beams{.beams = 4};
  const auto cheap = [](std::span<const lk::Token> text) { return model(text); };
  const lk::ModelDrafter drafter{cheap, lk::Chain{lk::TopK{5}}};

  bool good = true;
  const auto check = [&](const char* name, const auto& decoder_of) {
    good = soak(name, tokens, decoder_of) && good;
  };
  check("greedy", [&](std::uint64_t) { return lk::GreedyDecoder{chain}; });
  check("random", [&](std::uint64_t seed) { return lk::RandomDecoder{chain, {.seed = seed}}; });
  check("best of n",
        [&](std::uint64_t seed) { return lk::BestOfNDecoder{chain, {.n = 4, .seed = seed}}; });
  check("arithmetic",
        [&](std::uint64_t seed) { return lk::ArithmeticDecoder{chain, {.n = 4, .seed = seed}}; });
  check("beams", [&](std::uint64_t) { return lk::BeamSearchDecoder{chain, beams}; });
  check("diverse", [&](std::uint64_t) {
    return lk::BeamSearchDecoder{chain, beams, lk::DiverseBeams{{.groups = 2}}};
  });
  check("phrases", [&](std::uint64_t) {
    return lk::BeamSearchDecoder{chain, beams, lk::RequiredPhrases{{{{5, 9}}, {{7}, {8}}}}};
  });
  check("stochastic", [&](std::uint64_t seed) {
    return lk::BeamSearchDecoder{chain, beams, lk::StochasticBeams{{.seed = seed}}};
  });
  check("sampled", [&](std::uint64_t seed) {
    return lk::BeamSearchDecoder{chain, beams, lk::SampledBeams{{.seed = seed}}};
  });
  check("speculative", [&](std::uint64_t seed) {
    return lk::SpeculativeDecoder{chain, lk::AdaptiveDrafter{drafter}, {.seed = seed}};
  });
  check("coupled", [&](std::uint64_t seed) {
    return lk::SpeculativeDecoder{chain, lk::SuffixDrafter{}, {.seed = seed}, lk::Coupled{}};
  });
  return good ? 0 : 1;
}
