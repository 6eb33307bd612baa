"""The shared secret: its file, the proof that both ends know it, and nothing that shows it (controls S-02, S-03, S-19)."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

SHORTEST_TOKEN = 32
"""Fewest bytes of a token."""


class TokenTrouble(Exception):
    """The token file is missing, readable by others, too short, or no ordinary file; the text says what to do."""


def make_token(path: Path) -> None:
    """Writes 32 random bytes as 64 hexadecimal characters to a new file of mode 0600. Raises TokenTrouble if the file exists."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(str(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise TokenTrouble("%s exists already. Delete it first if a new token is wanted; the cockpit then needs the new one too." % path) from None
    except OSError as trouble:
        raise TokenTrouble("cannot write %s: %s" % (path, trouble.strerror)) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(SHORTEST_TOKEN) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_token(path: Path) -> bytes:
    """The token as bytes (the text of the file without white space at the ends). Raises TokenTrouble.

    On POSIX the mode must deny group and others everything. On Windows the mode says nothing: the file lies in the user's own profile folder,
    which other users cannot read unless it was shared (*assumed*; not checked).
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(str(path), flags)
    except FileNotFoundError:
        raise TokenTrouble("there is no token file %s. Create one: python kinetra_bridge.py --make-token" % path) from None
    except OSError as trouble:
        raise TokenTrouble("cannot read the token file %s: %s" % (path, trouble.strerror)) from None
    with os.fdopen(handle, "rb") as file:
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode):
            raise TokenTrouble("the token file %s is no ordinary file" % path)
        if os.name == "posix" and stat.S_IMODE(state.st_mode) & 0o077:
            raise TokenTrouble(
                "the token file %s can be read by others (mode %03o). Run: chmod 600 %s" % (path, stat.S_IMODE(state.st_mode), path)
            )
        token = file.read(4096).strip()
    if len(token) < SHORTEST_TOKEN:
        raise TokenTrouble("the token in %s is shorter than %d characters. Make a new one: --make-token" % (path, SHORTEST_TOKEN))
    return token


def new_nonce() -> str:
    """32 random bytes as hexadecimal text."""
    return secrets.token_hex(32)


def client_proof(token: bytes, bridge_nonce: str, client_nonce: str, role: str) -> str:
    """What the cockpit sends: HMAC-SHA256 over `client`, both nonces and the role, as hexadecimal text."""
    return _mac(token, ("client", bridge_nonce, client_nonce, role))


def bridge_proof(token: bytes, bridge_nonce: str, client_nonce: str, sid: str) -> str:
    """What the bridge answers, so that a program that only took the port cannot pretend to be it."""
    return _mac(token, ("bridge", bridge_nonce, client_nonce, sid))


def proof_matches(expected: str, given: object) -> bool:
    """Compares in constant time; anything that is no text of the same length is a no."""
    return isinstance(given, str) and hmac.compare_digest(expected.encode("ascii"), given.encode("utf-8", "replace"))


def _mac(token: bytes, parts: tuple) -> str:
    return hmac.new(token, "\n".join(parts).encode("utf-8"), hashlib.sha256).hexdigest()
