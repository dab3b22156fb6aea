"""kill -9 at random moments under load: of a worker, of the supervisor, of Redis, of the whole
server, of the server and Redis at once. Every pledge that was answered 2xx is there afterwards,
none twice, and everything but a killed supervisor comes back by itself.
"""
import os
import random
import signal
import threading
import time

import pytest

from fair import Fair
from server import Server, alive, wait_until

pytestmark = pytest.mark.serial
KILLS = int(os.environ.get("KILLS", "20"))
PATIENCE = 120
WAYS = ("redis", "worker", "supervisor", "server", "both")


def kill(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def strike(server, way):
    """Kills; gives the pids that were meant, and whether somebody has to start it again."""
    redis, workers, supervisor = server.redis_pid(), server.worker_pids(), server.process.pid
    victims = {"redis": [redis], "worker": workers[:1], "supervisor": [supervisor],
               "server": [supervisor, *workers], "both": [supervisor, *workers, redis]}[way]
    victims = [pid for pid in victims if pid]
    family = [supervisor, *server.family()]
    kill(victims)
    if supervisor not in victims:
        return victims
    server.process.wait()
    server._forget()
    server.start()  # at once: it must cope with predecessors that are still ending
    wait_until(lambda: not any(map(alive, family)), PATIENCE, "the end of the old ones")
    return victims


class Loaded:
    """A load that runs beside the test, and what went wrong in it."""

    def __init__(self, load):
        self.load, self.wrong = load, None
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        try:
            self.load.run(600)
        except BaseException as error:  # told to the test's own thread
            self.wrong = error

    def came_on(self, more):
        """True once so many more wishes have been accepted than at the call of this."""
        due = self.load.accepted + more
        return lambda: self.wrong or self.load.accepted >= due

    def stop(self):
        self.load.stop()
        self.thread.join()
        if self.wrong:
            raise self.wrong


def test_610_twenty_kills_lose_nothing_double_nothing_and_need_no_help():
    seed = int(os.environ.get("SEED", random.randrange(2 ** 32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    ways = (WAYS * KILLS)[:KILLS]
    with Server(workers=2) as server:
        fair = Fair(server, seed=seed, endless=True)
        loaded = Loaded(fair.load(clients=32))
        try:
            for way in chance.sample(ways, KILLS):
                time.sleep(chance.uniform(0.1, 0.7))
                victims = strike(server, way)
                began = time.monotonic()
                wait_until(loaded.came_on(20), PATIENCE, f"any pledge after the end of {way}")
                wait_until(lambda: server.redis_pid() and len(server.worker_pids()) == 2, PATIENCE,
                           f"everybody after the end of {way}")
                assert not set(victims) & {server.process.pid, *server.family()}
                print(f"{way}: back after {time.monotonic() - began:.2f} s")
                wait_until(lambda: all(server.is_ready() for _ in range(12)), PATIENCE,
                           "readiness")
                fair.refresh(fair.anyone)
        finally:
            print(loaded.load.summary())
            loaded.stop()
        assert sum(wish.lost for wish in loaded.load.wishes) > KILLS, "nothing was in flight"
        fair.audit(loaded.load)
        fair.recount()
