"""Measures what the README claims of perfbench on the machine at hand, and prints the figures. Judges nothing.

  claims.py PERFBENCH repeat [N]       N quick runs in a row: spread of each roof's best, how often the run called itself quiet
  claims.py PERFBENCH campaigns [N]    the same of N whole rooflines; agreement among the runs that called themselves quiet
  claims.py PERFBENCH hog              roofs with a foreign busy process on one measured core, beside quiet ones in turn
  claims.py PERFBENCH quiet [N]        share of windows called quiet beside what this process read in /proc/stat meanwhile

Figures of time: take ratios within one call, and repeat the call.
"""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())


def run(*words, env=None, verb="run"):
    """One run's document and how long it took in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        subprocess.run([PROGRAM, verb, "--quiet", "-o", folder + "/r.json", *words], check=True, env=env)
        return json.loads(pathlib.Path(folder, "r.json").read_text()), time.monotonic() - started


def rate(entry):
    for key in ("rate_flop_per_s", "rate_byte_per_s", "latency_ns"):
        if key in entry:
            return entry[key]
    return None


def roofs(document):
    """name -> (best, median, contended) of every roof and dot; where the host placed us in several ways, of the better one."""
    section = document["sections"]["roofline"]
    found = {}
    for roof in section["roofs"]:
        if not rate(roof):
            continue
        name = re.sub(r"-e\d+$", "", roof["id"])
        figures = (rate(roof)["best"], rate(roof)["median"], roof["contended"])
        better = min if name.startswith("latency") else max
        found[name] = better(found.get(name, figures), figures)
    for dot in section["dots"]:
        found[f"{dot['kernel']} ({dot['implementation']}) {dot['threads']}t"] = (rate(dot)["best"], rate(dot)["median"], dot.get("contended"))
    return found


@contextlib.contextmanager
def hog(cpu):
    """A foreign busy process, pinned to one CPU."""
    child = subprocess.Popen([sys.executable, "-c", f"import os; os.sched_setaffinity(0, {{{cpu}}})\nwhile True: pass"])
    try:
        time.sleep(0.3)
        yield
    finally:
        child.kill()
        child.wait()


def agreement(documents):
    names = list(roofs(documents[0]))
    print(f"\n{'best of':48s} {'lowest':>12s} {'highest':>12s} {'spread':>8s}   medians' spread")
    for name in names:
        found = [roofs(d)[name] for d in documents if name in roofs(d)]
        bests, medians = [f[0] for f in found], [f[1] for f in found]
        scale = 1 if name.startswith("latency") else 1e9
        print(f"{name:48s} {min(bests) / scale:12.2f} {max(bests) / scale:12.2f} {max(bests) / min(bests) - 1:8.2%}"
              f"   {max(medians) / min(medians) - 1:8.2%}")


def campaigns(times):
    documents = repeat(times, verb="roofline")
    quiet = [d for d in documents if d["quiet"]["verdict"] == "quiet"]
    print(f"\nquiet: {len(quiet)} of {len(documents)}")
    if len(quiet) > 1:
        print("among the quiet ones:")
        agreement(quiet)


def repeat(times, verb="run"):
    documents = []
    for i in range(times):
        document, took = run(verb=verb)
        documents.append(document)
        quiet = document["quiet"]
        print(f"run {i + 1}: {took:.1f} s, quiet verdict: {quiet['verdict']}", flush=True)
        for reason in quiet["reasons"]:
            print("   ", reason.get("text", reason))
    agreement(documents)
    return documents


def with_hog(_):
    cpus = sorted(os.sched_getaffinity(0))
    quiet_before, _ = run()
    with hog(cpus[-1]):
        disturbed, _ = run()
    quiet_after, _ = run()
    print("quiet verdicts:", [d["quiet"]["verdict"] for d in (quiet_before, disturbed, quiet_after)])
    print(f"{'':48s} {'quiet best':>12s} {'hog best':>12s} {'ratio':>7s}  {'hog median/quiet':>16s} contended")
    a, b, c = roofs(quiet_before), roofs(disturbed), roofs(quiet_after)
    for name, (best, median, contended) in b.items():
        if name not in a or name not in c:
            continue
        calm = max(a[name][0], c[name][0])
        calm_median = max(a[name][1], c[name][1])
        print(f"{name:48s} {calm / 1e9:12.2f} {best / 1e9:12.2f} {best / calm:7.3f}  {median / calm_median:16.3f} {contended}")


def busy_ticks(cpus):
    lines = pathlib.Path("/proc/stat").read_text().splitlines()
    fields = {line.split()[0]: list(map(int, line.split()[1:])) for line in lines if line.startswith("cpu")}
    return sum(sum(fields[f"cpu{c}"][i] for i in (0, 1, 2, 5, 6)) for c in cpus), sum(fields[f"cpu{c}"][7] for c in cpus)


def quiet_share(times):
    cpus = sorted(os.sched_getaffinity(0))
    ticks = os.sysconf("SC_CLK_TCK")
    for i in range(times):
        before, steal_before = busy_ticks(cpus)
        own_before = os.times()
        document, took = run()
        after, steal_after = busy_ticks(cpus)
        own = os.times()
        ours = (own.children_user - own_before.children_user) + (own.children_system - own_before.children_system)
        ours += (own.user - own_before.user) + (own.system - own_before.system)
        foreign = (after - before) / ticks - ours
        quiet = document["quiet"]
        windows = {k: v for k, v in quiet.items() if "windows" in k}
        print(f"run {i + 1}: {windows}, verdict {quiet['verdict']}; watched from outside over {took:.0f} s: foreign CPU "
              f"{foreign / took:.4f} cores, steal {(steal_after - steal_before) / ticks / took:.4f} cores", flush=True)


def main():
    what = sys.argv[2] if len(sys.argv) > 2 else ""
    times = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    verbs = {"repeat": repeat, "campaigns": campaigns, "hog": with_hog, "quiet": quiet_share}
    if what not in verbs:
        sys.exit(__doc__)
    verbs[what](times)


if __name__ == "__main__":
    main()
