"""The tasks of teams: proven as any task is, through the real GUI."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys

import pytest

from cuagym.multi import find
from cuagym.multi.pack import discover
from cuagym.multi.task import TeamFamily, TeamInstance
from cuagym.task import MAX_INSTRUCTION
from cuagym.testing.team import prove_team

FAMILIES = find("team/*")
each = pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.id.partition("/")[2])

DIGEST = """
import hashlib, json
from cuagym.multi import find
for family in find("team/*"):
    text = json.dumps(family.instance(11).to_json(), sort_keys=True)
    print(family.id, hashlib.sha256(text.encode()).hexdigest())
"""


@each
def test_a_family_is_proven(family: TeamFamily) -> None:
    proof = prove_team(family, seed=0, look="plain")
    assert proof.problems == []
    assert proof.replayed and proof.needed == list(family.roles)
    assert proof.near_misses >= 6 and proof.by_gui >= 2
    assert family.horizon >= 1.5 * proof.steps


@each
def test_tasks_differ_by_seed_and_are_told(family: TeamFamily) -> None:
    instances = [family.instance(seed) for seed in range(12)]
    assert len({str(i.params) for i in instances}) == 12
    for role in family.roles:
        texts = {i.parts[role].instruction for i in instances}
        assert len(texts) >= 2 and all(len(t.encode()) <= MAX_INSTRUCTION for t in texts)
    assert (inspect.getdoc(type(family)) or "").splitlines()[0].endswith(".")


@each
def test_a_task_is_plain_data(family: TeamFamily) -> None:
    task = family.instance(3)
    assert TeamInstance.from_json(json.loads(json.dumps(task.to_json()))) == task


def test_tasks_are_identical_in_another_process_at_another_place() -> None:
    runs = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={"PYTHONHASHSEED": hash_seed, "TZ": zone, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(runs) == 1 and len(runs.pop().splitlines()) == len(FAMILIES)


def test_the_pack_has_a_version_and_a_hash() -> None:
    pack = discover()["team"]
    assert pack.version and len(pack.hash) == 64
