"""Tiles may be kept for ever by whoever fetched them, so that nobody is given one before a
checkpoint covers it: what a crash left may be swept away and come again with other records."""
import pathlib
import shutil

from server import wait_until
from story import Commons


def test_596_a_tile_that_no_checkpoint_covers_is_not_given_out(server):
    commons = Commons(server, residents=2)
    commons.fund(100000)
    at = f"/log/{commons.slug}"

    def size():
        answer = commons.anyone.get(f"{at}/checkpoint")
        return int(answer.text.split("\n")[1]) if answer.status == 200 else 0
    n = len(commons.log())
    wait_until(lambda: size() == n, 20, "the sealing")
    folder = pathlib.Path(server.data) / "log" / commons.slug / "tile"
    for kind in ("0", "entries"):
        whole = folder / kind / "000.p" / str(n)
        for path in (f"000.p/{n + 1}", "000", "001.p/1"):
            left = folder / kind / path
            left.parent.mkdir(exist_ok=True)
            shutil.copy(whole, left)
            commons.anyone.get(f"{at}/tile/{kind}/{path}").refused(404, "not_found")
            left.unlink()
        commons.anyone.get(f"{at}/tile/{kind}/000.p/{n}").must(200)
