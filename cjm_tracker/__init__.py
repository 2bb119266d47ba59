"""cjm-tracker: an event-driven customer-journey tracker built from real touchpoint logs."""

__all__ = ["__version__"]

__version__ = "0.1.0"
