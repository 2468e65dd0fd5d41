// SPDX-License-Identifier: MIT
// How a row of the benchmark is measured: checked once, then in short turns beside the floor.
//
// A turn is a block of floor passes, a block of logitkit's calls and one of each peer's, at least
// 40 us each, over the same buffers, each after one call that is not timed: whoever came before has
// had the caches. A row's ratio is the median of the turns' ratios: what disturbs the machine
// disturbs both. All times are of this thread's work, so that its neighbours' do not count. A peer
// that has had more time than logitkit sits out: it gets few turns if it is slow. A row where
// someone's result is wrong is not measured, and the program ends with 1.
#pragma once

#include <benchmark/benchmark.h>
#include <support/floor.hpp>
#include <support/result.hpp>
#include <support/rows.hpp>

#include <cmath>
#include <ctime>  // clock_gettime
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// One way to do an operation: `run` does it and keeps its result from being optimised away;
/// `right` says whether an obvious slow computation gives the same.
struct Method {
  std::function<void(const Logits&)> run;
  std::function<bool(const Logits&)> right;
};

using Maker = std::function<Method(std::size_t vocabulary)>;

/// The method that computes a result, with what `right(logits, result)` says of it.
template <class Compute, class Right>
Method method(Compute compute, Right right) {
  return {[=](const Logits& logits) {
            auto result = compute(logits);
            benchmark::DoNotOptimize(result);
            benchmark::ClobberMemory();
          },
          [=](const Logits& logits) { return right(logits, compute(logits)); }};
}

/// What a row's ratio to the floor should be at most; 0 where nothing is said. It is for V = 128256
/// and more; at 32000 fixed costs show, and 1.6 times as much will do.
struct Goal {
  double hot = 0;
  double cold = 0;

  [[nodiscard]] double at(Memory memory, std::size_t vocabulary) const {
    if (vocabulary < 32000 || vocabulary > 262144) return 0;
    return (memory == Memory::hot ? hot : cold) * (vocabulary < 128256 ? 1.6 : 1);
  }
};

/// An operation of the library: the name in the table, and how it is done.
struct Operation {
  std::string name;
  Maker make;
  Goal goal{};
  std::size_t rows = 1;  // that one call takes, one after another
  Scalar scalar = Scalar::float32;
};

/// On which rows: every distribution at every vocabulary, in each memory.
struct Where {
  std::vector<Distribution> distributions;
  std::vector<std::size_t> vocabularies{32000, 128256, 262144};
  std::vector<Memory> memories{Memory::hot, Memory::cold};
};

/// Everyone else who can do an operation, by the operation's name.
struct Peer {
  std::string name;
  Maker make;
};
inline std::map<std::string, std::vector<Peer>>& peers() {
  static std::map<std::string, std::vector<Peer>> all;
  return all;
}

/// What a file of rows or peers adds; `main` runs them all, in the order of their names.
class Part {
 public:
  Part(const std::string& name, const std::function<void()>& add) { all().emplace(name, add); }
  static std::map<std::string, std::function<void()>>& all() {
    static std::map<std::string, std::function<void()>> parts;
    return parts;
  }
};

/// The results so far, in the order of the table.
inline std::vector<Result>& results() {
  static std::vector<Result> all;
  return all;
}

namespace detail {

/// What this thread has worked, in seconds: on a busy machine the neighbours' turns do not count.
inline double now() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

inline double quantile(std::vector<double> numbers, double q) {
  const auto place = static_cast<std::ptrdiff_t>(q * double(numbers.size() - 1) + 0.5);
  std::nth_element(numbers.begin(), numbers.begin() + place, numbers.end());
  return numbers[std::size_t(place)];
}

/// A method's blocks of calls.
class Contestant {
 public:
  explicit Contestant(std::function<void(const Logits&)> run) : run_(std::move(run)) {}

  /// Seconds a call in a new block.
  double block(Buffers& buffers) {
    if (calls_ == 0) choose_calls(buffers);
    if (!slow_) run_(buffers.next());
    times_.push_back(seconds_of(calls_, buffers) / double(calls_));
    spent_ += times_.back() * double(calls_);
    return times_.back();
  }
  [[nodiscard]] double spent() const { return spent_; }
  [[nodiscard]] double median() const { return quantile(times_, 0.5); }
  std::size_t calls(Buffers& buffers) {
    if (calls_ == 0) choose_calls(buffers);
    return calls_;
  }

 private:
  double seconds_of(std::size_t calls, Buffers& buffers) {
    const double begin = now();
    for (std::size_t i = 0; i < calls; ++i) run_(buffers.next());
    return now() - begin;
  }
  void choose_calls(Buffers& buffers) {
    constexpr double kBlock = 40e-6, kSlow = 1e-3;
    run_(buffers.next());  // the first call finds cold caches, and memory to allocate
    double seconds = 0;
    for (calls_ = 1; (seconds = seconds_of(calls_, buffers)) < kSlow; calls_ *= 2) {
      if (std::min(seconds, seconds_of(calls_, buffers)) >= kBlock) break;  // no accident
    }
    slow_ = seconds >= kSlow;
  }

  std::function<void(const Logits&)> run_;
  std::size_t calls_ = 0;  // a block; 0: not known yet
  bool slow_ = false;      // so that cold caches do not show
  std::vector<double> times_;
  double spent_ = 0;
};

/// One row of the table while it is measured.
class Measurement {
 public:
  Measurement(Result row, const Operation& operation, Distribution distribution, Memory memory,
              std::optional<std::string>& checked)
      : row_(std::move(row)),
        buffers_(distribution, row_.vocabulary, memory, operation.rows, operation.scalar) {
    row_.goal = rounded(operation.goal.at(memory, row_.vocabulary));
    std::string wrong;
    const auto join = [&](const std::string& name, const Maker& make) {
      Method method = make(row_.vocabulary);
      if (!checked && !method.right(buffers_.next())) wrong += (wrong.empty() ? "" : ", ") + name;
      return Contestant(std::move(method.run));
    };
    subject_.emplace(join("logitkit", operation.make));
    for (const Peer& peer : peers()[operation.name]) {
      others_.emplace_back(peer.name, join(peer.name, peer.make));
    }
    if (!checked) checked = wrong;
    row_.wrong = *checked;
  }

  [[nodiscard]] const Result& row() const { return row_; }
  [[nodiscard]] std::size_t calls() { return subject_->calls(buffers_); }

  /// Everyone's next block; returns the seconds of the subject's.
  double turn() {
    const double floor = floor_.block(buffers_), time = subject_->block(buffers_);
    ratios_.push_back(time / floor);
    for (auto& [name, other] : others_) {
      if (other.spent() <= subject_->spent()) other.block(buffers_);
    }
    return time * double(calls());
  }

  void sum_up() {
    row_.us = microseconds(*subject_);
    row_.floor_us = microseconds(floor_);
    row_.ratio = rounded(quantile(ratios_, 0.5));
    row_.spread = rounded((quantile(ratios_, 0.75) - quantile(ratios_, 0.25)) / row_.ratio);
    for (const auto& [name, other] : others_) row_.peers[name] = microseconds(other);
  }

 private:
  static double rounded(double number) { return std::round(1e4 * number) / 1e4; }
  static double microseconds(const Contestant& who) { return rounded(1e6 * who.median()); }

  Result row_;
  Buffers buffers_;
  Contestant floor_{[](const Logits& logits) {
    if (logits.doubles.empty()) return benchmark::DoNotOptimize(floor_maximum(logits.floats));
    benchmark::DoNotOptimize(floor_maximum(logits.doubles));
  }};
  std::optional<Contestant> subject_;
  std::list<std::pair<std::string, Contestant>> others_;
  std::vector<double> ratios_;
};

}  // namespace detail

/// Registers the rows `name/distribution/V/hot` and `.../cold` of an operation.
inline void add(const Operation& operation, const Where& where) {
  static std::unique_ptr<detail::Measurement> current;  // of the row that runs, and no other
  for (const Distribution distribution : where.distributions) {
    for (const std::size_t vocabulary : where.vocabularies) {
      const auto checked = std::make_shared<std::optional<std::string>>();  // once, hot or cold
      for (const Memory memory : where.memories) {
        const Result row{operation.name, to_string(distribution), vocabulary, to_string(memory),
                         operation.rows};
        const auto run = [=](benchmark::State& state) {  // called until it has taken long enough
          if (!current || current->row().name() != row.name()) {
            current.reset();
            current.reset(new detail::Measurement(row, operation, distribution, memory, *checked));
            results().push_back(current->row());
          }
          if (!current->row().wrong.empty()) return state.SkipWithError("the result is wrong");
          while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(current->calls()))) {
            state.SetIterationTime(current->turn());
          }
          current->sum_up();
          results().back() = current->row();
        };
        benchmark::RegisterBenchmark(row.name().c_str(), run)
            ->UseManualTime()
            ->Unit(benchmark::kMicrosecond);
      }
    }
  }
}

/// The same on rows of other shapes, which may take twice as long as random ones, and at other
/// lengths, in proportion to which the time should grow.
inline void add_shapes_and_lengths(const Operation& operation) {
  using enum Distribution;
  add({operation.name, operation.make, {2 * operation.goal.hot}},
      {{ascending, descending, equal, half_banned}, {128256}, {Memory::hot}});
  add({operation.name, operation.make},
      {{llm}, {1024, 4096, 16384, 65536, 1048576}, {Memory::hot}});
}

}  // namespace bench
