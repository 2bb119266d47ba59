"""The key of the hashes that stand for e-mail addresses and phone numbers."""

from __future__ import annotations

import os
import secrets as random
from pathlib import Path

from cjm_tracker.errors import ConfigError

KEY_FILE = "identity.key"
SHORTEST = 16


def identity_key(given: str | None, directory: Path | None) -> bytes:
    """The given key; else the one kept beside an embedded warehouse, made at first use.

    A server has no directory of ours to keep a key in, and a key lost there would part every
    customer from their history: it must be given.
    """
    if given is not None:
        if len(given) < SHORTEST:
            raise ConfigError(f"CJM_PII_KEY: at least {SHORTEST} characters are needed")
        return given.encode()
    if directory is None:
        raise ConfigError(
            "CJM_PII_KEY is not set: a warehouse on a server needs the key that e-mail addresses "
            "and phone numbers are hashed with. Make one (openssl rand -hex 32) and keep it"
        )
    return _kept(key_file(directory))


def key_file(directory: Path) -> Path:
    """Where the key of an embedded warehouse is kept: beside it."""
    return directory.with_name(f"{directory.name}.{KEY_FILE}")


def _kept(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    key = random.token_hex(32).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    # 0600 from the start; O_EXCL: of two first runs one wins and the other reads its key.
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(key)
    except FileExistsError:
        return path.read_bytes()
    return key
