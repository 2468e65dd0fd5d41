// SPDX-License-Identifier: MIT
// Result: what one row of the benchmark gave, and the JSON file of a run.
#pragma once

#include <benchmark/benchmark.h>
#include <logitkit/math/instruction_set.hpp>
#include <logitkit/version.hpp>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

/// Times are medians of this thread's work, in microseconds a call.
struct Result {
  std::string operation;
  std::string distribution;
  std::size_t vocabulary = 0;
  std::string memory;                     // hot or cold
  std::size_t rows = 1;                   // that one call takes; the floor reads as many
  double us = 0;                          // logitkit's time
  double floor_us = 0;                    // reading the rows once, in the same turns
  double ratio = 0;                       // the median of each turn's time over its floor
  double spread = 0;                      // between the quartiles of the ratios, over their median
  double goal = 0;                        // for the ratio, 0 if there is none
  std::map<std::string, double> peers{};  // their times
  std::string wrong{};  // who gave a wrong result, if someone did: then nothing was measured

  [[nodiscard]] std::string name() const {
    return operation + '/' + distribution + '/' + std::to_string(vocabulary) + '/' + memory;
  }
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Result, operation, distribution, vocabulary, memory, rows, us,
                                   floor_us, ratio, spread, goal, peers, wrong)

/// Where and how a run was made.
struct Setting {
  std::string version;
  std::string machine;
  std::string instruction_set;
  std::string compiler;
  std::string flags;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Setting, version, machine, instruction_set, compiler, flags)

struct Run {
  Setting setting;
  std::vector<Result> results;

  [[nodiscard]] const Result* find(const std::string& name) const {
    for (const Result& each : results) {
      if (each.name() == name) return &each;
    }
    return nullptr;
  }
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Run, setting, results)

inline std::string machine_name() {
  std::string line, name = "unknown processor";
  for (std::ifstream file("/proc/cpuinfo"); std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    name = line.substr(line.find(':') + 2);
    break;
  }
  return name + ", " + std::to_string(benchmark::CPUInfo::Get().num_cpus) + " cores";
}

inline Setting this_setting() {
  const auto dotted = [](int a, int b, int c) {
    return std::to_string(a) + '.' + std::to_string(b) + '.' + std::to_string(c);
  };
#if defined(__clang__)
  const std::string compiler =
      "clang " + dotted(__clang_major__, __clang_minor__, __clang_patchlevel__);
#elif defined(__GNUC__)
  const std::string compiler = "g++ " + dotted(__GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#else
  const std::string compiler = "unknown compiler";
#endif
  return {dotted(LOGITKIT_VERSION_MAJOR, LOGITKIT_VERSION_MINOR, LOGITKIT_VERSION_PATCH),
          machine_name(), to_string(logitkit::math::instruction_set()), compiler,
          LOGITKIT_BENCH_FLAGS};
}

inline void write(const std::string& file, const std::string& text) {
  std::ofstream out(file);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + file);
}

inline Run read_run(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file);
  return nlohmann::json::parse(in).get<Run>();
}

}  // namespace bench
