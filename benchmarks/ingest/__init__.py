"""Web events a second, from the broker to the warehouse: ours, two peers, and the engine's limit.

Every contender is a process of its own that reads the same records from the same broker into a
warehouse of its own; how fast it is, is read off the offsets it commits. Needs Linux: CPU time and
memory come from /proc.
"""
