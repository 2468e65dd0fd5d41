// SPDX-License-Identifier: MIT
// The benchmark: every operation beside reading the row once, and beside its peers. See --help, and
// support/measure.hpp for the method.
#include <support/chart.hpp>
#include <support/compare.hpp>

#include <CLI/CLI.hpp>
#include <iostream>

namespace lk = logitkit;

namespace {

struct Options {
  std::string json, chart;
  std::vector<std::string> compared;
  std::string instruction_set = to_string(lk::math::instruction_set());
  std::vector<std::string> for_the_frame;  // what Google Benchmark understands
};

void force_instruction_set(const std::string& name) {
  using Set = lk::math::InstructionSet;
  for (const Set set : {Set::baseline, Set::avx2, Set::avx512, Set::neon}) {
    if (name == to_string(set) && lk::math::force_instruction_set(set)) return;
  }
  throw std::runtime_error("this machine lacks the instruction set " + name);
}

int run(const char* program, const Options& options) {
  force_instruction_set(options.instruction_set);
  std::vector<std::string> arguments{program,
                                     "--benchmark_min_time=0.05"};  // the user's may follow
  arguments.insert(arguments.end(), options.for_the_frame.begin(), options.for_the_frame.end());
  std::vector<char*> pointers;
  for (std::string& each : arguments) pointers.push_back(each.data());
  pointers.push_back(nullptr);
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) return 1;

  for (const auto& [name, add] : bench::Part::all()) add();
  bench::Table table;
  benchmark::RunSpecifiedBenchmarks(&table);
  benchmark::Shutdown();

  const bench::Run run{bench::this_setting(), bench::results()};
  if (run.results.empty()) return 0;  // they were only listed
  bench::print_goals(run.results);
  bench::print_lengths(run.results);
  bench::print_threads(run);
  std::cout << '\n' << bench::markdown(run);
  if (!options.json.empty()) bench::write(options.json, nlohmann::json(run).dump(1) + '\n');
  if (!options.chart.empty()) bench::write(options.chart, bench::chart(run));
  return std::all_of(run.results.begin(), run.results.end(),
                     [](const bench::Result& row) { return row.wrong.empty(); })
             ? 0
             : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("What logitkit's operations cost, as a ratio to reading the row once.");
  app.add_option("--json", options.json, "write what was measured to this file");
  app.add_option("--chart", options.chart, "draw the chart of the README to this file (SVG)");
  app.add_option("--compare", options.compared, "measure nothing: compare two files of --json")
      ->expected(2);
  app.add_option("--instruction-set", options.instruction_set, "measure logitkit with this set")
      ->check(CLI::IsMember({"baseline", "avx2", "avx512", "neon"}));
  app.allow_extras();
  app.footer(
      "\nOf Google Benchmark's options, among others:\n"
      "  --benchmark_filter=top_p/.*/128256/  some rows: operation/distribution/V/memory\n"
      "  --benchmark_min_time=0.2             longer; the default is 0.05 s for each row\n"
      "  --benchmark_list_tests=true          the names of all rows");
  CLI11_PARSE(app, argc, argv);
  options.for_the_frame = app.remaining();
  try {
    if (options.compared.empty()) return run(argv[0], options);
    const bench::Run old_run = bench::read_run(options.compared[0]);
    bench::compare(old_run, bench::read_run(options.compared[1]));
  } catch (const std::exception& error) {
    std::cerr << "bench: " << error.what() << '\n';
    return 1;
  }
}
