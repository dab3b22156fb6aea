"""A log is checked where it lies, while its server writes on: what comes to it meanwhile is neither
a fault of the log nor a part of what was verified."""
import pathlib
import subprocess
import threading

from server import BINARY, Server, wait_until
from story import Commons

ROUNDS = 25


def checkpoint_size(log):
    try:
        return int((log / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
    except FileNotFoundError:
        return 0


def test_597_a_log_that_grows_while_it_is_read_is_verified():
    with Server() as server:
        commons = Commons(server, residents=2)
        commons.fund(100000)
        log, over, wrong = pathlib.Path(server.data) / "log" / commons.slug, [], []

        def work():
            try:
                while not over:
                    commons.trust.post(f"/v1/funds/{commons.slug}.f1/top-ups", {"amount": 1}
                                       ).must(201)
            except BaseException as error:  # told to the test's own thread
                wrong.append(error)
        thread = threading.Thread(target=work)
        thread.start()
        try:
            wait_until(lambda: wrong or checkpoint_size(log) > 300, 60, "records")
            began = checkpoint_size(log)
            rounds = 0
            while rounds < ROUNDS or checkpoint_size(log) == began:
                rounds += 1
                assert rounds < 1000, "nothing was sealed meanwhile"
                words = [BINARY, "verify", str(log), "--vkey-file", str(log / "vkey")]
                done = subprocess.run(words, capture_output=True, text=True, timeout=60,
                                      check=False)
                assert done.returncode == 0, done.stdout + done.stderr
        finally:
            over.append(True)
            thread.join()
        assert not wrong, wrong
