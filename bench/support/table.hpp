// SPDX-License-Identifier: MIT
// The table that a run prints, a line a row as it ends, and what it says in short at the end.
#pragma once

#include <support/measure.hpp>

#include <cstdio>
#include <iostream>
#include <thread>

namespace bench {

/// printf into a string.
template <class... Args>
std::string text(const char* format, Args... args) {
  std::string result(static_cast<std::size_t>(std::snprintf(nullptr, 0, format, args...)), '\0');
  std::snprintf(result.data(), result.size() + 1, format, args...);
  return result;
}

/// Three digits, or all that stand before the point.
inline std::string digits(double number) {
  return text(number < 9.995 ? "%.2f" : number < 99.95 ? "%.1f" : "%.0f", number);
}

/// Blanks up to `width` characters of UTF-8, on the right or, with `left`, on the left.
inline std::string padded(const std::string& word, std::size_t width, bool left = false) {
  const auto length = static_cast<std::size_t>(
      std::count_if(word.begin(), word.end(), [](char c) { return (c & 0xc0) != 0x80; }));
  const std::string blanks(width > length ? width - length : 0, ' ');
  return left ? blanks + word : word + blanks;
}

inline std::string to_string(const Setting& setting) {
  return "logitkit " + setting.version + " with " + setting.instruction_set + ", " +
         setting.compiler + ' ' + setting.flags + ", " + setting.machine;
}

/// Everyone who is a peer of some operation, in the order of the columns.
inline std::vector<std::string> peer_names() {
  std::vector<std::string> names;
  for (const char* name : {"llama.cpp", "std", "eigen"}) {
    const bool there = std::any_of(peers().begin(), peers().end(), [&](const auto& operation) {
      const auto& all = operation.second;
      return std::any_of(all.begin(), all.end(), [&](const Peer& p) { return p.name == name; });
    });
    if (there) names.emplace_back(name);
  }
  return names;
}

class Table : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override {
    std::cout << to_string(this_setting())
              << ".\nµs: a call, the median of short turns. × floor: over reading the row once, in "
                 "the same turns.\ngoal: what × floor should be at most. Peers: their µs, and how "
                 "many times logitkit is faster.\n\n";
    std::string head = line("operation", "distribution", "V", "memory", "µs", "× floor", "goal");
    for (const std::string& name : names_) head += padded(name, kPeer, true);
    std::cout << head << std::endl;
    return true;
  }

  void ReportRuns(const std::vector<BenchmarkReporter::Run>& runs) override {
    if (runs.front().run_type == BenchmarkReporter::Run::RT_Aggregate) return;
    const Result& row = results().back();
    if (row.operation != last_) std::cout << '\n';
    last_ = row.operation;
    const bool sound = row.wrong.empty();
    std::string goal;
    if (row.goal > 0) goal = digits(row.goal) + (row.ratio <= row.goal ? " ✓" : " ✗");
    std::string out =
        line(row.operation, row.distribution, std::to_string(row.vocabulary), row.memory,
             sound ? digits(row.us) : "", sound ? digits(row.ratio) : "", sound ? goal : "");
    if (!sound) out += "  WRONG RESULT: " + row.wrong;
    for (const std::string& name : names_) {
      const auto peer = row.peers.find(name);
      const bool there = peer != row.peers.end();
      out += padded(there ? digits(peer->second) : "", kPeer - 7, true) +
             padded(there ? digits(peer->second / row.us) + "×" : "", 7, true);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    std::cout << out << std::endl;
  }

 private:
  static constexpr std::size_t kPeer = 16;
  static std::string line(const std::string& operation, const std::string& distribution,
                          const std::string& vocabulary, const std::string& memory,
                          const std::string& us, const std::string& ratio,
                          const std::string& goal) {
    return padded(operation, 23) + padded(distribution, 13) + padded(vocabulary, 7, true) + "  " +
           padded(memory, 6) + padded(us, 8, true) + padded(ratio, 9, true) + padded(goal, 8, true);
  }
  std::vector<std::string> names_ = peer_names();
  std::string last_;  // operation
};

/// How many goals were met, and by how much the others were missed.
inline void print_goals(const std::vector<Result>& rows) {
  std::size_t set = 0, met = 0;
  std::string missed;
  for (const Result& row : rows) {
    if (row.goal <= 0 || !row.wrong.empty()) continue;
    ++set;
    if (row.ratio <= row.goal) {
      ++met;
    } else {
      missed += "  " + padded(row.name(), 44) + digits(row.ratio) + ", goal " + digits(row.goal) +
                (row.ratio - row.goal < row.spread * row.ratio ? ", within the noise\n" : "\n");
    }
  }
  if (set == 0) return;
  std::cout << "\nGoals: " << met << " of " << set << " met" << (met < set ? "; not:\n" : ".\n")
            << missed;
}

/// How a batch on as many threads as there are cores goes beside the same in one.
inline void print_threads(const Run& run) {
  const Result* one = run.find("batch_of_draws/llm/32000/hot");
  const Result* all = run.find("batch_on_threads/llm/32000/hot");
  if (one == nullptr || all == nullptr || one->us == 0 || all->us == 0) return;  // or wrong
  std::cout << text("\nA batch of hot rows is %.2f times as fast on %u threads as on one.\n",
                    one->us / all->us, std::thread::hardware_concurrency());
}

/// The time for each logit at every V of an operation, which should be the same.
inline void print_lengths(const std::vector<Result>& rows) {
  std::map<std::string, std::map<std::size_t, double>> times;  // ns a logit
  for (const Result& row : rows) {
    if (row.distribution != "llm" || row.memory != "hot" || !row.wrong.empty()) continue;
    times[row.operation][row.vocabulary] = 1e3 * row.us / double(row.vocabulary * row.rows);
  }
  const char* head = "\nNanoseconds a logit at each V (llm, hot):\n";
  for (const auto& [operation, by_length] : times) {
    if (by_length.size() < 5) continue;
    std::cout << std::exchange(head, "");
    std::cout << "  " << padded(operation, 12);
    for (const auto& [vocabulary, ns] : by_length) {
      std::cout << padded(std::to_string(vocabulary) + ": " + text("%.3f", ns), 16, true);
    }
    std::cout << '\n';
  }
}

}  // namespace bench
