"""The Redis Functions put together as the server does it (server/ledger/library.c), for tests.

    name, source, digits = assemble()               # clocks unchecked, as tests want them
    broken = assemble(mutate=("old text", "new"))   # a deliberately broken copy, under its own hash

All files of server/ledger/lua in the order of their names are one chunk. @SKEW_MAX_MS@ is replaced
first; the hash is over that text, in which @HASH@ still stands.
"""
import hashlib
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent.parent.parent / "server" / "ledger" / "lua"
SKEW_UNCHECKED = "9007199254740991"


def files():
    return sorted(FOLDER.glob("*.lua"))


def assemble(skew_max_ms=SKEW_UNCHECKED, mutate=None):
    """Returns the library's name, its source for FUNCTION LOAD, and the 16 digits of its hash."""
    text = "".join(path.read_text(encoding="utf-8") for path in files())
    if mutate:
        old, new = mutate
        if text.count(old) != 1:
            raise ValueError(f"{old!r} stands {text.count(old)} times in the library, not once")
        text = text.replace(old, new)
    text = text.replace("@SKEW_MAX_MS@", str(skew_max_ms))
    digits = hashlib.sha256(text.encode()).hexdigest()[:16]
    name = f"groundswell_{digits}"
    return name, f"#!lua name={name}\n" + text.replace("@HASH@", digits), digits
