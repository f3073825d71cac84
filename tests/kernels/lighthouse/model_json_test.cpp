#include "kernels/lighthouse/model_json.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "harness/core/units/error.hpp"
#include "kernels/lighthouse/workload_registry.hpp"
#include "tests/support/source_tree.hpp"

namespace perfbench {
namespace {

std::string example() {
  return test::read_file(test::source_root() / "tests/data/synthetic/workload_small_net.json");
}

/// What the reader says of it; empty when it is taken.
std::string complaint(const std::string& text, Bytes memory = gib(8)) {
  WorkloadSources sources;
  sources.machine.memory_available = Reading<Bytes>::of(memory, "a test");
  try {
    (void)json_workload_entry(sources, "net.json", text);
  } catch (const UsageError& error) {
    EXPECT_FALSE(error.remedy().empty());
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    return error.what();
  }
  return {};
}

std::string with_layers(const std::string& layers) {
  return R"({"name":"n","input":{"height":8,"width":8,"channels":4},"layers":[)" + layers + "]}";
}

void expect_complaint(const std::string& layers, const std::string& words) {
  const std::string found = complaint(with_layers(layers));
  EXPECT_NE(found.find(words), std::string::npos) << layers << "\n" << found;
  EXPECT_EQ(found.find("workload file net.json: "), 0U) << found;
}

TEST(ModelJson, TheExampleIsAModelThatVerifies) {
  const WorkloadEntry entry = json_workload_entry(WorkloadSources{}, "net.json", example());
  EXPECT_EQ(entry.name, "small-net");
  const std::unique_ptr<Workload> model = entry.make();
  EXPECT_EQ(model->max_batch(), 4U);
  EXPECT_EQ(model->info().rung, "file");
  // 8x8: 16 of 27, 32 of 16, 32 of 9, 16 of 32; 10 of 16.
  EXPECT_EQ(model->work(1).flops,
            Flops(2 * (64 * (16 * 27 + 32 * 16 + 32 * 9 + 16 * 32) + 10 * 16)));
  model->load();
  const Verification verification = model->verify();
  EXPECT_TRUE(verification.passed) << verification.detail;
}

TEST(ModelJson, LayersMayStandInAnyOrder) {
  EXPECT_EQ(
      complaint(with_layers(R"({"name":"b","type":"activation","input":"a","activation":"relu"},)"
                            R"({"name":"a","type":"dense","input":"input","outputs":3})")),
      "");
}

TEST(ModelJson, RefusesWhatIsNoModel) {
  EXPECT_NE(complaint("").find("net.json"), std::string::npos);
  EXPECT_NE(complaint("{\"name\": \"x\"").find("line 1"), std::string::npos);
  EXPECT_NE(complaint("[]").find("workload file net.json"), std::string::npos);
  EXPECT_NE(complaint(R"({"name":"n","input":{"channels":4},"layers":[]})").find("no layer"),
            std::string::npos);
  EXPECT_NE(complaint(R"({"name":"n","layers":[]})").find("input"), std::string::npos);
  EXPECT_NE(complaint(R"({"name":"n","imput":{},"layers":[]})").find("imput"), std::string::npos);
  EXPECT_NE(complaint(example() + "x").find("line"), std::string::npos);
}

TEST(ModelJson, RefusesWhatWouldSteerATerminal) {
  EXPECT_NE(complaint(R"({"name":"n\u001b[2J","input":{"channels":4},"layers":[]})")
                .find("control characters"),
            std::string::npos);
  const std::string key = complaint(R"({"name":"n","\u001b[2J":1,"layers":[]})");
  EXPECT_NE(key.find("?[2J"), std::string::npos) << key;
}

TEST(ModelJson, RefusesMoreInputsThanALayerTakes) {
  std::string inputs = "\"input\"";
  for (int i = 0; i < 1024; ++i) inputs += ",\"input\"";
  expect_complaint(R"({"name":"a","type":"concat","input":[)" + inputs + "]}",
                   "it has 1025 inputs; a layer takes at most 1024");
}

TEST(ModelJson, RefusesNamesThatLeadNowhereOrInACircle) {
  expect_complaint(R"({"name":"a","type":"dense","input":"b","outputs":4},)"
                   R"({"name":"b","type":"dense","input":"a","outputs":4})",
                   "circle");
  expect_complaint(R"({"name":"a","type":"dense","input":"a","outputs":4})", "circle");
  expect_complaint(R"({"name":"a","type":"dense","input":"z","outputs":4})", "no such layer");
  expect_complaint(R"({"name":"a","type":"dense","outputs":4},{"name":"a","type":"flatten"})",
                   "two layers");
  expect_complaint(R"({"name":"input","type":"dense","outputs":4})", "no layer may have");
  expect_complaint(R"({"name":"a","type":"dents","outputs":4})", "none of dense, conv");
  expect_complaint(R"({"name":"a","type":"dense","outputs":4,"stirde":2})", "stirde");
}

TEST(ModelJson, RefusesShapesThatDoNotMeet) {
  expect_complaint(R"({"name":"a","type":"conv","kernel":3,"stride":2,"outputs":4},)"
                   R"({"name":"s","type":"add","input":["a","input"]})",
                   "its inputs differ: 4 x 4 x 4 and 8 x 8 x 4");
  expect_complaint(R"({"name":"s","type":"add","input":"input"})", "takes 2 inputs, not 1");
  expect_complaint(R"({"name":"s","type":"slice","first":2,"outputs":3})", "not all there");
  expect_complaint(R"({"name":"p","type":"average_pool"},)"
                   R"({"name":"c","type":"concat","input":["p","input"]})",
                   "differ in size");
  expect_complaint(R"({"name":"r","type":"attention","input":["input","input","input"],"heads":3})",
                   "heads must divide");
}

TEST(ModelJson, RefusesSizesThatCannotBe) {
  for (const char* size : {"0", "-3", "1.5", "99999999999", "\"8\"", "1e30"}) {
    EXPECT_NE(complaint(with_layers(R"({"name":"a","type":"dense","outputs":)" + std::string(size) +
                                    "}")),
              "")
        << size;
  }
  expect_complaint(R"({"name":"a","type":"dense","outputs":2000000})", "it must be 1 to 1048576");
  expect_complaint(R"({"name":"a","type":"conv","kernel":0,"outputs":3})", "from 1 to 2147483647");
  expect_complaint(R"({"name":"a","type":"conv","kernel":999,"outputs":3})", "at most 255");
  expect_complaint(R"({"name":"a","type":"dense","outputs":1000000},)"
                   R"({"name":"b","type":"dense","outputs":1000000})",
                   "more than 32 GiB");
}

TEST(ModelJson, RefusesWhatDoesNotFitInMemory) {
  const std::string large = with_layers(R"({"name":"f","type":"flatten"},)"
                                        R"({"name":"a","type":"dense","outputs":1000000})");
  EXPECT_EQ(complaint(large, gib(32)), "");
  const std::string found = complaint(large, gib(1));
  EXPECT_NE(found.find("of memory, and 0.75 GiB may be used (75 % of what is available)"),
            std::string::npos)
      << found;
}

}  // namespace
}  // namespace perfbench
