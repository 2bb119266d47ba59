"""A seeded simulator of one omnichannel retailer, for examples, tests and measurements.

It writes what real systems write, in their wire formats (Segment, Amazon Connect, POSLog,
Typeform), and the truth beside: which customer is behind each record. Customers act for reasons:
a failed payment makes them call, a long wait makes them hang up and complain. The same arguments
give the same bytes; there is no wall clock and no global state.
"""

from __future__ import annotations

from cjm_tracker.simulator.sample import SampleLogs, simulate

__all__ = ["SampleLogs", "simulate"]
