"""The program as a person uses it: bad input, one allowed core, full disks, Ctrl-C. Called by ctest with the binary's path.

Every case asserts the exit code, that stderr holds one clear sentence, and, where something was measured, that it was
saved. Nothing here gates on a time; the time-outs only end a program that hangs.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
WITHOUT_PINNING = pathlib.Path(sys.argv.pop(1)).resolve()
SHORT = ["--max-time", "15s"]
# A whole measurement with its report, without the libraries: what is said of output needs no more.
TINY_RUN = ["scenario", "singlestream", "--workload", "null", "--min-duration", "200ms"]
FOUR = ("SingleStream", "MultiStream", "Server", "Offline")
HANGS_AFTER_S = 240


def perfbench(*words, cwd=None, **more):
    return subprocess.run([str(PROGRAM), *words], cwd=cwd, capture_output=True, text=True, timeout=HANGS_AFTER_S,
                          **more)


class InFolder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="perfbench-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def report(self, name="report.json"):
        return json.loads((self.folder / name).read_text())

    def assert_one_sentence(self, result, code, *parts):
        self.assertEqual(result.returncode, code, result.stderr)
        lines = [line for line in result.stderr.splitlines() if line.strip()]
        self.assertLessEqual(len(lines), 2, result.stderr)
        self.assertTrue(lines and lines[0].startswith("perfbench: "), result.stderr)
        for part in parts:
            self.assertIn(part, result.stderr)


class BadInput(InFolder):
    def test_unknown_verb(self):
        self.assert_one_sentence(perfbench("rnu"), 2, "unknown verb 'rnu'", "did you mean 'run'?")

    def test_no_verb(self):
        self.assert_one_sentence(perfbench(), 2, "perfbench run")

    def test_sizes_of_zero_and_beyond_memory(self):
        for flag in ("--gemm-n", "--triad-bytes"):
            with self.subTest(flag=flag, size="0"):
                self.assert_one_sentence(perfbench("run", flag, "0", cwd=self.folder), 2, flag)
        self.assert_one_sentence(perfbench("run", "--triad-bytes", "900T", cwd=self.folder), 2, "--triad-bytes")
        self.assert_one_sentence(perfbench("run", "--gemm-n", "40000000", cwd=self.folder), 2, "--gemm-n")
        self.assertEqual(list(self.folder.iterdir()), [], "nothing was measured, nothing is left")

    def test_threads(self):
        for threads in ("0", "-1", "100000"):
            with self.subTest(threads=threads):
                self.assert_one_sentence(perfbench("run", "--threads=" + threads, cwd=self.folder), 2, "thread")

    def test_max_time_below_the_least_plan(self):
        self.assert_one_sentence(perfbench("run", "--max-time", "1s", cwd=self.folder), 2, "--max-time")

    def test_output_that_cannot_be_written_is_said_before_measuring(self):
        started = time.monotonic()
        self.assert_one_sentence(perfbench("run", "-o", "/proc/report.json"), 2, "/proc")
        self.assert_one_sentence(perfbench("run", "-o", str(self.folder / "no" / "such" / "r.json")), 2, "no/such")
        self.assert_one_sentence(perfbench("run", "-o", str(self.folder)), 2, "director")
        self.assertLess(time.monotonic() - started, HANGS_AFTER_S)

    def test_check_and_render_of_what_is_no_report(self):
        bad = self.folder / "bad.json"
        for content in (b"", b"{", b"[]", b"{}", b'{"schema": "perfbench-report/99"}', b"\x00\xff" * 50, b"[" * 100000):
            bad.write_bytes(content)
            for verb in ("check", "render"):
                with self.subTest(verb=verb, content=content[:20]):
                    self.assert_one_sentence(perfbench(verb, str(bad)), 2)
        self.assert_one_sentence(perfbench("check", str(self.folder / "none.json")), 2, "none.json")

    def test_print_plan_measures_nothing(self):
        result = perfbench("run", "--print-plan", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("seed", result.stdout)
        self.assertEqual(list(self.folder.iterdir()), [])


class Measured(InFolder):
    def test_a_run_on_one_allowed_cpu_shows_one_core(self):
        cpu = min(os.sched_getaffinity(0))
        result = perfbench("run", *SHORT, "--quiet", cwd=self.folder, preexec_fn=lambda: os.sched_setaffinity(0, {cpu}))
        self.assertEqual(result.returncode, 0, result.stderr)
        report = self.report()
        roofs = report["sections"]["roofline"]["roofs"]
        self.assertTrue(roofs)
        self.assertEqual({roof["threads"] for roof in roofs}, {1})
        self.assertEqual(report["partial"], False)
        self.assertEqual(perfbench("check", str(self.folder / "report.json")).returncode, 0)

    def test_an_older_report_is_kept(self):
        old = self.folder / "report.json"
        old.write_text("an older report")
        result = perfbench(*TINY_RUN, "--quiet", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((self.folder / "report.1.json").read_text(), "an older report")
        self.assertIn("sections", self.report())

    def test_json_on_stdout_is_the_document_alone(self):
        result = perfbench(*TINY_RUN, "--json", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(json.loads(result.stdout)["schema"], "perfbench-report/1")

    def test_stdout_closed(self):
        result = subprocess.run(["bash", "-c", f'"{PROGRAM}" {" ".join(TINY_RUN)} >&-'], cwd=self.folder,
                                capture_output=True, text=True, timeout=HANGS_AFTER_S)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("sections", self.report())
        self.assertIn("Standard output is closed", result.stderr)

    def test_stdout_closed_with_json_saves_it_elsewhere(self):
        result = subprocess.run(["bash", "-c", f'"{PROGRAM}" {" ".join(TINY_RUN)} --json >&-'], cwd=self.folder,
                                capture_output=True, text=True, timeout=HANGS_AFTER_S)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("sections", self.report())
        self.assertIn("report.json", result.stderr)

    def test_a_disk_that_is_full_loses_nothing(self):
        disk = self.folder / "disk"
        disk.mkdir()
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(disk)],
                                               capture_output=True).returncode != 0:
            self.skipTest("mounting a small tmpfs needs root")
        self.addCleanup(subprocess.run, ["umount", str(disk)])
        result = perfbench(*TINY_RUN, "-o", str(disk / "report.json"), cwd=self.folder)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("space", result.stderr)
        self.assertIn("sections", self.report(), "saved in the present folder instead")
        self.assertEqual(list(disk.iterdir()), [], "nothing half-written stays behind")

    def test_little_address_space(self):
        result = subprocess.run(["bash", "-c", f'ulimit -v 600000; "{PROGRAM}" run {" ".join(SHORT)}'], cwd=self.folder,
                                capture_output=True, text=True, timeout=HANGS_AFTER_S)
        self.assertIn(result.returncode, (0, 2), result.stderr)
        self.assertNotIn("terminate", result.stderr)
        if result.returncode == 0:
            self.assertIn("sections", self.report())
        else:
            self.assert_one_sentence(result, 2, "memory")

    def test_a_file_size_limit_is_a_sentence_and_leaves_no_temporary_file(self):
        result = subprocess.run(["bash", "-c", f'ulimit -f 1; "{PROGRAM}" {" ".join(TINY_RUN)} -q'], cwd=self.folder,
                                env={**os.environ, "TMPDIR": self.folder}, capture_output=True, text=True, timeout=300)
        self.assert_one_sentence(result, 2, "File too large")
        self.assertEqual(os.listdir(self.folder), [])

    def test_no_permission_to_pin_is_said_and_measured_all_the_same(self):
        result = subprocess.run([str(WITHOUT_PINNING), str(PROGRAM), "roofline", "--only", "compute", "--quick", "--quiet"],
                                cwd=self.folder, capture_output=True, text=True, timeout=HANGS_AFTER_S)
        if result.returncode == 77:
            self.skipTest("this kernel takes no seccomp filter")
        self.assertEqual(result.returncode, 0, result.stderr)
        placements = [roof["placement"] for roof in self.report()["sections"]["roofline"]["roofs"]]
        self.assertTrue(placements)
        for placement in placements:
            self.assertIn("not pinned", placement)


class Scenarios(InFolder):
    def measured(self, *words, code=0):
        """Runs `scenario`, has the report checked, and returns the sections and what was said."""
        result = perfbench("scenario", *words, cwd=self.folder)
        self.assertIn(result.returncode, code if isinstance(code, tuple) else (code,), result.stderr)
        checked = perfbench("check", str(self.folder / "report.json"))
        self.assertEqual(checked.returncode, 0, checked.stdout)
        self.assertTrue((self.folder / "report.html").exists() or "page" in result.stderr)
        return self.report()["sections"], result

    def test_each_of_the_four(self):
        for scenario in FOUR:
            with self.subTest(scenario=scenario):
                sections, result = self.measured(scenario.upper(), "--workload", "spin", "--min-duration", "300ms")
                (measured,) = sections["scenarios"]
                self.assertEqual(measured["scenario"], scenario)
                self.assertEqual(measured["workload"], "spin")
                self.assertFalse(measured["partial"])
                self.assertIn(scenario, result.stdout)

    def test_work_of_a_model(self):
        sections, _ = self.measured("offline", "--workload", "kws", "--min-duration", "500ms")
        (measured,) = sections["scenarios"]
        self.assertTrue(measured["verified"])
        self.assertGreater(measured["samples"], 0)

    def test_a_server_without_a_rate_says_which_it_was_given(self):
        sections, _ = self.measured("server", "--workload", "null", "--min-duration", "200ms", "--min-queries", "10")
        self.assertIn("50 % of the saturation", sections["scenarios"][0]["arrivals"]["target_chosen_by"])

    def test_a_bound_is_a_check(self):
        spin = ["server", "--workload", "spin", "--qps", "2000", "--percentile", "90"]
        _, result = self.measured(*spin, "--min-duration", "1s", "--latency-bound", "1us", "-q", code=1)
        self.assert_one_sentence(result, 1, "P90 misses its bound")
        # Too few queries to tell. A generator that is late on a busy machine changes nothing; a queue that grows does.
        words = ["--min-duration", "5ms", "--min-queries", "10", "--latency-bound", "10s", "-q"]
        _, result = self.measured(*spin, *words, code=(1, 3))
        self.assert_one_sentence(result, result.returncode, "bound" if result.returncode == 3 else "rate")

    def test_slower_than_its_arrivals(self):
        sections, _ = self.measured("server", "--workload", "spin", "--qps", "100000", "--min-duration", "500ms")
        (measured,) = sections["scenarios"]
        self.assertLess(measured["rate_per_s"], 50000)

    def test_fresh_runs_are_kept_apart(self):
        sections, _ = self.measured("singlestream", "--workload", "null", "--min-duration", "100ms", "--runs", "3")
        self.assertEqual(len(sections["scenarios"][0]["runs"]), 3)

    def test_a_sweep_and_a_search(self):
        sections, _ = self.measured("--sweep", "--workload", "spin", "--max-time", "6s")
        self.assertGreater(len(sections["load_sweeps"][0]["points"]), 2)
        # On a busy machine even the lowest rate misses the bound, or no search ends in time: 1 or 3.
        sections, _ = self.measured("--find-peak", "--workload", "spin", "--latency-bound", "5ms", "--max-time", "9s",
                                    code=(0, 1, 3))
        self.assertTrue(sections["peak_rates"][0]["probes"])

    def test_a_trace_is_replayed_and_a_bad_one_refused(self):
        trace = self.folder / "trace.txt"
        trace.write_text("".join(f"{0.001 * i:.4f}\n" for i in range(300)))
        sections, _ = self.measured("server", "--workload", "null", "--trace", str(trace))
        self.assertEqual(sections["scenarios"][0]["queries"], 300)
        for text, part in (("", "no arrival"), ("0\nsoon\n", "line 2"), ("1\n0.5\n", "line 2"), ("0\n-1\n", "line 2")):
            with self.subTest(text=text):
                trace.write_text(text)
                self.assert_one_sentence(perfbench("scenario", "server", "--trace", str(trace), cwd=self.folder), 2, part)
        self.assert_one_sentence(perfbench("scenario", "server", "--trace", "/proc/none"), 2, "none")

    def test_a_pipe_is_refused_and_not_waited_for(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        for words in (["server", "--trace", str(pipe)], ["offline", "--workload-file", str(pipe)]):
            with self.subTest(words=words):
                self.assert_one_sentence(perfbench("scenario", *words, cwd=self.folder), 2, "pipe is no regular file")

    def test_a_workload_of_ones_own(self):
        def model(layers):
            return '{"name": "mine", "input": {"height": 8, "width": 8, "channels": 4}, "layers": [' + layers + "]}"

        file = self.folder / "mine.json"
        file.write_text(model('{"name": "a", "type": "conv", "outputs": 8, "kernel": 3}'))
        words = ["--workload-file", str(file), "--min-duration", "200ms"]
        sections, _ = self.measured("singlestream", *words)
        self.assertEqual(sections["scenarios"][0]["workload"], "mine")
        circle = '{"name": "a", "type": "add", "input": ["b", "input"]}, {"name": "b", "type": "add", "input": ["a", "input"]}'
        wide = '{"name": "a", "type": "conv", "outputs": 2000000, "kernel": 3}, {"name": "b", "type": "dense", "outputs": 2000000}'
        bad = {"malformed": "{", "no model": "[]", "cyclic": model(circle), "too large": model(wide), "empty": ""}
        for name, text in bad.items():
            with self.subTest(name):
                file.write_text(text)
                self.assert_one_sentence(perfbench("scenario", "singlestream", *words, cwd=self.folder), 2, "mine.json")
        self.assert_one_sentence(perfbench("scenario", "offline", "--workload-file", "none.json"), 2, "none.json")

    def test_bad_words(self):
        for words, part in ((["sever"], "did you mean 'server'?"), (["server", "--qps", "0"], "--qps"),
                            (["server", "--qps", "nan"], "--qps"), (["--track", "tiny"], "not there yet"),
                            (["offline", "--workload", "no-such"], "no-such"), ([], "scenario"),
                            (["offline", "--rung", "no-such"], "no-such"),
                            (["server", "--qps", "1e9", "--min-duration", "1h"], "queries")):
            with self.subTest(words=words):
                self.assert_one_sentence(perfbench("scenario", *words, cwd=self.folder), 2, part)
        self.assertEqual(list(self.folder.iterdir()), [], "nothing was measured, nothing is left")

    def test_calibrate(self):
        result = perfbench("calibrate", "--max-time", "12s", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertGreater(self.report()["sections"]["calibration"]["clock_read_ns"], 0)
        self.assertEqual(perfbench("check", str(self.folder / "report.json")).returncode, 0)


class Interrupted(InFolder):
    def steps(self):
        result = perfbench("run", *SHORT, "--print-plan", "--json", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        return len(json.loads(result.stdout)["plan"]["steps"])

    def interrupt(self, step, sig):
        """Starts a run, sends the signal when the step's progress line is there; (code, stderr, whether it was sent)."""
        seen, names = [], []
        with subprocess.Popen([str(PROGRAM), "run", *SHORT], cwd=self.folder, stderr=subprocess.PIPE,
                              stdout=subprocess.DEVNULL, text=True) as child:
            for line in child.stderr:
                seen.append(line)
                match = re.match(r"perfbench: (.*) \(\d+ %", line)
                if match and match.group(1) not in names:
                    names.append(match.group(1))
                    if len(names) == step:
                        child.send_signal(sig)
            return child.wait(timeout=HANGS_AFTER_S), "".join(seen), len(names) >= step

    def test_ctrl_c_in_each_phase_saves_what_was_measured(self):
        steps = self.steps()
        self.assertGreater(steps, 6)
        # Probe, instruments, library, sweep and roofs; those that follow are of the same kinds, and scenarios are below.
        for step in range(1, 7):
            with self.subTest(step=step):
                code, said, sent = self.interrupt(step, signal.SIGINT)
                if not sent:  # On a busy machine the last steps may find the plan's time spent.
                    self.assertGreater(step, 4, said)
                    continue
                self.assertEqual(code, 130, said)
                report = self.report()
                self.assertTrue(report["partial"])
                self.assertEqual(perfbench("check", str(self.folder / "report.json")).returncode, 0)
                self.assertTrue((self.folder / "report.html").exists())
                for path in self.folder.iterdir():
                    path.unlink()

    def test_sigterm(self):
        code, said, _ = self.interrupt(3, signal.SIGTERM)
        self.assertEqual(code, 143, said)
        self.assertTrue(self.report()["partial"])

    def test_ctrl_c_in_each_scenario_saves_what_it_had(self):
        for scenario in FOUR:
            with self.subTest(scenario=scenario):
                words = ["scenario", scenario, "--workload", "spin", "--min-duration", "100s"]
                if scenario == "Server":
                    words += ["--qps", "1000"]
                with subprocess.Popen([str(PROGRAM), *words], cwd=self.folder, stderr=subprocess.PIPE,
                                      stdout=subprocess.DEVNULL, text=True) as child:
                    for line in child.stderr:
                        if line.startswith(f"perfbench: {scenario}, workload"):
                            time.sleep(1.5)
                            child.send_signal(signal.SIGINT)
                    self.assertEqual(child.wait(timeout=HANGS_AFTER_S), 130)
                report = self.report()
                self.assertTrue(report["partial"])
                for result in report["sections"].get("scenarios", []):
                    self.assertTrue(result["partial"])
                self.assertEqual(perfbench("check", str(self.folder / "report.json")).returncode, 0)
                for path in self.folder.iterdir():
                    path.unlink()

    def test_ctrl_c_in_a_track_saves_what_it_had(self):
        words = ["scenario", "--track", "mobile", "--workload", "null", "--rung", "fixed"]
        with subprocess.Popen([str(PROGRAM), *words], cwd=self.folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                              text=True) as child:
            for line in child.stderr:
                if line.startswith("perfbench: the experiment of the track"):
                    time.sleep(3)
                    child.send_signal(signal.SIGINT)
            self.assertEqual(child.wait(timeout=HANGS_AFTER_S), 130)
        report = self.report()
        self.assertTrue(report["partial"])
        self.assertTrue(report["sections"]["tracks"][0]["partial"])
        self.assertEqual(perfbench("check", str(self.folder / "report.json")).returncode, 0)

    def test_no_child_stays_behind_when_the_parent_is_killed(self):
        child = subprocess.Popen([str(PROGRAM), "run", *SHORT], cwd=self.folder, stderr=subprocess.PIPE,
                                 stdout=subprocess.DEVNULL, text=True)
        deadline = time.monotonic() + HANGS_AFTER_S
        grandchild = None
        while grandchild is None and child.poll() is None and time.monotonic() < deadline:
            found = subprocess.run(["pgrep", "-P", str(child.pid)], capture_output=True, text=True).stdout.split()
            grandchild = found[0] if found else None
        child.kill()
        child.wait()
        child.stderr.close()
        if grandchild is None:
            self.skipTest("no child was seen: OpenBLAS is not installed, so no library search ran")
        while time.monotonic() < deadline:
            try:
                state = pathlib.Path(f"/proc/{grandchild}/stat").read_text().rsplit(")", 1)[1].split()[0]
            except (FileNotFoundError, ProcessLookupError):
                return
            if state == "Z":
                return
            time.sleep(0.05)
        self.fail(f"child {grandchild} outlived its killed parent")


if __name__ == "__main__":
    unittest.main(verbosity=2)
