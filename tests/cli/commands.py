"""Running `cjm` as a person does: the installed command, in a directory of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CJM = Path(sys.executable).parent / "cjm"


def cjm(
    directory: Path, *arguments: str, stdin: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `cjm` in `directory`; settings of the surrounding shell do not reach it."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("CJM_")}
    done = subprocess.run(
        [str(CJM), *arguments],
        cwd=directory,
        input=stdin,
        capture_output=True,
        timeout=180,
        env={**bare, "COLUMNS": "100", **environment},
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )
