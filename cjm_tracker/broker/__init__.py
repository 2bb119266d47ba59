"""Kafka by kafka-python: topics, producing log files, lag, and the embedded broker.

The stream itself is read by the workers in `streams/`, through Faust's own client.
"""

from cjm_tracker.broker.lag import Position, committed
from cjm_tracker.broker.producer import Sent, send
from cjm_tracker.broker.tansu import EmbeddedBroker
from cjm_tracker.broker.topics import Topics, create_topics

__all__ = [
    "EmbeddedBroker",
    "Position",
    "Sent",
    "Topics",
    "committed",
    "create_topics",
    "send",
]
