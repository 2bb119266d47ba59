"""The dashboard `cjm-channels`: where customers come by, and where they have to turn elsewhere."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from generator import layout
from generator.overview import channel_volume
from generator.queries import scope_variables
from generator.tables import of_measure
from generator.texts import Texts


def channels(texts: Texts) -> Dashboard:
    """The whole dashboard."""
    return layout.board("channels", texts, scope_variables(texts), _rows(texts))


def _rows(texts: Texts) -> list[layout.Row]:
    handoffs = "touchpoint=`from` to contacts customers tried rate rate_low rate_high median_s"
    switches = "from to transitions customers share median_s"
    repeats = "touchpoint=name contacts customers followed repeated rate settled"
    return [
        (9, [(24, channel_volume(texts))]),
        (11, [(24, of_measure("handoffs", texts, "handoffs", handoffs, topic="any"))]),
        (
            11,
            [
                (12, of_measure("switches", texts, "transitions", switches, of="channel")),
                (12, of_measure("repeats", texts, "repeats", repeats)),
            ],
        ),
    ]
