"""The machine dies while a checkpoint is being published, and Redis is lost with it: `rebuild`
finishes or sweeps away what the sealer had begun, as the sealer itself would at its next start."""
import pathlib
import shutil

import pytest

from logs import verb
from server import Server
from story import Commons


def tiles_begun(log, size):
    """Before the intent: a wider tile and bundle are there, and nothing speaks of them."""
    for kind in ("0", "entries"):
        partial = log / "tile" / kind / "000.p"
        shutil.copy(partial / str(size), partial / str(size + 1))


def head_not_named(log, size):
    """After the signature: history has it, `checkpoint` is still the one before."""
    older = max(n for n in map(int, (p.name for p in (log / "history").iterdir())) if n < size)
    shutil.copy(log / "history" / str(older), log / "checkpoint")


def not_signed(log, size):
    """After the intent, before the signature."""
    head_not_named(log, size)
    (log / "history" / str(size)).unlink()


@pytest.mark.parametrize("left", [tiles_begun, head_not_named, not_signed])
def test_598_what_a_crash_left_of_a_publication_does_not_keep_a_ledger_from_its_log(left):
    with Server() as server:
        commons = Commons(server, residents=2)
        for amount in (5000, 300, 20):
            commons.fund(amount)
            verb("seal", "--wait", "--data", server.data)
        before, size = commons.totals(), len(commons.log())
        log = pathlib.Path(server.data) / "log" / commons.slug
        key = (log / "vkey").read_text(encoding="utf-8").strip()
        server.stop()
        shutil.rmtree(server.data / "redis")
        left(log, size)
        said = verb("rebuild", log, "--vkey", key, "--data", server.data)
        assert f"{size} records" in said
        assert f"size        {size} records" in verb("verify", log, "--vkey", key)
        server.start()
        assert commons.totals() == before
        commons.fund(1)
        verb("seal", "--wait", "--data", server.data)
        verb("verify", log, "--vkey", key)
