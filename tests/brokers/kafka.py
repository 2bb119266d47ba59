"""Apache Kafka 4 for tests: jars from Maven Central, one KRaft node on loopback."""

from __future__ import annotations

import base64
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cjm_tracker.broker import Broker
from cjm_tracker.broker.tansu import free_port
from tests.brokers.tls import Certificate

Login = tuple[str, str]  # user, password

HERE = Path(__file__).parent
JARS = HERE.parents[1] / ".cache" / "kafka-jars"
# A broker of a test lives for seconds: to compile well, as for months, would take half its time.
JAVA = ("java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
PROPERTIES = "server.properties"


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


class Node:
    """A broker process; stopped and started anew it has the same port and the same log."""

    def __init__(self, directory: Path, port: int) -> None:
        self.broker = Broker(f"127.0.0.1:{port}")
        self._directory = directory
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it listens."""
        log = self._directory / "kafka.out"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*JAVA, "-cp", f"{jars()}/*", "kafka.Kafka", str(self._directory / PROPERTIES)],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        _wait(self._port, self._process, log)

    def stop(self) -> None:
        """By its pid; after a while without a chance to say goodbye."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def freeze(self) -> None:
        """It keeps its connections and does nothing any more."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def kafka_node(directory: Path) -> Iterator[Node]:
    """A broker that can be restarted and frozen; it runs."""
    with _running(directory, free_port()) as node:
        yield node


@contextmanager
def kafka(directory: Path) -> Iterator[Broker]:
    """A running broker; stopped by its pid at the end."""
    with kafka_node(directory) as node:
        yield node.broker


@contextmanager
def locked_kafka(directory: Path, ca: Path, own: Certificate, login: Login) -> Iterator[Broker]:
    """A broker that speaks TLS and lets in one user, by SCRAM-SHA-512 or PLAIN."""
    port = free_port()
    store = directory / "keystore.pem"
    store.write_text(own.key.read_text() + own.file.read_text())
    name, password = login
    module = "org.apache.kafka.common.security"
    secured = f"""
ssl.keystore.type=PEM
ssl.keystore.location={store}
listener.name.clients.sasl.enabled.mechanisms=SCRAM-SHA-512,PLAIN
listener.name.clients.scram-sha-512.sasl.jaas.config={module}.scram.ScramLoginModule required;
listener.name.clients.plain.sasl.jaas.config={module}.plain.PlainLoginModule required \\
  user_{name}="{password}";
"""
    scram = ["--add-scram", f"SCRAM-SHA-512=[name={name},password={password}]"]
    with _running(directory, port, "SASL_SSL", secured, scram):
        yield Broker(
            f"127.0.0.1:{port}",
            security_protocol="sasl_ssl",
            ca_file=ca,
            sasl_mechanism="SCRAM-SHA-512",
            user=name,
            password=password,
        )


@contextmanager
def _running(
    directory: Path,
    port: int,
    protocol: str = "PLAINTEXT",
    more: str = "",
    formatting: Sequence[str] = (),
) -> Iterator[Node]:
    internal, controller = free_port(), free_port()
    properties = directory / PROPERTIES
    properties.write_text(
        f"""
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=CLIENTS://127.0.0.1:{port},INTERNAL://127.0.0.1:{internal},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=CLIENTS://127.0.0.1:{port},INTERNAL://127.0.0.1:{internal}
listener.security.protocol.map=CLIENTS:{protocol},INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=INTERNAL
log.dirs={directory / "log"}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
auto.create.topics.enable=false
{more}"""
    )
    # The first bit is none, or one id in 64 would begin with a hyphen and be read as an option.
    cluster_id = (uuid.uuid4().int >> 1).to_bytes(16, "big")
    cluster = base64.urlsafe_b64encode(cluster_id).decode().rstrip("=")
    storage = [
        *JAVA,
        "-cp",
        f"{jars()}/*",
        "kafka.tools.StorageTool",
        "format",
        "-t",
        cluster,
        "-c",
        str(properties),
    ]
    subprocess.run([*storage, *formatting], check=True, capture_output=True, timeout=120)
    node = Node(directory, port)
    try:
        node.start()
        yield node
    finally:
        node.stop()


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
