"""The Faust app: `faust -A streams.app worker` runs all stream processors of one installation.

A wrong setting or mapping ends the process before the first read, with exit status 78 and one
line that says what and where; so does a broker whose certificate is refused, with 69.
"""

from __future__ import annotations

import logging
import sys
import tempfile

import faust
import structlog
from faust.auth import SASLCredentials, SSLCredentials

from cjm_tracker.broker import Broker
from cjm_tracker.errors import CjmError
from streams import collector
from streams.runtime import Runtime


def _configure_logging() -> None:
    """Our own lines as JSON on stderr, without payloads; Faust's own lines stay as they are."""
    level = {"warn": "warning"}.get(runtime.settings.log_level, runtime.settings.log_level)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # At `-l debug` it writes every request, and with it the password of a PLAIN login.
    logging.getLogger("aiokafka.conn").setLevel(logging.INFO)


def _start() -> Runtime:
    try:
        return Runtime.from_environment()
    except CjmError as error:
        for line in str(error).splitlines():
            print(f"cjm: {line}", file=sys.stderr)
        sys.exit(error.exit_code)


def _credentials(broker: Broker) -> SASLCredentials | SSLCredentials | None:
    if broker.user:
        return SASLCredentials(
            username=broker.user,
            password=broker.password,
            mechanism=broker.sasl_mechanism,
            ssl_context=broker.tls,
        )
    return SSLCredentials(broker.tls) if broker.tls else None


runtime = _start()
_configure_logging()
settings = runtime.settings

app = faust.App(
    settings.group,
    broker=[f"kafka://{server}" for server in runtime.kafka_options["bootstrap_servers"]],
    # Not in the URLs: the start banner shows those.
    broker_credentials=_credentials(runtime.kafka),
    origin="streams",
    autodiscover=["streams.services"],
    # No tables, no web server: state is in ClickHouse, and nothing listens.
    store="memory://",
    datadir=tempfile.mkdtemp(prefix="cjm-faust-"),
    worker_redirect_stdouts=False,
    topic_disable_leader=True,
    topic_allow_declare=False,
    broker_session_timeout=settings.session_timeout_s,
    broker_heartbeat_interval=settings.session_timeout_s / 3,
    broker_rebalance_timeout=settings.rebalance_timeout_s,
)
# Not the setting `web_enabled`: `faust worker` would switch it on again, on all interfaces.
app.boot_strategy.enable_web = False

collector.tune()
