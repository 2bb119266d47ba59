"""Formats of survey answers."""
