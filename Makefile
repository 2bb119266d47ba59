# Three things to do in a clone; each installs what it needs into .venv.
.PHONY: test lint bench

.venv/bin/python:
	python3 -m venv .venv

test: .venv/bin/python
	.venv/bin/pip install -q -e '.[test]'
	.venv/bin/python -m pytest

lint: .venv/bin/python
	.venv/bin/pip install -q -e '.[test,lint]'
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

# Half an hour: ingest, ours beside an agent, Quix Streams and the engine's limit.
bench: .venv/bin/python
	.venv/bin/pip install -q -e '.[demo,bench]'
	.venv/bin/pip install -q --no-deps -r benchmarks/ingest/quix.txt
	.venv/bin/python -m benchmarks ingest
