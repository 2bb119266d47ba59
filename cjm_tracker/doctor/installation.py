"""This machine and what is set on it: Python, libraries, settings, mapping, key."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from cjm_tracker import __version__
from cjm_tracker.doctor.finding import Finding, fail, in_one_line, ok, skipped, warn
from cjm_tracker.errors import CjmError, ConfigError
from cjm_tracker.keys import identity_key, key_file
from cjm_tracker.mapping import DEFAULT_MAPPING, load_mapping, stamp
from cjm_tracker.mapping import Mapping as MappingFile
from cjm_tracker.settings import Settings, load_settings
from cjm_tracker.warehouse.client import parse_dsn

PYTHON = (3, 11)
OTHERS_MAY = 0o077


def machine_findings() -> Iterator[Finding]:
    """What the code itself runs on."""
    yield python(sys.version_info[:3])
    yield checksums(find_spec("crc32c") is not None)


def python(version: tuple[int, ...]) -> Finding:
    """Whether this Python is new enough."""
    shown = ".".join(map(str, version))
    if version < PYTHON:
        wanted = ".".join(map(str, PYTHON))
        return fail("python", f"{shown}, older than {wanted}", f"install Python {wanted} or newer")
    return ok("python", f"{shown}, with cjm-tracker {__version__}")


def checksums(is_installed: bool) -> Finding:
    """Whether checksums of Kafka's records are computed in C."""
    if is_installed:
        return ok("crc32c", "installed")
    return warn("crc32c", "not installed: to send to Kafka takes 7 times as long",
                "pip install crc32c")  # fmt: skip


def settings_of(given: Mapping[str, object]) -> tuple[Settings | None, list[Finding]]:
    """The settings, where they load, and a line for each that is wrong."""
    try:
        settings = load_settings(**given)
    except ConfigError as error:
        return None, [
            fail("settings", line, "correct it in the environment, in .env or on the command line")
            for line in str(error).splitlines()
        ]
    names = ", ".join(f"CJM_{name.upper()}" for name in sorted(settings.model_fields_set))
    return settings, [ok("settings", f"set: {names}" if names else "all are the defaults")]


def mapping_of(settings: Settings) -> tuple[MappingFile | None, list[Finding]]:
    """The mapping, where it loads, and what it is or what is wrong with it."""
    path = settings.mapping or DEFAULT_MAPPING
    try:
        mapping = load_mapping(path)
    except CjmError as error:
        fix = f"cjm mapping check {path}"
        return None, [fail("mapping", line, fix) for line in str(error).splitlines()]
    where = str(path) if settings.mapping else f"the preset {path.name}"
    return mapping, [ok("mapping", f"{where}, version {stamp(mapping)}")]


def key_finding(settings: Settings) -> Finding:
    """The key of the hashes that stand for e-mail addresses and phone numbers."""
    try:
        directory = parse_dsn(settings.warehouse.get_secret_value()).directory
        if settings.given_key is not None or directory is None:
            identity_key(settings.given_key, directory)  # given, so none is made
            return ok("key", "given by CJM_PII_KEY")
    except ConfigError as error:
        return fail("key", in_one_line(error), "export CJM_PII_KEY=$(openssl rand -hex 32)")
    return kept_key(directory, key_file(directory))


def kept_key(directory: Path, file: Path) -> Finding:
    """The file that keeps the key beside an embedded warehouse."""
    try:
        mode = file.stat().st_mode & 0o777
    except FileNotFoundError:
        if directory.exists():
            return warn(
                "key", f"{file} is gone: a new one would part customers from their history",
                f"put {file} back from your backup, or set CJM_PII_KEY",
            )  # fmt: skip
        return skipped("key", f"none yet: {file} is made when the first log is loaded")
    except OSError as error:
        return fail("key", f"{file}: {error.strerror}", f"let this user read {file}")
    if mode & OTHERS_MAY:
        return warn("key", f"{file} can be read by others (mode {mode:04o})", f"chmod 600 {file}")
    return ok("key", f"kept in {file}, for its owner only")
