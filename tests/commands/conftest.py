"""The command line as its users run it: a process of its own, stdout and stderr apart."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document that stdout holds."""
        return json.loads(self.out)


@pytest.fixture
def cuagym(tmp_path: Path) -> Callable[..., Done]:
    """Runs `cuagym WORD...` in an empty folder."""

    def run(*words: str, **environment: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "cuagym.cli", *words],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, **environment},
            timeout=120,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run
