"""serve: one line when it is ready, workers that come back, nothing left behind, and a start that
works at once."""
import os
import re
import signal
import socket
import stat
import subprocess

import pytest

from server import BINARY, Server, alive, wait_until


@pytest.fixture(scope="module")
def pair():
    with Server(workers=2, port=0) as one:  # that is: any that is free
        yield one


def test_both_workers_and_redis_are_there_and_ready(pair):
    assert len(pair.worker_pids()) == 2 and pair.redis_pid()
    assert pair.client().get("/readyz").must(200)
    assert pair.client().get("/healthz").must(200)


def test_the_operators_key_and_the_address_are_on_disk(pair):
    key = pair.data / "operator.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    text = key.read_text()
    assert len(text) == 4 + 43 + 1 and text.startswith("gso_") and text.endswith("\n")
    assert pair.url.startswith("http://localhost:"), "a passkey takes no IP address"
    assert (pair.data / "server.url").read_text() == pair.url
    assert stat.S_IMODE((pair.data / "keys" / "token.key").stat().st_mode) == 0o600


def test_both_workers_answer_on_the_one_port_and_metrics_say_which_did(pair):
    """Connections of different source ports are spread by the kernel."""
    pids = set()

    def seen():
        text = pair.client().get("/metrics").must(200).text
        assert "\ngroundswell_workers_configured 2\n" in text
        pids.update(re.findall(r'^groundswell_worker\{pid="(\d+)"\} 1$', text, re.M))
        return pids == {str(pid) for pid in pair.worker_pids()}
    wait_until(seen, 20, "numbers of both workers")


def test_a_worker_that_dies_is_started_again(pair):
    first, second = sorted(pair.worker_pids())
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: len(set(pair.worker_pids()) - {first}) == 2, 20, "a new worker")
    assert second in pair.worker_pids()
    wait_until(pair.is_ready, 20, "readiness")


def test_redis_that_dies_comes_back(pair):
    gone = pair.redis_pid()
    os.kill(gone, signal.SIGKILL)
    wait_until(lambda: pair.redis_pid() not in (None, gone), 20, "a new Redis")
    wait_until(lambda: all(pair.is_ready() for _ in range(8)), 20, "readiness")


def test_a_clean_stop_leaves_nothing_running_and_no_open_port():
    with Server(workers=2) as server:
        family = server.family()
        assert len(family) == 3
        server.stop()
        assert not [pid for pid in family if alive(pid)]
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(server.address, 1)


def test_an_interrupt_stops_it_too():
    with Server() as server:
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(90) == 0
        server._forget()


def test_after_kill_9_of_the_supervisor_the_next_start_works_at_once():
    with Server(workers=2) as server:
        for _ in range(3):
            key = server.operator_key()
            family = server.family()
            server.process.kill()
            server.process.wait()
            server._forget()
            server.start()  # at the same port, on the same data
            assert server.operator_key() == key
            wait_until(lambda: not any(map(alive, family)), 20, "the end of the old ones")
            wait_until(lambda: server.client().get("/readyz").status == 200, 20, "readiness")


def test_a_port_that_is_taken_is_refused_not_shared():
    with Server() as server:
        taken = Server(port=server.port)
        command = [BINARY, "serve", "--data", str(taken.data),
                   "--listen", f"127.0.0.1:{server.port}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 1 and "in use" in done.stderr, done.stderr
        assert "listening" not in done.stdout
        taken.close()
        server.client().get("/readyz").must(200)


def test_a_folder_that_is_served_is_refused_to_a_second_server():
    """It would have served from the first one's Redis, and taken the verbs' server.url away."""
    with Server() as server:
        command = [BINARY, "serve", "--data", str(server.data), "--listen", "127.0.0.1:0"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 1 and f"serves {server.data} already" in done.stderr, done.stderr
        assert "listening" not in done.stdout
        assert (server.data / "server.url").read_text() == server.url
        server.client().get("/readyz").must(200)


def test_settings_that_no_worker_can_use_end_it():
    server = Server()
    cert = server.data / "cert.pem"
    cert.write_text("no certificate\n")
    cert.chmod(0o600)
    done = subprocess.run([BINARY, "serve", "--data", str(server.data), "--listen", "127.0.0.1:0",
                           "--tls-cert", str(cert), "--tls-key", str(cert)],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode in (1, 2) and "listening" not in done.stdout
    server.close()
