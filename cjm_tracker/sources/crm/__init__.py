"""Formats that say who is who, and are no touchpoints."""
