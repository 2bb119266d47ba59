"""Commands to the workers, a few a day: the one place where an agent, event by event, is right."""

from __future__ import annotations

from collections.abc import AsyncIterator

import orjson
import structlog

from streams.app import app, runtime

log = structlog.get_logger()

topic = app.topic(runtime.topics.control, value_type=bytes, value_serializer="raw")


@app.agent(topic)
async def control(commands: AsyncIterator[bytes]) -> None:
    """`{"command": "stitch"}` stitches at once; what is not understood is logged."""
    async for value in commands:
        try:
            command = orjson.loads(value)["command"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            log.warning("not a command", bytes=len(value))
            continue
        if command == "stitch":
            runtime.asked.set()
        else:
            log.warning("unknown command", command=str(command)[:60])
