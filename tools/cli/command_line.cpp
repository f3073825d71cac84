#include "tools/cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <memory>
#include <vector>

#include "harness/core/units/error.hpp"
#include "tools/cli/build_info.hpp"
#include "tools/cli/serving_options.hpp"
#include "tools/cli/suggestion.hpp"
#include "tools/cli/values.hpp"

namespace perfbench {
namespace {

// Raw words of the flags, before they become typed values.
struct RawRun {
  std::string preset = "quick";
  std::string max_time;
  std::string triad_bytes;
  std::string threads;
  std::string seed;
  std::string gemm_n;
  std::string label;
  std::vector<std::string> only;
  bool quick = false;
};

struct Parser {
  CLI::App app{
      "perfbench measures what this computer really delivers, and says how far to trust the "
      "figure."};
  CLI::App* run = nullptr;
  CLI::App* roofline = nullptr;
  CLI::App* scenario = nullptr;
  CLI::App* calibrate = nullptr;
  CLI::App* probe = nullptr;
  CLI::App* check = nullptr;
  CLI::App* render = nullptr;
  CommonOptions common;
  std::string colour = "auto";
  RawRun raw;
  RawServing serving;
  RunCommand run_command;
  ProbeCommand probe_command;
  CheckCommand check_command;
  RenderCommand render_command;
  std::string capture;
  std::string probe_output;
  std::string render_output;
  bool version = false;
};

void add_common(CLI::App& verb, Parser& p, bool with_json) {
  if (with_json)
    verb.add_flag("--json", p.common.json, "Print the report document on stdout instead of text");
  verb.add_flag("-q,--quiet", p.common.quiet, "No progress and no summary; errors are still said");
  verb.add_option(
          "--color", p.colour, "Colour of the text: auto, always, never (NO_COLOR is heeded)")
      ->capture_default_str();
}

// What everything that measures has in common.
void add_measuring(CLI::App& verb, Parser& p) {
  verb.add_option(
          "-o,--output", p.run_command.output, "Report file; the page goes beside it; - is stdout")
      ->capture_default_str();
  verb.add_option("--threads",
                  p.raw.threads,
                  "Threads to measure with (default: one a physical core, within quota)");
  verb.add_option("--max-time", p.raw.max_time, "Shrink the plan to this time: 30s, 8m, 1h30m");
  verb.add_option("--seed", p.raw.seed, "Seed of every random choice");
  verb.add_option(
      "--label", p.raw.label, "Name written into the report (reports are anonymous without one)");
  verb.add_flag("--refresh",
                p.run_command.plan.refresh_library_search,
                "Search the fitting BLAS kernels again, whatever is remembered");
  verb.add_flag("--print-plan",
                p.run_command.print_plan,
                "Say what would run and how long it takes, and stop");
  add_common(verb, p, true);
}

// Of what has a roofline.
void add_sizes(CLI::App& verb, Parser& p) {
  verb.add_option("--gemm-n", p.raw.gemm_n, "Rows and columns of the sgemm under the roofs");
  verb.add_option(
      "--triad-bytes", p.raw.triad_bytes, "Bytes of the three triad arrays together: 512M, 2G");
}

void add_run(Parser& p) {
  p.run = p.app.add_subcommand(
      "run", "Measure this machine: roofs, GEMM, scenarios -> report.json, report.html");
  CLI::App& verb = *p.run;
  verb.add_option("--preset", p.raw.preset, "quick (about 80 s), standard, strict (MLPerf lengths)")
      ->capture_default_str();
  add_sizes(verb, p);
  add_measuring(verb, p);
  verb.footer(
      "Examples:\n"
      "  perfbench run                                 measure, save report.json and report.html\n"
      "  perfbench run --preset standard --label lab-7\n"
      "  perfbench run --max-time 30s --json > r.json\n"
      "Ctrl-C saves what was measured so far and marks the report partial.");
}

void add_roofline(Parser& p) {
  p.roofline = p.app.add_subcommand(
      "roofline",
      "Measure every roof: compute, each memory level, latency, each placement, and GEMM and GEMV "
      "under them");
  CLI::App& verb = *p.roofline;
  verb.add_flag("--quick", p.raw.quick, "The main roofs, in 15 s instead of 60 s");
  verb.add_option("--only", p.raw.only, "Roofs of these kinds alone: compute, memory, latency")
      ->delimiter(',')
      ->expected(1, 3);
  add_sizes(verb, p);
  add_measuring(verb, p);
  verb.footer(
      "Examples:\n"
      "  perfbench roofline                       every roof, within a minute -> report.json, "
      "report.html\n"
      "  perfbench roofline --quick --only memory\n"
      "  perfbench roofline --threads 1 --json > r.json\n"
      "Ctrl-C saves what was measured so far and marks the report partial.");
}

void add_scenario(Parser& p) {
  p.scenario = p.app.add_subcommand(
      "scenario",
      "Run one MLPerf scenario, search the highest rate, sweep the load, or run a track's "
      "experiment");
  CLI::App& verb = *p.scenario;
  add_serving_flags(verb, p.serving);
  add_measuring(verb, p);
  verb.footer(
      "Examples:\n"
      "  perfbench scenario server --workload mobilenet --latency-bound 10ms --qps 200\n"
      "  perfbench scenario singlestream --workload kws --runs 5\n"
      "  perfbench scenario multistream --frame-period 33ms --samples-per-query 4\n"
      "  perfbench scenario --find-peak --latency-bound 20ms --max-batch 8\n"
      "  perfbench scenario --track edge\n"
      "Exit code 1 when --latency-bound is missed, 3 when that cannot be told.");
}

void add_calibrate(Parser& p) {
  p.calibrate = p.app.add_subcommand(
      "calibrate",
      "Hold the harness itself against known truths: schedule slip, its own cost, queues with a "
      "closed form");
  add_wait_flag(*p.calibrate, p.serving);
  add_measuring(*p.calibrate, p);
  p.calibrate->footer("Example:\n  perfbench calibrate -o calibration.json");
}

void add_others(Parser& p) {
  p.probe = p.app.add_subcommand("probe", "Show this machine and whether it is fit to measure on");
  p.probe->add_option("--capture",
                      p.capture,
                      "Save an anonymised snapshot of what was read, for a test or a bug report");
  p.probe->add_option("-o,--output", p.probe_output, "Also save the report document to this file");
  add_common(*p.probe, p, true);
  p.probe->footer("Example:\n  perfbench probe --capture machine.json");

  p.check = p.app.add_subcommand(
      "check", "Recompute every figure and verdict of a saved report from its data");
  p.check->add_option("report", p.check_command.report, "Report file")->required();
  add_common(*p.check, p, false);
  p.check->footer(
      "Example:\n  perfbench check report.json\nExit code 1 when a figure does not follow from the "
      "data.");

  p.render = p.app.add_subcommand("render", "Write the page of a saved report");
  p.render->add_option("report", p.render_command.report, "Report file")->required();
  p.render->add_option("-o,--output",
                       p.render_output,
                       "Page file (default: the report's name with .html); - is stdout");
  add_common(*p.render, p, false);
  p.render->footer("Example:\n  perfbench render report.json");
}

std::unique_ptr<Parser> make_parser() {
  auto p = std::make_unique<Parser>();
  p->app.name("perfbench");
  p->app.require_subcommand(0, 1);
  p->app.add_flag("--version", p->version, "Version, compiler and revision of this build");
  p->app.footer(
      "Example:\n  perfbench run          measure this machine, save report.json and report.html\n"
      "Exit codes: 0 measured and saved, 1 a check failed, 2 usage or input, 3 inconclusive "
      "check,\n"
      "4 internal fault, 130/143 interrupted with a partial report saved.");
  add_run(*p);
  add_roofline(*p);
  add_scenario(*p);
  add_calibrate(*p);
  add_others(*p);
  return p;
}

template <class T>
T whole_number(const std::string& text, const char* flag) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw UsageError(std::string(flag) + " takes a whole number, not '" + text + "'.");
  }
  return value;
}

ColourChoice colour_choice(const std::string& word) {
  if (word == "auto") return ColourChoice::kAuto;
  if (word == "always") return ColourChoice::kAlways;
  if (word == "never") return ColourChoice::kNever;
  throw UsageError("--color takes auto, always or never, not '" + word + "'.");
}

std::vector<RoofKind> roof_kinds(const std::vector<std::string>& words) {
  std::vector<RoofKind> kinds;
  for (const std::string& word : words) {
    if (word == "compute") {
      kinds.push_back(RoofKind::kCompute);
    } else if (word == "memory") {
      kinds.push_back(RoofKind::kBandwidth);
    } else if (word == "latency") {
      kinds.push_back(RoofKind::kLatency);
    } else {
      throw UsageError("--only takes compute, memory or latency, not '" + word + "'.");
    }
  }
  return kinds;
}

// Not every verb has the flag.
bool given(const CLI::App& verb, const std::string& flag) {
  const CLI::Option* option = verb.get_option_no_throw(flag);
  return option != nullptr && option->count() > 0;
}

// The options that `run` and its parts share; `verb` is the one that was typed.
RunCommand typed_measuring(Parser& p, const CLI::App& verb) {
  RunCommand command = p.run_command;
  const RawRun& raw = p.raw;
  if (verb.count("--threads") > 0)
    command.plan.threads = whole_number<std::int64_t>(raw.threads, "--threads");
  if (verb.count("--seed") > 0) command.plan.seed = whole_number<std::uint64_t>(raw.seed, "--seed");
  if (given(verb, "--gemm-n"))
    command.plan.gemm_n = whole_number<std::uint64_t>(raw.gemm_n, "--gemm-n");
  if (verb.count("--label") > 0) command.plan.label = raw.label;
  if (verb.count("--max-time") > 0) {
    command.plan.max_time = parse_duration(raw.max_time);
    if (!command.plan.max_time) {
      throw UsageError("--max-time takes a positive time such as 30s, 8m or 1h30m, not '" +
                       raw.max_time + "'.");
    }
  }
  if (given(verb, "--triad-bytes")) {
    command.plan.triad_bytes = parse_bytes(raw.triad_bytes);
    if (!command.plan.triad_bytes) {
      throw UsageError("--triad-bytes takes bytes such as 512M or 2G, not '" + raw.triad_bytes +
                       "'.");
    }
  }
  return command;
}

RunCommand typed_run(Parser& p) {
  RunCommand command = typed_measuring(p, *p.run);
  command.plan.preset = preset_from_name(p.raw.preset);
  return command;
}

RunCommand typed_roofline(Parser& p) {
  RunCommand command = typed_measuring(p, *p.roofline);
  command.roofline_verb = true;
  command.plan.scenarios = false;
  command.plan.roofline = p.raw.quick ? RooflineDepth::kQuick : RooflineDepth::kFull;
  command.plan.only = roof_kinds(p.raw.only);
  return command;
}

RunCommand typed_scenario(Parser& p) {
  RunCommand command = typed_measuring(p, *p.scenario);
  command.plan.scenarios = false;
  command.plan.roofline = RooflineDepth::kNone;
  command.plan.serving = typed_serving(p.serving, command.plan.seed);
  command.list_workloads = p.serving.list_workloads;
  command.trace = p.serving.trace;
  command.workload_file = p.serving.workload_file;
  return command;
}

RunCommand typed_calibrate(Parser& p) {
  RunCommand command = typed_measuring(p, *p.calibrate);
  command.plan.scenarios = false;
  command.plan.roofline = RooflineDepth::kNone;
  ServingRequest request;
  request.calibrate = true;
  request.needs_library = false;
  request.needs_roofs = false;
  request.scenario.emplace();
  request.scenario->wait = wait_policy(p.serving.wait);
  command.plan.serving = std::move(request);
  return command;
}

std::optional<RunCommand> typed_measurement(Parser& p) {
  if (p.run->parsed()) return typed_run(p);
  if (p.roofline->parsed()) return typed_roofline(p);
  if (p.scenario->parsed()) return typed_scenario(p);
  if (p.calibrate->parsed()) return typed_calibrate(p);
  return std::nullopt;
}

// The word that CLI11 could not place, with the nearest one that it knows.
UsageError unknown_word(Parser& p, const std::string& word) {
  std::vector<std::string> known;
  const CLI::App* verb = nullptr;
  for (const CLI::App* sub : p.app.get_subcommands()) verb = sub;
  if (word.rfind('-', 0) == 0) {
    for (const CLI::Option* option : (verb == nullptr ? &p.app : verb)->get_options()) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
  } else if (verb == nullptr) {
    for (const CLI::App* sub : p.app.get_subcommands([](const CLI::App*) { return true; })) {
      known.push_back(sub->get_name());
    }
  }
  const bool flag = word.rfind('-', 0) == 0;
  const std::string flag_word = word.substr(0, word.find('='));
  const auto near = closest_word(flag ? flag_word : word, known);
  const std::string program = verb == nullptr ? "perfbench" : "perfbench " + verb->get_name();
  const std::string what =
      flag              ? "unknown flag '" + flag_word + "'"
      : verb == nullptr ? "unknown verb '" + word + "'"
                        : "'" + word + "' is one argument too many for '" + verb->get_name() + "'";
  return UsageError(what + (near ? "; did you mean '" + *near + "'?" : "."),
                    "See " + program + " --help.");
}

std::string version_text() {
  const ToolInfo info = build_info();
  return "perfbench " + info.version + " (" + info.git_revision + ", " + info.compiler + ")\n";
}

}  // namespace

Command parse_command_line(std::span<const std::string> words) {
  refuse_empty_values(words);
  const auto parser = make_parser();
  Parser& p = *parser;
  // CLI11 takes its words from the back.
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  try {
    p.app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    const auto verbs = p.app.get_subcommands();
    return ShowText{verbs.empty() ? p.app.help()
                                  : verbs.front()->help("", CLI::AppFormatMode::Normal)};
  } catch (const CLI::ExtrasError&) {
    for (CLI::App* app : std::vector<CLI::App*>{
             &p.app, p.run, p.roofline, p.scenario, p.calibrate, p.probe, p.check, p.render}) {
      const auto extras = app->remaining();
      if (!extras.empty()) throw unknown_word(p, extras.front());
    }
    throw UsageError("The command line was not understood.", "See perfbench --help.");
  } catch (const CLI::ParseError& error) {
    std::string sentence = error.what();
    std::replace(sentence.begin(), sentence.end(), '\n', ' ');
    throw UsageError(sentence, "See perfbench --help.");
  }
  if (p.version) return ShowText{version_text()};
  p.common.colour = colour_choice(p.colour);
  if (std::optional<RunCommand> command = typed_measurement(p)) {
    command->common = p.common;
    return *command;
  }
  if (p.probe->parsed()) {
    p.probe_command.common = p.common;
    if (p.probe->count("--capture") > 0) p.probe_command.capture = p.capture;
    if (p.probe->count("--output") > 0) p.probe_command.output = p.probe_output;
    return p.probe_command;
  }
  if (p.check->parsed()) {
    p.check_command.common = p.common;
    return p.check_command;
  }
  if (p.render->parsed()) {
    p.render_command.common = p.common;
    if (p.render->count("--output") > 0) p.render_command.output = p.render_output;
    return p.render_command;
  }
  throw UsageError("No verb was given.", "Start with: perfbench run (or see perfbench --help).");
}

}  // namespace perfbench
