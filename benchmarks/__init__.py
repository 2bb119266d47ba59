"""Measurements behind the README's claims: each prints ratios of one run on one machine."""
