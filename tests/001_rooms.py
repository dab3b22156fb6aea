"""Walls stand: a room includes, and calls, only what its .may_include lists, and only lower floors.

Three looks at the same walls. The includes of every file; the symbols that a room's archive leaves
open and another room's archive defines; and a program linked of a room and what is below it.
"""
import fnmatch
import json
import os
import pathlib
import re
import shlex
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("GROUNDSWELL_BINARY", str(ROOT / "build-asan" / "groundswell"))
BUILD = pathlib.Path(os.environ.get("GROUNDSWELL_BUILD", pathlib.Path(BINARY).parent))

# The picture of the design: rooms on one floor never meet.
FLOORS = {
    "base": 0,
    "io": 1, "rules": 1, "schema": 1, "view": 1,
    "http": 2, "store": 2, "people": 2, "post": 2, "tlog": 2,
    "ledger": 3,
    "keeper": 4, "publish": 4,
    "desk": 5,
    "main": 6,
}

SYSTEM = set("""
    assert.h ctype.h errno.h float.h inttypes.h iso646.h limits.h locale.h math.h setjmp.h signal.h
    stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h
    string.h strings.h threads.h time.h uchar.h wchar.h wctype.h
    arpa/inet.h dirent.h dlfcn.h fcntl.h fnmatch.h ftw.h getopt.h glob.h grp.h ifaddrs.h libgen.h
    net/if.h netdb.h netinet/in.h netinet/tcp.h poll.h pthread.h pwd.h sched.h semaphore.h spawn.h
    sys/epoll.h sys/eventfd.h sys/file.h sys/ioctl.h sys/mman.h sys/pidfd.h sys/prctl.h sys/random.h
    sys/resource.h sys/select.h sys/sendfile.h sys/signalfd.h sys/socket.h sys/stat.h sys/statvfs.h
    sys/syscall.h sys/time.h sys/timerfd.h sys/types.h sys/uio.h sys/un.h sys/utsname.h sys/wait.h
    syslog.h termios.h unistd.h
    alloca.h endian.h
""".split())

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def rooms_of(root):
    return sorted(path.name for path in (root / "server").iterdir() if path.is_dir())


def may_include(root, room):
    """(rooms, header patterns) that the room's list names."""
    rooms, headers = [], []
    path = root / "server" / room / ".may_include"
    for line in path.read_text().splitlines():
        words = line.split("#")[0].split()
        if not words:
            continue
        if len(words) != 2 or words[0] not in ("room", "header"):
            raise ValueError(f"{path}: cannot read: {line}")
        (rooms if words[0] == "room" else headers).append(words[1])
    return rooms, headers


def files_of(root, room):
    for folder in (root / "server" / room, root / "include" / "groundswell" / room):
        for pattern in ("*.c", "*.h"):
            yield from sorted(folder.glob(pattern))


def complaint_about(root, room, path, mark, name):
    """What is wrong with one include, or None."""
    if name.startswith("groundswell/"):
        other = name.split("/")[1]
        if mark == "<":
            return "our own headers stand in quotes"
        if other == room or room == "main":
            return None
        return None if other in may_include(root, room)[0] else f"room {other} is not on its list"
    if mark == '"' and "/" not in name:
        return None if (path.parent / name).exists() else "no such header in this room"
    if name in SYSTEM or room == "main":
        return None
    if any(fnmatch.fnmatchcase(name, pattern) for pattern in may_include(root, room)[1]):
        return None
    return "is not C, not POSIX and not on its list"


def complaints_about_includes(root):
    found = []
    for room in rooms_of(root):
        for path in files_of(root, room):
            for mark, name in INCLUDE.findall(path.read_text()):
                wrong = complaint_about(root, room, path, mark, name)
                if wrong:
                    found.append(f"{path.relative_to(root)}: {name}: {wrong}")
    return found


def complaints_about_lists(root):
    found = []
    for room in rooms_of(root):
        if room not in FLOORS:
            found.append(f"room {room} is on no floor")
            continue
        if room == "main":
            continue
        for other in may_include(root, room)[0]:
            if FLOORS.get(other, 99) >= FLOORS[room]:
                found.append(f"{room} lists {other}, which is not below it")
    return found


def symbols(archive, *options):
    listing = subprocess.run(["nm", "-P", *options, archive], capture_output=True, text=True,
                             check=True).stdout
    return {line.split()[0] for line in listing.splitlines() if len(line.split()) >= 2}


def complaints_about_calls(archives, lists):
    """archives: room -> path; lists: room -> rooms that it may call."""
    owner, found = {}, []
    for room, path in archives.items():
        for name in symbols(path, "--defined-only", "--extern-only"):
            if name in owner and not name.startswith(("__", "DW.ref")):
                found.append(f"{name} is defined by {owner[name]} and by {room}")
            owner[name] = room
    for room, path in archives.items():
        for name in sorted(symbols(path, "--undefined-only")):
            other = owner.get(name, room)
            if other != room and other not in lists[room]:
                found.append(f"{room} calls {name} of room {other}, which is not on its list")
    return found


def compile_of(folder):
    """A command that checks one more file as those of that folder are compiled, or None."""
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        if pathlib.Path(entry["file"]).parent == folder:
            words = [word for word in shlex.split(entry["command"]) if word != "ccache"]
            cut = words.index("-o")
            return words[:cut] + ["-fsyntax-only", "-x", "c"]
    return None


@pytest.fixture(scope="module")
def build():
    if not (BUILD / "CMakeCache.txt").exists():
        subprocess.run(["cmake", "-S", ROOT, "-B", BUILD, "-G", "Ninja"], check=True,
                       stdout=subprocess.DEVNULL)
    return BUILD


def test_every_include_is_on_the_list_of_its_room():
    assert complaints_about_includes(ROOT) == []


def test_every_list_names_lower_floors_only():
    assert complaints_about_lists(ROOT) == []


def test_each_room_links_with_nothing_but_the_rooms_below_it(build):
    done = subprocess.run(["cmake", "--build", build, "--target", "link_rooms"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_each_room_calls_only_the_rooms_on_its_list(build):
    subprocess.run(["cmake", "--build", build, "--target", "link_rooms"], capture_output=True)
    archives = {room: build / f"libgs_{room}.a" for room in rooms_of(ROOT)}
    archives = {room: path for room, path in archives.items() if path.exists()}
    assert "base" in archives and "io" in archives
    lists = {room: may_include(ROOT, room)[0] for room in archives}
    assert complaints_about_calls(archives, lists) == []


@pytest.mark.parametrize("room", rooms_of(ROOT))
def test_each_public_header_compiles_on_its_own(build, room):
    subprocess.run(["cmake", "--build", build, "--target", "generated"], check=True,
                   stdout=subprocess.DEVNULL)
    check = compile_of(ROOT / "server" / room) or compile_of(ROOT / "server" / "base")
    for header in sorted((ROOT / "include" / "groundswell" / room).glob("*.h")):
        # the build puts the banned list, and with it half of libc, before every file: not here
        bare = [word for word in check]
        at = bare.index("-include")
        del bare[at:at + 2]
        done = subprocess.run(bare + [header], capture_output=True, text=True)
        assert done.returncode == 0, f"{header.name}: {done.stderr}"


# The tests below plant violations and want them seen.

@pytest.fixture
def planted(tmp_path):
    for room, lines in {"base": "header jansson.h\n", "io": "room base\nheader event2/*\n",
                        "rules": "room base\n"}.items():
        (tmp_path / "server" / room).mkdir(parents=True)
        (tmp_path / "include" / "groundswell" / room).mkdir(parents=True)
        (tmp_path / "server" / room / ".may_include").write_text(lines)
    (tmp_path / "server" / "io" / "own.h").write_text("")
    (tmp_path / "server" / "io" / "loop.c").write_text(
        '#include "groundswell/io/loop.h"\n#include <event2/event.h>\n#include <poll.h>\n'
        '#include "groundswell/base/buf.h"\n#include "own.h"\n')
    return tmp_path


def test_a_tidy_tree_is_left_in_peace(planted):
    assert complaints_about_includes(planted) == []
    assert complaints_about_lists(planted) == []


@pytest.mark.parametrize("line", [
    '#include "groundswell/io/loop.h"', "#include <event2/event.h>",
    "# include <hiredis/hiredis.h>",
    '#include "../io/own.h"', '#include "absent.h"', "#include <groundswell/base/buf.h>",
    "#include <jansson.h>"])
@pytest.mark.parametrize("folder", ["server/rules", "include/groundswell/rules"])
def test_a_forbidden_include_is_seen(planted, folder, line):
    (planted / folder / "share.h").write_text("/* share.h -- */\n" + line + "\n")
    assert len(complaints_about_includes(planted)) == 1


@pytest.mark.parametrize("room,line", [("base", "room io"), ("io", "room rules"), ("io", "room io"),
                                       ("rules", "room nowhere")])
def test_a_list_that_climbs_is_seen(planted, room, line):
    with open(planted / "server" / room / ".may_include", "a", encoding="ascii") as out:
        out.write(line + "\n")
    assert len(complaints_about_lists(planted)) == 1


def test_a_call_past_the_list_is_seen(tmp_path):
    sources = {"base": "int low(void); int low(void) { return 1; }",
               "io": "int low(void); int turn(void); int turn(void) { return low(); }",
               "rules": "int turn(void); int share(void); int share(void) { return turn(); }"}
    archives = {}
    for room, source in sources.items():
        (tmp_path / f"{room}.c").write_text(source)
        subprocess.run(["cc", "-c", f"{room}.c"], cwd=tmp_path, check=True)
        subprocess.run(["ar", "rc", f"{room}.a", f"{room}.o"], cwd=tmp_path, check=True)
        archives[room] = tmp_path / f"{room}.a"
    lists = {"base": [], "io": ["base"], "rules": ["base"]}
    found = complaints_about_calls(archives, lists)
    assert found == ["rules calls turn of room io, which is not on its list"]
    lists["rules"] = ["io"]
    assert complaints_about_calls(archives, lists) == []
