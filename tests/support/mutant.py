"""Binaries whose embedded Lua is broken on purpose, so that a test is known to see.

    with mutant("the wallet check is dropped") as binary:
        Server(binary=binary)

The Lua library lies in the binary as plain text: the copy has the mutation's text in place of the
original's, equally long, so that nothing else moves. A text that is not there exactly once ends the
test: then the function has changed, and the mutation must be chosen anew. No release can hold one,
for none is ever built.
"""
import contextlib
import os
import pathlib
import shutil
import tempfile

from server import BINARY

MUTATIONS = {
    "the wallet check is dropped": (b"if amount > available then", b"if amount < 0         then"),
}


@contextlib.contextmanager
def mutant(name, binary=BINARY):
    right, wrong = MUTATIONS[name]
    assert len(right) == len(wrong)
    whole = pathlib.Path(binary).read_bytes()
    found = whole.count(right)
    assert found == 1, f"the text of the mutation '{name}' is there {found} times"
    broken = whole.replace(right, wrong)
    folder = tempfile.mkdtemp(prefix="gs", dir="/tmp")
    try:
        path = os.path.join(folder, "groundswell-mutant")
        pathlib.Path(path).write_bytes(broken)
        os.chmod(path, 0o700)
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)
