// SPDX-License-Identifier: MIT
// How a row of a benchmark is measured: checked once, then in short turns with the floor.
//
// A turn is a block of floor passes, then a block of calls, at least 40 us each, over the same
// buffers, each after one pass that is not timed. `floor_ratio` is the median of the turns' ratios:
// what disturbs the machine disturbs both, and all times but `Time` are of this thread's work, so
// that its neighbours' do not count. `floor_us` is the floor's median; `Time` and `CPU` are one
// call's, in the mean. A row whose result is wrong is skipped with an error, and the program ends
// with 1.
//
//   ./process --benchmark_filter='top_p/.*/128256/'     some rows
//   ./process --benchmark_min_time=0.2                  longer; the default is 0.05 s for each row
#pragma once

#include <benchmark/benchmark.h>
#include <support/floor.hpp>
#include <support/rows.hpp>

#include <ctime>  // clock_gettime
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// What is measured: `run` takes the logits and keeps its result from being optimised away;
/// `right` says whether an obvious slow computation gives the same.
struct Subject {
  std::function<void(std::span<const float>)> run;
  std::function<bool(std::span<const float>)> right;
};

using Maker = std::function<Subject(std::size_t vocabulary)>;

inline bool failed = false;

namespace detail {

/// What this thread has worked, in seconds: on a busy machine the neighbours' turns do not count.
inline double now() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

inline double seconds_of(const std::function<void(std::span<const float>)>& run, Buffers& buffers,
                         std::size_t calls) {
  const double begin = now();
  for (std::size_t i = 0; i < calls; ++i) run(buffers.next());
  return now() - begin;
}

/// How many calls make a block.
inline std::size_t block_of(const std::function<void(std::span<const float>)>& run,
                            Buffers& buffers) {
  constexpr double kBlock = 40e-6;
  std::size_t calls = 1;
  while (seconds_of(run, buffers, calls) < kBlock) calls *= 2;
  return calls;
}

inline double median(std::vector<double>& times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

inline void measure(benchmark::State& state, const Subject& subject, Buffers& buffers) {
  const auto pass = [](std::span<const float> row) {
    benchmark::DoNotOptimize(floor_maximum(row));
  };
  const std::size_t passes = block_of(pass, buffers), calls = block_of(subject.run, buffers);
  std::vector<double> floors, ratios;
  while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(calls))) {
    state.PauseTiming();
    pass(buffers.next());
    floors.push_back(seconds_of(pass, buffers, passes) / double(passes));
    if (calls > 1) subject.run(buffers.next());
    state.ResumeTiming();
    ratios.push_back(seconds_of(subject.run, buffers, calls) / double(calls) / floors.back());
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(buffers.next().size_bytes()));
  state.counters["floor_ratio"] = median(ratios);
  state.counters["floor_us"] = 1e6 * median(floors);
}

}  // namespace detail

/// Registers `name/distribution/V/hot` and `.../cold`, for calls that take `rows` rows at once.
inline void add(const std::string& name, Distribution distribution, std::size_t vocabulary,
                const Maker& make, std::size_t rows = 1) {
  struct Prepared {
    std::string name;
    Buffers buffers;
    Subject subject;
  };
  static std::unique_ptr<Prepared> prepared;  // for the row that runs, and no other

  const auto right = std::make_shared<std::optional<bool>>();  // one check for hot and cold
  for (const Memory memory : {Memory::hot, Memory::cold}) {
    const std::string full = name + '/' + to_string(distribution) + '/' +
                             std::to_string(vocabulary) + '/' + to_string(memory);
    const auto run = [=](benchmark::State& state) {  // called until there are enough iterations
      if (!prepared || prepared->name != full) {
        prepared.reset();
        prepared.reset(
            new Prepared{full, Buffers(distribution, vocabulary, memory, rows), make(vocabulary)});
      }
      if (!*right) *right = prepared->subject.right(prepared->buffers.next());
      if (!**right) {
        failed = true;
        return state.SkipWithError("the result is wrong");
      }
      detail::measure(state, prepared->subject, prepared->buffers);
    };
    benchmark::RegisterBenchmark(full.c_str(), run)->Unit(benchmark::kMicrosecond);
  }
}

/// The same for every vocabulary of kVocabularies and each of some distributions.
inline void add_all(const std::string& name, std::initializer_list<Distribution> distributions,
                    const Maker& make, std::size_t rows = 1) {
  for (const Distribution distribution : distributions) {
    for (const std::size_t vocabulary : kVocabularies) {
      add(name, distribution, vocabulary, make, rows);
    }
  }
}

/// What `main` does once the rows are registered.
inline int run(int argc, char** argv) {
  char min_time[] = "--benchmark_min_time=0.05";  // before the user's own flags, which then count
  std::vector<char*> arguments(argv, argv + argc);
  arguments.insert(arguments.begin() + 1, min_time);
  int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return failed ? 1 : 0;
}

}  // namespace bench
