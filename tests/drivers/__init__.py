"""The drivers of other languages, as Grafana's data source (Go) and DBeaver (Java) have them."""
