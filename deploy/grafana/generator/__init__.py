"""Makes the Grafana dashboards. Used at build time only; what it makes is committed."""
