"""What each of our packs of written tasks owes its users as a whole."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cuagym.pack import discover, find

DIGEST = """
import hashlib, json, sys
from cuagym.pack import find
for family in find(sys.argv[1]):
    text = json.dumps(family.instance(11).to_json(), sort_keys=True)
    print(family.id, hashlib.sha256(text.encode()).hexdigest())
"""

each = pytest.mark.parametrize("pack", ["browser", "excel", "powerpoint", "practice", "word"])


@each
def test_the_core_set_holds_every_family(pack: str) -> None:
    assert {f.id for f in find(f"{pack}/core@1")} == {f.id for f in find(f"{pack}/*")}


@each
def test_tasks_are_identical_in_another_process_at_another_place(pack: str) -> None:
    runs = {
        subprocess.run(
            [sys.executable, "-c", DIGEST, f"{pack}/*"],
            env={"PYTHONHASHSEED": hash_seed, "TZ": zone, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(runs) == 1 and len(runs.pop().splitlines()) == len(find(f"{pack}/*"))


@each
def test_a_pack_has_a_version_and_a_hash(pack: str) -> None:
    found = discover()[pack]
    assert found.version and len(found.hash) == 64
