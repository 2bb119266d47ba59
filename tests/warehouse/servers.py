"""`http_engine` as a process: started, killed, started again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote

from .http_engine import PASSWORD, USER


class Server:
    """One server process; killed and started anew it has the same directory and port."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.warehouse.http_engine"]
        self._process = subprocess.Popen(
            [*command, str(self.directory), str(self.port)],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "TZ": "Asia/Kolkata"},
        )
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ping", timeout=5).close()
                return
            except OSError:
                assert self._process.poll() is None, "the server ended by itself"
                time.sleep(0.05)
        raise TimeoutError("the server does not answer")

    def kill(self) -> None:
        """Without a chance to say goodbye."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def dsn(self, database: str = "cjm", password: str = PASSWORD) -> str:
        return f"clickhouse://{USER}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"
