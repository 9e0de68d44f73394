"""What the pages say is what the code says."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path

from cuagym.taskfile.read import KEYS

DOCS = Path(__file__).parents[1] / "docs"


def test_the_reference_of_validators_is_that_of_the_docstrings() -> None:
    made = runpy.run_path(str(DOCS / "reference.py"))["page"]()
    assert (DOCS / "validators.md").read_text() == made, "run `python docs/reference.py`"


def test_every_key_of_a_task_file_is_told() -> None:
    page = (DOCS / "tasks.md").read_text()
    told = set(re.findall(r"^\| `\[*(\w+)", page, re.M))
    assert set(KEYS) == told - {"key"}
    for example in re.findall(r"```toml\n(.*?)```", page, re.S):
        tomllib.loads(example)


def test_the_taxonomy_is_that_of_the_tasks_and_knows_every_tag() -> None:
    made = runpy.run_path(str(DOCS / "taxonomy.py"))
    assert made["untold"]() == [], "give these a place in docs/taxonomy.toml"
    assert (DOCS / "taxonomy.md").read_text() == made["page"](), "run `python docs/taxonomy.py`"
