"""Hidden tallies: how a sealed record is opened, by a reader of our own (SERVICE.md)."""
import base64
import hashlib
import hmac
import struct

CONSTANTS = struct.unpack("<4I", b"expand 32-byte k")
MASK = 0xffffffff


def _rounds(state):
    x = list(state)

    def quarter(a, b, c, d):
        for left, right, by in ((a, d, 16), (c, b, 12), (a, d, 8), (c, b, 7)):
            other = b if left == a else d
            x[left] = (x[left] + x[other]) & MASK
            mixed = x[right] ^ x[left]
            x[right] = (mixed << by | mixed >> (32 - by)) & MASK

    for _ in range(10):
        for i in range(4):
            quarter(i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return x


def block(key, place):
    state = CONSTANTS + struct.unpack("<8I", key) + struct.unpack("<4I", place)
    return struct.pack("<16I", *((a + b) & MASK for a, b in zip(_rounds(state), state)))


def subkey(key, place):
    x = _rounds(CONSTANTS + struct.unpack("<8I", key) + struct.unpack("<4I", place))
    return struct.pack("<8I", *x[:4], *x[12:])


def tender_key(secret, tender):
    return hmac.new(secret, f"tender {tender}".encode(), hashlib.sha256).digest()


def record_key(key, seq, at):
    return subkey(key, struct.pack(">QQ", int(seq), int(at)))


def opened(record, key):
    """The fields behind `at` of what is inside, out of the record's own key; None: not its key."""
    covered = base64.b64decode(record["sealed"], validate=True)
    assert len(covered) == 255
    stream = b"".join(block(key, struct.pack("<I12x", i)) for i in range(4))
    plain = bytes(a ^ b for a, b in zip(covered, stream)).rstrip(b" ")
    if not plain.startswith(b"kind "):
        return None
    words = plain.decode().split(" ")
    return dict(zip(words[::2], words[1::2]))


def opened_by_tender(record, key):
    return opened(record, record_key(key, record["seq"], record["at"]))
