// SPDX-License-Identifier: MIT
// What the README shows of a run: a chart (SVG) and a table (Markdown) of the rows that most people
// ask for, hot rows of 128256 logits. The same results give the same file.
#pragma once

#include <support/table.hpp>

#include <cmath>
#include <set>

namespace bench {

/// A row of the benchmark, and what it is called where there is room to say it.
struct Headline {
  const char* row;
  const char* what;
};
inline constexpr Headline kHeadlines[] = {
    {"greedy/llm", "greedy"},
    {"default_chain/llm", "top-k 40, temperature, top-p, min-p, draw"},
    {"min_p_chain/llm", "min-p 0.05, temperature, draw"},
    {"draw/llm", "temperature, draw from all"},
    {"log_probabilities/llm", "greedy with its log-probability"},
    {"penalties/llm", "three penalties on 64 tokens, greedy"},
    {"allow_mask/llm", "allow-mask of half the tokens, greedy"},
    {"top_k_1/llm", "top-k 1"},
    {"top_k_40/llm", "top-k 40"},
    {"top_k_1000/llm", "top-k 1000"},
    {"min_p/llm", "min-p 0.05"},
    {"top_p/llm", "top-p 0.95, 5 tokens hold it"},
    {"top_p/gauss", "top-p 0.95, a third of all hold it"},
    {"top_p/flat", "top-p 0.95, nearly all hold it"},
};

inline const Result* find_headline(const Run& run, const Headline& headline) {
  const Result* row = run.find(std::string(headline.row) + "/128256/hot");
  return row != nullptr && row->wrong.empty() ? row : nullptr;
}

/// The headlines as a table in Markdown; nothing if none was measured.
inline std::string markdown(const Run& run) {
  const std::vector<std::string> names = peer_names();
  std::string head = "| V = 128256, hot | µs | × floor |", rule = "|---|---:|---:|", lines;
  for (const std::string& name : names) head += ' ' + name + " |", rule += "---:|";
  for (const Headline& headline : kHeadlines) {
    const Result* row = find_headline(run, headline);
    if (row == nullptr) continue;
    lines += std::string("| ") + headline.what + " | " + digits(row->us) + " | " +
             digits(row->ratio) + " |";
    for (const std::string& name : names) {
      const auto peer = row->peers.find(name);
      lines += peer == row->peers.end() ? " |" : ' ' + digits(peer->second) + " |";
    }
    lines += '\n';
  }
  return lines.empty() ? "" : head + '\n' + rule + '\n' + lines;
}

namespace detail {

// --- A few words of SVG, and where things stand ---

constexpr double kLeft = 292, kTop = 92, kStep = 27, kDecade = 128, kWidth = 800;

/// Where a time over the floor stands; a little left of 1 is free for what would be below it.
inline double x_of(double ratio) { return kLeft + kDecade * (0.15 + std::log10(ratio)); }

inline std::string label(double x, double y, const char* kind, const std::string& words) {
  return text("<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, kind) + words + "</text>\n";
}
inline std::string rule(double x1, double y1, double x2, double y2, const char* kind) {
  return text("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x1, y1, x2,
              y2, kind);
}

/// Whose mark: each has its colour and its shape, for those who do not see colours.
inline std::string mark(double x, double y, const std::string& whose) {
  if (whose == "logitkit") {
    return text("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"6\" class=\"logitkit\"/>\n", x, y);
  }
  if (whose == "llama.cpp") {
    return text("<rect x=\"%.1f\" y=\"%.1f\" width=\"10\" height=\"10\" class=\"llama\"/>\n", x - 5,
                y - 5);
  }
  const char* path = whose == "std" ? "0,-6 6,0 0,6 -6,0" : "0,-6 6,5 -6,5";
  return text("<polygon points=\"%s\" transform=\"translate(%.1f,%.1f)\" class=\"%s\"/>\n", path, x,
              y, whose == "std" ? "std" : "eigen");
}

constexpr const char* kStyle = R"(<style>
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
.title { font-size: 15px; font-weight: 600; }
.note, .tick { fill: #59636e; font-size: 12px; }
.tick { text-anchor: middle; }
.what { text-anchor: end; }
.value { fill: #0969da; font-size: 12px; font-weight: 600; }
.grid { stroke: #d1d9e0; }
.fine { stroke: #eff2f5; }
.floor { stroke: #59636e; stroke-width: 1.5; }
.span { stroke: #afb8c1; }
.logitkit { fill: #0969da; }
.llama { fill: #d1571c; }
.std { fill: #8250df; }
.eigen { fill: #1a7f37; }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc; }
.note, .tick { fill: #9198a1; }
.value { fill: #58a6ff; }
.grid { stroke: #3d444d; }
.fine { stroke: #21262d; }
.floor { stroke: #9198a1; }
.span { stroke: #656c76; }
.logitkit { fill: #58a6ff; }
.llama { fill: #f0883e; }
.std { fill: #bc8cff; }
.eigen { fill: #3fb950; }
}
</style>
)";

}  // namespace detail

/// The headlines as a chart: a line an operation, a mark for each who can do it, and how long it
/// takes over reading the row once, on a logarithmic axis.
inline std::string chart(const Run& run) {
  using namespace detail;
  std::string lines;
  std::set<std::string> names{"logitkit"};
  double y = kTop;
  for (const Headline& headline : kHeadlines) {
    const Result* row = find_headline(run, headline);
    if (row == nullptr) continue;
    lines += label(kLeft - 8, y + 4.5, "what", headline.what);
    std::string marks;
    double first = row->ratio, last = row->ratio;
    for (const auto& [name, us] : row->peers) {
      const double ratio = us / row->us * row->ratio;
      marks += mark(x_of(ratio), y, name);
      first = std::min(first, ratio), last = std::max(last, ratio);
      names.insert(name);
    }
    if (last > first) lines += rule(x_of(first), y, x_of(last), y, "span");
    lines += marks + mark(x_of(row->ratio), y, "logitkit");
    lines += label(x_of(row->ratio) + 9, y - 3, "value", digits(row->ratio));
    y += kStep;
  }

  std::string axis;
  const double top = kTop - 18, bottom = y - kStep + 18;
  for (double decade = 1; decade <= 1000; decade *= 10) {
    for (int step = 1; step <= 9; ++step) {
      const double x = x_of(step * decade);
      if (x > kWidth - 8) break;
      axis += rule(x, top, x, bottom, step > 1 ? "fine" : decade > 1 ? "grid" : "floor");
      if (step == 1) axis += label(x, bottom + 16, "tick", text("%.0f", decade));
    }
  }
  const double middle = (x_of(1) + kWidth) / 2;
  axis += label(middle, bottom + 34, "tick", "time over reading the row once: 1 is the floor");

  std::string legend;
  double x = kLeft + 12;
  for (const char* name : {"logitkit", "llama.cpp", "std", "eigen"}) {
    if (!names.contains(name)) continue;
    legend += mark(x, 52, name) + label(x + 11, 56.5, "name", name);
    x += 45 + 8 * double(std::string_view(name).size());
  }
  const double height = bottom + 46;
  return text(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" "
             "height=\"%.0f\" role=\"img\">\n",
             kWidth, height, kWidth, height) +
         "<title>Time of each operation over reading the row once</title>\n" + kStyle +
         label(12, 24, "title", "One row of 128256 logits, one core: less is better") +
         label(12, 56.5, "note", run.setting.instruction_set + ", " + run.setting.compiler) +
         legend + axis + lines + "</svg>\n";
}

}  // namespace bench
