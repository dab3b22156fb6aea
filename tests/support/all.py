#!/usr/bin/python3
"""Runs every suite of the project and says truthfully what came of it.

    all.py BUILD_FOLDER

Three kinds of suite: executables that ctest knows (cmocka, replays of fuzz corpora, checks of the
tree), run two at a time except those that ctest marks RUN_SERIAL; Python tests under pytest, three
at a time, for most of them wait most of the time; then the Python tests marked `serial`, alone. A
cmocka suite counts by its functions, an executable that speaks no cmocka counts as one. A suite
that crashed, ended with an error though none of its tests failed, or ran out of time counts as one
failure more.

The last line is `N passed, N failed` or `N passed, N failed, N skipped`, alone.
"""
import collections
import concurrent.futures
import glob
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

TESTS = pathlib.Path(__file__).resolve().parent.parent
FULL = bool(os.environ.get("GROUNDSWELL_FULL"))
SUITE_SECONDS = 3600 if FULL else 900
PYTEST_SECONDS = 7200 if FULL else 1500

Outcome = collections.namedtuple("Outcome", "name passed failed skipped seconds text")


def run_bounded(command, env, folder, seconds):
    """Returns (exit code or None after a time-out, output). Ends the whole process group."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, env=env, cwd=folder, stdin=subprocess.DEVNULL,
                                   stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            code = None
        output.seek(0)
        return code, output.read().decode("utf-8", "replace")


def count_junit(paths):
    """Sums up JUnit files: (passed, failed, skipped); a file that is no XML counts as a failure."""
    passed = failed = skipped = 0
    for path in paths:
        try:
            root = ElementTree.parse(path).getroot()
        except ElementTree.ParseError:
            failed += 1
            continue
        for case in root.iter("testcase"):
            kinds = {child.tag for child in case}
            if kinds & {"failure", "error"}:
                failed += 1
            elif "skipped" in kinds:
                skipped += 1
            else:
                passed += 1
    return passed, failed, skipped


def failures_of(paths):
    """What the failed tests of JUnit files say, for people; cmocka says it nowhere else."""
    said = []
    for path in paths:
        try:
            root = ElementTree.parse(path).getroot()
        except ElementTree.ParseError:
            said.append(f"{path}: no XML")
            continue
        for case in root.iter("testcase"):
            for child in case:
                if child.tag in ("failure", "error"):
                    said.append(f"{case.get('name')}: {(child.text or '').strip()}")
    return "\n".join(said)


def judge(name, code, counts, text, began):
    """Adds what the counts do not say: a crash, a time-out, an error after the last test."""
    passed, failed, skipped = counts
    if code is None:
        failed += 1
        text += "\n-- ran out of time --\n"
    elif code < 0:
        failed += 1
        text += f"\n-- ended by signal {-code} --\n"
    elif code != 0 and failed == 0:
        failed += 1
        text += f"\n-- exit code {code}, though no test had failed --\n"
    return Outcome(name, passed, failed, skipped, time.monotonic() - began, text)


def run_executable(test):
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gs") as results:
        env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="XML", CMOCKA_XML_FILE=f"{results}/%g.xml")
        for pair in test["environment"]:
            key, _, value = pair.partition("=")
            env[key] = value
        code, text = run_bounded(test["command"], env, test["folder"], test["seconds"])
        files = glob.glob(f"{results}/*.xml")
        if files:
            counts = count_junit(files)
            text += "\n" + failures_of(files)
        elif code == test["skip_code"]:
            counts, code = (0, 0, 1), 0
        else:
            counts = (1, 0, 0) if code == 0 else (0, 0, 0)
        return judge(test["name"], code, counts, text, began)


def ctest_list(build):
    """What ctest would run, with the properties that matter here."""
    listing = json.loads(subprocess.run(["ctest", "--show-only=json-v1"], cwd=build, check=True,
                                        stdout=subprocess.PIPE).stdout)
    tests = []
    for entry in listing["tests"]:
        if "command" not in entry:
            sys.exit(f"all.py: {entry['name']} was not built")
        of = {p["name"]: p["value"] for p in entry.get("properties", [])}
        if of.get("DISABLED"):
            continue
        tests.append({
            "name": entry["name"],
            "command": entry["command"],
            "folder": of.get("WORKING_DIRECTORY", str(build)),
            "environment": of.get("ENVIRONMENT", []),
            "seconds": SUITE_SECONDS if FULL else float(of.get("TIMEOUT", SUITE_SECONDS)),
            "serial": bool(of.get("RUN_SERIAL")),
            "skip_code": of.get("SKIP_RETURN_CODE", -1),
        })
    return sorted(tests, key=lambda test: test["name"])


def run_pytest(name, arguments):
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gs") as results:
        xml = f"{results}/pytest.xml"
        command = ["/usr/bin/python3", "-m", "pytest", "-q", "--tb=short", f"--junit-xml={xml}",
                   *arguments, str(TESTS)]
        env = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
        code, text = run_bounded(command, env, str(TESTS), PYTEST_SECONDS)
        counts = count_junit([xml]) if os.path.exists(xml) else (0, 0, 0)
        if code == 5:  # pytest's word for: nothing was selected
            code = 0
        return judge(name, code, counts, text, began)


def tell(outcome):
    skipped = f", {outcome.skipped} skipped" if outcome.skipped else ""
    print(f"{outcome.name}: {outcome.passed} ok, {outcome.failed} bad{skipped}"
          f" ({outcome.seconds:.1f} s)", flush=True)
    if outcome.failed:
        print(outcome.text.rstrip()[-20000:], flush=True)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    os.environ.setdefault("GROUNDSWELL_BINARY", str(build / "groundswell"))
    os.environ.setdefault("GROUNDSWELL_BUILD", str(build))
    outcomes = []

    tests = ctest_list(build)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        beside = [pool.submit(run_executable, test) for test in tests if not test["serial"]]
        for done in concurrent.futures.as_completed(beside):
            outcomes.append(done.result())
            tell(outcomes[-1])
    for test in (test for test in tests if test["serial"]):
        outcomes.append(run_executable(test))
        tell(outcomes[-1])
    for name, arguments in (("pytest", ["-m", "not serial", "-n", "3", "--dist=loadfile"]),
                            ("pytest, alone", ["-m", "serial", "-p", "no:xdist"])):
        outcomes.append(run_pytest(name, arguments))
        tell(outcomes[-1])

    passed, failed, skipped = (sum(column) for column in list(zip(*outcomes))[1:4])
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
