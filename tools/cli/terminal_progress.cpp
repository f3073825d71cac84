#include "tools/cli/terminal_progress.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ostream>

namespace perfbench {
namespace {

constexpr std::chrono::milliseconds kRedraw{
    100};  // Faster than the eye needs, slow enough to cost nothing.
constexpr std::chrono::seconds kPlainLine{10};
constexpr std::size_t kBarWidth = 24;

std::string time_text(double s) {
  const long whole = std::lround(std::max(0.0, s));
  return whole < 60 ? std::to_string(whole) + " s"
                    : std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
}

}  // namespace

TerminalProgress::TerminalProgress(std::ostream& out, Options options)
    : out_(out), options_(std::move(options)), begin_(std::chrono::steady_clock::now()) {
  for (const ProgressStep& step : options_.steps) planned_total_ += step.estimated_s;
}

TerminalProgress::~TerminalProgress() {
  if (options_.terminal && started_) out_ << "\r\033[K" << std::flush;
}

double TerminalProgress::seconds_left(double elapsed_s,
                                      double planned_done_s,
                                      double planned_total_s) {
  const double left = std::max(0.0, planned_total_s - planned_done_s);
  // Until a tenth of the plan is done its own estimate is the better guess.
  if (planned_done_s < 0.1 * planned_total_s || planned_done_s <= 0.0) return left;
  // One step that was much faster or slower than planned does not speak for all that are left.
  return left * std::clamp(elapsed_s / planned_done_s, 0.5, 3.0);
}

double TerminalProgress::planned_done() const {
  double done = 0.0;
  for (std::size_t i = 0; i < present_ && i < options_.steps.size(); ++i)
    done += options_.steps[i].estimated_s;
  if (present_ < options_.steps.size()) done += fraction_ * options_.steps[present_].estimated_s;
  return done;
}

void TerminalProgress::step(std::string_view id, std::string_view what) {
  const auto found = std::find_if(options_.steps.begin(),
                                  options_.steps.end(),
                                  [&](const ProgressStep& step) { return step.id == id; });
  if (found != options_.steps.end())
    present_ = static_cast<std::size_t>(found - options_.steps.begin());
  started_ = true;
  fraction_ = 0.0;
  what_ = std::string(what);
  // It may hold a stranger's bytes: a name out of a file.
  std::replace_if(
      what_.begin(),
      what_.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
      '?');
  draw(true);
}

void TerminalProgress::advance(double fraction) {
  fraction_ = std::clamp(fraction, 0.0, 1.0);
  draw(false);
}

void TerminalProgress::draw(bool now) {
  const auto present = std::chrono::steady_clock::now();
  if (!now &&
      present - drawn_ < (options_.terminal ? Nanoseconds(kRedraw) : Nanoseconds(kPlainLine)))
    return;
  drawn_ = present;
  const double elapsed = seconds(present - begin_);
  const double done = planned_done();
  const double share = planned_total_ > 0.0 ? std::clamp(done / planned_total_, 0.0, 1.0) : 0.0;
  const std::string left = time_text(seconds_left(elapsed, done, planned_total_)) + " left";
  if (!options_.terminal) {
    out_ << "perfbench: " << what_ << " (" << std::lround(share * 100) << " %, " << left << ")\n"
         << std::flush;
    return;
  }
  const auto filled = static_cast<std::size_t>(std::lround(share * static_cast<double>(kBarWidth)));
  std::string line = "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "] " +
                     std::to_string(std::lround(share * 100)) + " %  " + left + "  " + what_;
  if (line.size() >= options_.columns) line.resize(options_.columns > 1 ? options_.columns - 1 : 0);
  out_ << '\r' << line << "\033[K" << std::flush;
}

}  // namespace perfbench
