"""Walks through pages in a real browser: tests/node/steps.mjs, from Python.

    seen = walk([["goto", url], ["fill", "#code", "..."], ["click", "#go"], ["text", "h1"]])
    seen["saw"][-1]

With PAGE_PICTURES=FOLDER the pictures of picture("name") are kept there, for people to look at.
"""
import json
import os
import pathlib
import subprocess

from server import ROOT

NODE = ROOT / "tests" / "node"
PICTURES = os.environ.get("PAGE_PICTURES")


def picture(name):
    """Steps, to be spliced into a list of them."""
    return [["shot", str(pathlib.Path(PICTURES) / f"{name}.png")]] if PICTURES else []


def walk(steps, foreign=(), **plan):
    done = subprocess.run(["node", NODE / "steps.mjs", json.dumps({"steps": steps, **plan})],
                          capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    seen = json.loads(done.stdout)
    assert seen["heard"] == [], "the console is silent"
    assert seen["foreign"] == list(foreign), "nobody else is asked"
    return seen
