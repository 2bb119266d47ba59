"""Formats of website and app events."""
