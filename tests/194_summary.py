"""The sum that ./test ends with is truthful: what crashed, hung or failed late counts as failed."""
import importlib.util
import pathlib
import sys

SUPPORT = pathlib.Path(__file__).parent / "support" / "all.py"
SPEC = importlib.util.spec_from_file_location("suites", SUPPORT)
suites = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(suites)

CMOCKA = """<?xml version="1.0" encoding="UTF-8" ?>
<testsuites><testsuite name="t" time="0" tests="3" failures="1" errors="0" skipped="1" >
<testcase name="a" time="0"></testcase>
<testcase name="b" time="0"><failure><![CDATA[no]]></failure></testcase>
<testcase name="c" time="0"><skipped/></testcase>
</testsuite></testsuites>"""


def run(script, seconds=20, skip_code=-1):
    outcome = suites.run_executable({"name": "x", "command": [sys.executable, "-c", script],
                                     "folder": "/", "environment": [], "seconds": seconds,
                                     "skip_code": skip_code})
    return outcome.passed, outcome.failed, outcome.skipped


def writes(xml, ending=""):
    return f"import os; open(" \
           f"os.environ['CMOCKA_XML_FILE'].replace('%g', 'g'), 'w').write({xml!r}); {ending}"


def test_functions_are_counted_one_by_one():
    assert run(writes(CMOCKA, "raise SystemExit(1)")) == (1, 1, 1)


def test_a_suite_that_fails_after_its_last_test_has_failed():
    good = CMOCKA.replace("<failure><![CDATA[no]]></failure>", "")
    assert run(writes(good)) == (2, 0, 1)
    assert run(writes(good, "raise SystemExit(99)")) == (2, 1, 1)


def test_a_crash_counts_as_failed():
    assert run("import os; os.abort()") == (0, 1, 0)
    assert run(writes(CMOCKA, "os.abort()")) == (1, 2, 1)


def test_a_suite_that_hangs_is_ended_and_has_failed():
    assert run("import time; time.sleep(60)", seconds=0.5) == (0, 1, 0)


def test_a_report_that_is_no_xml_has_failed():
    assert run(writes("<testsuites><testsuite>")) == (0, 1, 0)


def test_an_executable_that_speaks_no_cmocka_is_one_test():
    assert run("pass") == (1, 0, 0)
    assert run("raise SystemExit(1)") == (0, 1, 0)
    assert run("raise SystemExit(77)", skip_code=77) == (0, 0, 1)
