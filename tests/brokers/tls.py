"""TLS for tests: an authority of our own, certificates of it, and a proxy before a broker."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, both PEM files."""

    file: Path
    key: Path


def authority(directory: Path, name: str = "authority") -> Certificate:
    """A new authority that signs itself."""
    made = Certificate(directory / f"{name}.pem", directory / f"{name}.key")
    _openssl(
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
        *("-days", "2", "-subj", f"/CN={name}", "-keyout", made.key, "-out", made.file),
    )
    return made


def signed(by: Certificate, name: str, alternative: str, password: str = "") -> Certificate:
    """A certificate of that authority for `alternative`, such as `IP:127.0.0.1`.

    With a password its key is encrypted.
    """
    directory = by.file.parent
    made = Certificate(directory / f"{name}.pem", directory / f"{name}.key")
    _openssl(
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
        *("-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName={alternative}"),
        *("-CA", by.file, "-CAkey", by.key, "-keyout", made.key, "-out", made.file),
        *(("-passout", f"pass:{password}") if password else ("-nodes",)),
    )
    return made


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60)


@contextmanager
def proxy(port: int, target: int, own: Certificate, clients: Path | None = None) -> Iterator[int]:
    """TLS on loopback's `port`, what it carries in clear text on `target`.

    With `clients`, who comes must show a certificate of that authority. Gives `port`.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=clients)
    context.load_cert_chain(own.file, own.key)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
    loop = asyncio.new_event_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(_pipe(reader, inner_writer), _pipe(inner_reader, writer))

    loop.set_exception_handler(lambda *_: None)  # refused handshakes are what tests are about
    listening = asyncio.start_server(serve, "127.0.0.1", port, ssl=context)
    server = loop.run_until_complete(listening)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()
