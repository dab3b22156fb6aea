"""Checks receipts and logs, written from the formats (C2SP tlog-proof, signed-note, RFC 6962, RFC
9162) and not from the server's code. Ed25519 is done by the program openssl.

    check_receipt(receipt, record, vkey)    raises Wrong, or gives (index, size, root)
"""
import base64
import hashlib
import pathlib
import struct
import subprocess
import tempfile


class Wrong(Exception):
    """Why a receipt is not believed."""


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def tree_root(hashes):
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return node_hash(tree_root(hashes[:half]), tree_root(hashes[half:]))


def bundle_entries(bundle):
    entries = []
    while bundle:
        (n,) = struct.unpack(">H", bundle[:2])
        if len(bundle) < 2 + n:
            raise Wrong("the bundle is cut short")
        entries.append(bundle[2:2 + n])
        bundle = bundle[2 + n:]
    return entries


def tile_path(kind, number, width=256):
    """kind: a level, or "entries"."""
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    return f"tile/{kind}/{'/'.join(groups)}" + (f".p/{width}" if width < 256 else "")


def bytes_of(text):
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise Wrong("base64 in another spelling")
    return raw


def read_vkey(line):
    name, number, encoded = line.split("+", 2)
    raw = bytes_of(encoded)
    if hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4].hex() != number:
        raise Wrong("the key does not match its number")
    return name, number, raw[0], raw[1:]


def is_signed(public_key, message, signature):
    """By the program openssl, which wants the key as a SubjectPublicKeyInfo."""
    with tempfile.TemporaryDirectory() as folder:
        at = pathlib.Path(folder)
        (at / "key").write_bytes(bytes.fromhex("302a300506032b6570032100") + public_key)
        (at / "message").write_bytes(message)
        (at / "signature").write_bytes(signature)
        done = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", at / "key",
             "-rawin", "-in", at / "message", "-sigfile", at / "signature"],
            capture_output=True, timeout=30, check=False)
    return done.returncode == 0


def read_checkpoint(note, vkeys, signed_before=None):
    """(origin, size, root); at least one of the keys must have signed. `signed_before`: a set of
    checkpoints that were found good, so that openssl is not asked about each of them again."""
    text, lines = note[:note.rindex("\n\n") + 1], note[note.rindex("\n\n") + 2:]
    origin, size, root, rest = text.split("\n", 3)
    if str(int(size)) != size or rest or not lines.endswith("\n"):
        raise Wrong("not a checkpoint")
    good = 0
    for line in lines[:-1].split("\n"):
        dash, name, encoded = line.split(" ")
        if dash != "\u2014":
            raise Wrong("not a signature line")
        raw = bytes_of(encoded)
        for vkey in vkeys:
            key_name, number, kind, public_key = read_vkey(vkey)
            if (key_name, number) != (name, raw[:4].hex()) or kind != 1 or name != origin:
                continue
            if signed_before is None or note not in signed_before:
                if not is_signed(public_key, text.encode(), raw[4:]):
                    raise Wrong("the signature is wrong")
            good += 1
    if not good:
        raise Wrong("nobody who is known has signed")
    if signed_before is not None:
        signed_before.add(note)
    return origin, int(size), bytes_of(root)


def climb(index, size, leaf, path):
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        raise Wrong("beyond the log")
    fn, sn, r = index, size - 1, leaf
    for v in path:
        if sn == 0:
            raise Wrong("too many hashes")
        if fn & 1 or fn == sn:
            r = node_hash(v, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, v)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise Wrong("too few hashes")
    return r


def check_receipt(receipt, record, vkeys, signed_before=None):
    head, _, checkpoint = receipt.partition("\n\n")
    lines = head.split("\n")
    if lines[0] != "c2sp.org/tlog-proof@v1" or not lines[1].startswith("index "):
        raise Wrong("not a receipt")
    index = int(lines[1][6:])
    origin, size, root = read_checkpoint(checkpoint, vkeys, signed_before)
    path = [bytes_of(line) for line in lines[2:]]
    if climb(index, size, leaf_hash(record), path) != root:
        raise Wrong("the path does not end at the root")
    return index, size, root


class Witness:
    """Somebody who signs that they have seen a checkpoint (C2SP tlog-cosignature)."""

    def __init__(self, name, folder):
        self.name, self.folder = name, pathlib.Path(folder)
        self.key = self.folder / "witness.pem"
        self.openssl("genpkey", "-algorithm", "ed25519", "-out", self.key)
        spki = self.openssl("pkey", "-in", self.key, "-pubout", "-outform", "DER")
        raw = b"\x04" + spki[-32:]
        self.id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        self.vkey = f"{name}+{self.id.hex()}+{base64.b64encode(raw).decode()}"

    @staticmethod
    def openssl(*words):
        return subprocess.run(["openssl", *words], capture_output=True, timeout=30,
                              check=True).stdout

    def line(self, checkpoint, seconds):
        text = checkpoint[:checkpoint.rindex("\n\n") + 1]
        message = self.folder / "message"
        message.write_bytes(f"cosignature/v1\ntime {seconds}\n{text}".encode())
        signature = self.openssl("pkeyutl", "-sign", "-inkey", self.key, "-rawin", "-in", message)
        raw = self.id + struct.pack(">Q", seconds) + signature
        return f"\u2014 {self.name} {base64.b64encode(raw).decode()}\n"
