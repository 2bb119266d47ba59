"""Writes the Grafana dashboards and alerts, from `generator/`, `sql/measures/`, `sql/queries/`.

    python deploy/grafana/generate.py                      the committed ones, in English
    python deploy/grafana/generate.py --lang bg --out DIR  others, to push or to provision
    python deploy/grafana/generate.py --check              exit 1 when a committed one differs

Needs the `test` extra: grafana-foundation-sdk is no part of an installation.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from generator.alerts import alerts
from generator.attribution import attribution
from generator.channels import channels
from generator.customer import customer
from generator.emotion import emotion
from generator.evidence import evidence
from generator.fixes import fixes
from generator.health import health
from generator.overview import overview
from generator.pains import pains
from generator.paths import paths
from generator.stages import stages
from generator.texts import LANGUAGES, Texts
from grafana_foundation_sdk.cog.encoder import JSONEncoder

GRAFANA = Path(__file__).resolve().parent
BOARDS = (
    overview, stages, paths, channels, pains, emotion, attribution, fixes, health, evidence,
    customer,
)  # fmt: skip
DASHBOARDS = GRAFANA / "dashboards"


def dashboards(language: str) -> dict[str, str]:
    """The text of each dashboard's file, and of the alerts', by the file's name."""
    texts = Texts(language)
    made = [build(texts).build() for build in BOARDS]
    boards = {
        f"{board.uid}.json": json.dumps(
            board, cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False
        )
        + "\n"
        for board in made
    }
    return {**boards, "alerts.yaml": alerts(texts, boards)}


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    made = dashboards(options.lang)
    if options.check:
        return _check(made, options.out)
    for path, text in _places(made, options.out).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


def _places(made: dict[str, str], directory: Path) -> dict[Path, str]:
    """Where each belongs: the committed alerts lie where Grafana looks for such."""
    alerting = GRAFANA / "provisioning" / "alerting" if directory == DASHBOARDS else directory
    return {
        (alerting if name.endswith(".yaml") else directory) / name: text
        for name, text in made.items()
    }


def _check(made: dict[str, str], directory: Path) -> int:
    stale = [
        path.name
        for path, text in _places(made, directory).items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    if stale:
        print(f"{', '.join(stale)}: not as generated; run {Path(sys.argv[0]).name}")
    return 1 if stale else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="of titles and headings")
    parser.add_argument("--out", type=Path, default=DASHBOARDS, help="directory to write to")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main())
