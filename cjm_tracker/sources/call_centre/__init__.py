"""Formats of call-centre records: contacts, calls, tickets."""
