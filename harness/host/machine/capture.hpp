#pragma once

#include <string>
#include <string_view>

#include "harness/host/machine/machine_snapshot.hpp"

namespace perfbench {

/// The snapshot as one anonymised JSON text, so that a machine can be handed to somebody else and
/// become a test fixture. Host and user names, serials, addresses, UUIDs and the names of control
/// groups are not in it: every path has a rule that says what of its text may stand (see
/// capture_rules.hpp), and text of another form is left out, with the reason in its place. Throws
/// InputError for a path without a rule: what is not known is not handed out.
[[nodiscard]] std::string write_capture(const MachineSnapshot& snapshot);

/// Reads what write_capture() wrote, or a synthetic archive of the same format. The file may come
/// from a stranger: bounded in bytes, entries and expansion. Throws InputError with one sentence.
///
/// Format "perfbench-capture/1": {"format", "origin": "captured|synthetic", "note", "system": {..},
/// "environment": {name: value}, "files": {path: text | [lines] | {"unavailable": reason}},
/// "folders": {path: [names] | {"unavailable": reason}}, "hwloc_xml": [lines]}. A path may hold
/// ranges in braces, "/sys/devices/system/cpu/cpu{0-3,8}/online", and then stands for each; a
/// folder that is not listed holds what "files" has below it.
[[nodiscard]] MachineSnapshot read_capture(std::string_view text);

}  // namespace perfbench
