#include "kernels/lighthouse/model/model_check.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>

#include "kernels/lighthouse/model/model_reference.hpp"
#include "kernels/lighthouse/model/model_workload.hpp"

namespace perfbench {
namespace {

constexpr std::size_t kPlaces = 6;

/// The first, the last and some in between.
std::vector<std::size_t> places(std::size_t count, ValueStream& stream) {
  std::vector<std::size_t> chosen{0};
  if (count > 1) chosen.push_back(count - 1);
  while (chosen.size() < std::min(count, kPlaces))
    chosen.push_back(static_cast<std::size_t>(stream.next() % count));
  return chosen;
}

std::string difference(const std::string& what, double found, double wanted, double bound) {
  std::ostringstream text;
  text.precision(9);
  text << what << " is " << found << ", and " << wanted << " +- " << bound << " was to come";
  return text.str();
}

Verification check_layer(const SharedModel& model,
                         const ModelRunner& runner,
                         std::size_t index,
                         std::size_t slot,
                         std::size_t sample,
                         ValueStream& stream) {
  const ModelPlan& plan = model.plan();
  const LayerPlan& layer = plan.layers[index];
  std::vector<const float*> inputs;
  for (const int input : layer.inputs)
    inputs.push_back(runner.output_of(input) + slot * plan.shape_of(input).elements());
  const std::vector<std::size_t> rows = places(layer.out.rows(), stream);
  const auto width = static_cast<std::size_t>(layer.out.channels);
  const std::vector<std::size_t> channels = places(width, stream);
  const ModelReference reference(plan, model.weights());
  const std::vector<ReferenceValue> values =
      reference.layer<float>(index, sample, inputs, rows, channels);
  const float* y = runner.output_of(static_cast<int>(index)) + slot * layer.out.elements();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t row = rows[i / channels.size()];
    const std::size_t channel = channels[i % channels.size()];
    const double found = static_cast<double>(y[row * width + channel]);
    const double bound = error_bound(layer, values[i]);
    if (std::abs(found - values[i].value) <= bound) continue;  // NaN is not.
    return {false,
            difference("layer " + layer.spec.name + ", row " + std::to_string(row) + ", channel " +
                           std::to_string(channel),
                       found,
                       values[i].value,
                       bound)};
  }
  return {true, {}};
}

}  // namespace

Verification check_layers(const SharedModel& model, ModelRunner& runner) {
  const ModelPlan& plan = model.plan();
  std::vector<SampleIndex> samples(runner.group());
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = i % plan.spec.samples;
  ValueStream stream(plan.layers.size());
  runner.begin(samples);
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    runner.run_layer(i);
    for (const std::size_t slot : {std::size_t{0}, samples.size() - 1}) {
      Verification layer = check_layer(model, runner, i, slot, samples[slot], stream);
      if (!layer.passed) return layer;
    }
  }
  return {true, "all " + std::to_string(plan.layers.size()) + " layers hold from their own input"};
}

Verification check_whole(const SharedModel& model, ModelRunner& runner) {
  const ModelPlan& plan = model.plan();
  std::vector<float> output(plan.output_elements);
  const SampleIndex first[] = {0};
  runner.run(first, output.data());
  const std::vector<double> expected = ModelReference(plan, model.weights()).model(0);
  double largest = 0.0;
  for (const double value : expected) largest = std::max(largest, std::abs(value));
  const double bound = kAnswerTolerance * largest;
  double worst = 0.0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double error = std::abs(static_cast<double>(output[i]) - expected[i]);
    worst = std::max(worst, error);
    if (error <= bound) continue;
    return {false,
            difference(
                "output " + std::to_string(i), static_cast<double>(output[i]), expected[i], bound)};
  }
  std::ostringstream text;
  text.precision(2);
  text << "the whole model" << (plan.spec.rung.empty() ? "" : " at " + plan.spec.rung)
       << " agrees with fp64 within " << worst / std::max(largest, 1e-30)
       << " of its largest output";
  return {true, text.str()};
}

}  // namespace perfbench
