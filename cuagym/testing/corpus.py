"""The regression corpus: end states and their verdicts, kept beside a pack.

`corpus/NAME.tar.xz` in the pack's folder holds the end states of one seed of the family NAME: the
initial one, the oracle's, those of other routes, of near misses and of mutants. Graded again after
a change, without any GUI, they tell whose verdict has changed.

    states.json    which task it was, and of each state: its files, how it ended, what was said,
                   and what was recalculated to say so
    files/HASH     the files; archives in it are not compressed, so that what they share is, and
                   have no dates, so that an unchanged check leaves an unchanged corpus

Recalculated workbooks are kept because LibreOffice takes most of the time of a grade. They only
count for the build of LibreOffice that made them; another one recalculates all.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import os
import tarfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cuagym.documents import stable_zip, undated
from cuagym.errors import CuagymError, TaskError
from cuagym.grading import Grader
from cuagym.pack import CORPUS, TaskPack
from cuagym.task import TaskFamily, TaskInstance
from cuagym.testing.conformance import State
from cuagym.verdict import Verdict

__all__ = ["Regrade", "changed", "content", "place", "regrade", "store"]


@dataclass(frozen=True)
class Regrade:
    """What came of grading a family's stored states again.

    Attributes:
        family: The family's id.
        states: How many were graded.
        changes: In words, each verdict that is not what it was.
        recalculated: How many workbooks LibreOffice had to recalculate.
    """

    family: str
    states: int
    changes: tuple[str, ...]
    recalculated: int = 0


def place(pack: TaskPack, name: str) -> Path:
    """Return where the states of a family are kept."""
    return pack.folder / CORPUS / f"{name}.tar.xz"


def _identity(instance: TaskInstance) -> str:
    """Return what tells one task from another, whoever wrote its documents."""
    told = json.dumps([instance.id, dict(instance.params), instance.instruction], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def content(family: TaskFamily) -> str:
    """Return a hash of what a family is made of."""
    total = hashlib.sha256()
    for path in family.sources():
        total.update(f"{path.name}\0".encode() + path.read_bytes())
    return total.hexdigest()[:20]


def changed(pack: TaskPack, name: str) -> bool:
    """Whether a family is not what its stored states were proven of, or has none."""
    try:
        about, _ = _load(place(pack, name))
    except TaskError:
        return True
    return bool(about.get("of") != content(pack.family(name)))


def _plain(data: bytes) -> bytes:
    try:
        return stable_zip(data, undated) if data.startswith(b"PK") else data
    except Exception:  # a damaged archive is kept as it is
        return data


def store(pack: TaskPack, instance: TaskInstance, states: Iterable[State]) -> Path:
    """Write a family's states; equal states give equal bytes.

    Raises:
        TaskError: If the pack's folder cannot be written to.
    """
    contents: dict[str, bytes] = {}

    def kept(files: Mapping[str, bytes]) -> dict[str, str]:
        plain = {name: _plain(data) for name, data in sorted(files.items())}
        digests = {name: hashlib.sha256(data).hexdigest()[:20] for name, data in plain.items()}
        contents.update((digests[name], data) for name, data in plain.items())
        return digests

    listed = []
    for state in states:
        listed.append(
            {
                "name": state.name,
                "files": kept(state.files),
                "answer": state.answer,
                "status": state.status,
                "success": state.verdict.success,
                "checks": {c.name: c.passed for c in state.verdict.checks},
                "copies": kept(state.copies),
            }
        )
    made_of = content(pack.family(instance.id.partition("/")[2]))
    about = {"task": _identity(instance), "seed": instance.seed, "of": made_of, "states": listed}
    members = {"states.json": json.dumps(about, indent=1, ensure_ascii=False).encode()}
    members |= {f"files/{digest}": data for digest, data in contents.items()}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    target = place(pack, instance.id.partition("/")[2])
    try:
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(lzma.compress(buffer.getvalue(), preset=9))
    except OSError as e:
        raise TaskError(f"the corpus {target} cannot be written: {e.strerror}") from None
    return target


def _load(path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Read what `store` wrote.

    Raises:
        TaskError: If it is missing or damaged.
    """
    try:
        whole = lzma.decompress(path.read_bytes())  # tarfile takes a cut-off one for its end
        with tarfile.open(fileobj=io.BytesIO(whole)) as archive:
            members = {
                m.name: f.read() for m in archive if (f := archive.extractfile(m)) is not None
            }
        about = json.loads(members.pop("states.json"))
        return about, {name.partition("/")[2]: data for name, data in members.items()}
    except FileNotFoundError:
        raise TaskError("it has no stored states; `cuagym check` makes them") from None
    except (OSError, tarfile.TarError, lzma.LZMAError, KeyError, ValueError) as e:
        raise TaskError(f"its stored states in {path} are damaged: {e}") from None


def regrade(pack: TaskPack, name: str, grader: Grader) -> Regrade:
    """Grade a family's stored states again and tell what has changed."""
    id = f"{pack.name}/{name}"
    try:
        about, contents = _load(place(pack, name))
        instance = pack.family(name).instance(int(about["seed"]))
        if about["task"] != _identity(instance):
            seed = about["seed"]
            raise TaskError(f"its task of seed {seed} is another one now: run `cuagym check` again")
    except CuagymError as e:
        return Regrade(id, 0, (str(e),))

    def change(state: dict[str, Any]) -> tuple[str, int]:
        files, copies = (
            {name: contents[digest] for name, digest in state.get(kind, {}).items()}
            for kind in ("files", "copies")
        )
        given = len(copies)
        verdict = grader.grade(instance, files, state["answer"], state["status"], copies=copies)
        return _change(state, verdict), len(copies) - given

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        told = list(threads.map(change, about["states"]))
    changes = tuple(change for change, _ in told if change)
    return Regrade(id, len(told), changes, sum(recalculated for _, recalculated in told))


def _change(state: dict[str, Any], verdict: Verdict) -> str:
    """Say how a verdict differs from the stored one; "" if it does not."""
    if verdict.fault:
        return f"{state['name']}: cannot be graded any more: {verdict.fault}"
    if verdict.success != state["success"]:
        now = "passes now, failed before" if verdict.success else "fails now, passed before"
        failed = "; ".join(f"{c.name}: {c.detail}" for c in verdict.checks if not c.passed)
        return f"{state['name']}: {now}" + (f" ({failed})" if failed else "")
    before, after = state["checks"], {c.name: c.passed for c in verdict.checks}
    if before == after:
        return ""
    names = [n for n in {**before, **after} if before.get(n) != after.get(n)]
    return f"{state['name']}: other checks: {', '.join(map(repr, names))}"
