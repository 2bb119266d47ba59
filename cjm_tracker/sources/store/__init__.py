"""Formats of store and shop records: sales, orders, payments."""
