"""Apache Kafka 4 for tests: jars from Maven Central, one KRaft node on loopback."""

from __future__ import annotations

import base64
import fcntl
import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cjm_tracker.broker.tansu import free_port

HERE = Path(__file__).parent
JARS = HERE.parents[1] / ".cache" / "kafka-jars"


def missing() -> str:
    """Why Kafka cannot run here; empty when it can."""
    absent = [tool for tool in ("java", "mvn") if shutil.which(tool) is None]
    return f"Apache Kafka needs {' and '.join(absent)}" if absent else ""


def jars() -> Path:
    """The directory with Kafka's jars, fetched once, whichever test process is first."""
    JARS.mkdir(parents=True, exist_ok=True)
    with (JARS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (JARS / "complete").exists():
            pom = str(HERE / "pom.xml")
            command = ["mvn", "-q", "-B", "-f", pom, "dependency:copy-dependencies"]
            subprocess.run([*command, f"-DoutputDirectory={JARS}"], check=True, timeout=600)
            (JARS / "complete").touch()
    return JARS


@contextmanager
def kafka(directory: Path) -> Iterator[str]:
    """A running broker's `host:port`; stopped by its pid at the end."""
    port, controller = free_port(), free_port()
    properties = directory / "server.properties"
    properties.write_text(
        f"""
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={directory / "log"}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
"""
    )
    java = ["java", "-Xmx512m", "-cp", f"{jars()}/*"]
    # The first bit is none, or one id in 64 would begin with a hyphen and be read as an option.
    cluster_id = (uuid.uuid4().int >> 1).to_bytes(16, "big")
    cluster = base64.urlsafe_b64encode(cluster_id).decode().rstrip("=")
    storage = [*java, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(properties)]
    subprocess.run(storage, check=True, capture_output=True, timeout=120)
    with (directory / "kafka.out").open("wb") as output:
        process = subprocess.Popen(
            [*java, "kafka.Kafka", str(properties)], stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait(port, process, directory / "kafka.out")
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"Kafka did not start:\n{log.read_text()[-2000:]}")


def required() -> bool:
    """CI must run both brokers: there a missing one is a failure, not a skip."""
    return os.environ.get("CI") == "true"
