"""64 clients pledge and withdraw at random on the same few proposals and wallets for ten seconds,
with retries under the same key, two workers, and a Redis that fsyncs. Afterwards: exactly one
activation per activated proposal, no wallet below zero, money conserved at every record, and the
recount agrees. And the same race against a broken function must fail.
"""
import os
import random

import pytest

from books import Books, Unsound
from fair import Fair
from mutant import mutant
from server import Server

pytestmark = pytest.mark.serial
SECONDS = float(os.environ.get("RACE_SECONDS", "10"))


def race(server, seconds, seed, strict=True):
    print(f"seed {seed}")
    fair = Fair(server, seed=seed)
    load = fair.load(clients=64, strict=strict)
    with fair.organiser():
        load.run(seconds)
    print(load.summary())
    return fair, load


def test_600_a_race_of_64_clients_neither_loses_nor_doubles_nor_invents_a_penny():
    seed = int(os.environ.get("SEED", random.randrange(2 ** 32)))
    with Server(workers=2) as server:
        fair, load = race(server, SECONDS, seed)
        unexpected = {o: n for o, n in load.outcomes.items() if o[0] >= 500 or o[0] == 400}
        assert not unexpected, unexpected
        books = fair.audit(load)
        activated = sum(books.activations.values())
        print(f"{books.seen} records, {activated} activations of {len(fair.all_proposals)}")
        assert activated >= 5 and set(books.activations.values()) == {1}
        assert load.outcomes[409, "wallet_short"] > 100, "nobody came near the end of a wallet"
        assert load.accepted > 1000
        fair.recount()


def test_601_the_same_race_sees_a_ledger_without_the_wallet_check():
    """Without this the race might be blind: the checks must fail where the function is broken."""
    with mutant("the wallet check is dropped") as binary:
        server = Server(workers=2, binary=binary)
        server.start()
        try:
            fair, _ = race(server, min(SECONDS, 3), seed=601, strict=False)
            with pytest.raises(Unsound, match="below zero"):
                Books(fair.log())
            fair.recount(agrees=False)
        finally:
            server.kill()
            server.close(quiet=True)
