"""Kafka by kafka-python: topics, producing, reading again, lag, and the embedded broker.

The stream itself is read by the workers in `streams/`, through Faust's own client.
"""

from cjm_tracker.broker.address import Broker
from cjm_tracker.broker.connection import check_tls
from cjm_tracker.broker.describe import Described, describe_topics
from cjm_tracker.broker.lag import Position, committed
from cjm_tracker.broker.producer import Sent, send
from cjm_tracker.broker.reading import Range, Span, counted, first_records, read, spans
from cjm_tracker.broker.resend import Message, Resender, resender
from cjm_tracker.broker.tansu import EmbeddedBroker
from cjm_tracker.broker.topics import Topics, create_topics

__all__ = [
    "Broker",
    "Described",
    "EmbeddedBroker",
    "Message",
    "Position",
    "Range",
    "Resender",
    "Sent",
    "Span",
    "Topics",
    "check_tls",
    "committed",
    "counted",
    "create_topics",
    "describe_topics",
    "first_records",
    "read",
    "resender",
    "send",
    "spans",
]
