"""What the audit page tells people to type works as it stands there."""
import html
import pathlib
import re
import shlex
import subprocess

from server import BINARY, wait_until
from story import Commons


def commands_of(page):
    """The lines of the blocks that call our own program, with the server's own address in them."""
    lines = []
    for block in re.findall(r"<pre>(.*?)</pre>", page, re.S):
        if "groundswell verify" in block:
            lines += html.unescape(block).strip().split("\n")
    return lines


def test_571_the_commands_on_the_audit_page_work_as_printed(server, tmp_path):
    commons = Commons(server, residents=2)
    commons.fund(1000)
    head = f"/log/{commons.slug}/checkpoint"
    wait_until(lambda: "\n3\n" in commons.anyone.get(head).text, 20, "the sealing")
    page = commons.anyone.get(f"/c/{commons.slug}/audit").must(200).text
    at = f"http://localhost:{server.port}"
    verified = 0
    for line in commands_of(page):
        words = shlex.split(line)
        if words[0] == "curl":
            assert words[1] == "-o" and words[3].startswith(at), line
            answer = commons.anyone.get(words[3][len(at):]).must(200)
            (pathlib.Path(tmp_path) / words[2]).write_bytes(answer.body)
            continue
        assert words[0] == "groundswell", line
        done = subprocess.run([BINARY, *(w.replace(at, server.url) for w in words[1:])],
                              cwd=tmp_path, capture_output=True, text=True, timeout=60,
                              check=False)
        assert done.returncode == 0 and "verified" in done.stdout, f"{line}: {done}"
        verified += 1
    assert verified == 2
    record = tmp_path / "record.json"
    record.write_bytes(record.read_bytes().replace(b'"GBP"', b'"EUR"'))
    last = next(line for line in commands_of(page) if "--receipt" in line)
    done = subprocess.run([BINARY, *shlex.split(last)[1:]], cwd=tmp_path, capture_output=True,
                          text=True, timeout=60, check=False)
    assert done.returncode != 0 and "NOT verified" in done.stdout, done
