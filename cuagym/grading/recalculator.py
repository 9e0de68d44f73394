"""The way from a grade to the LibreOffices beside it: what asks them, and remembers answers.

A copy is known by a key: what the workbook holds, what was changed in it, and who computes it, the
build of LibreOffice and the script that drives it.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import io
import json
import os
import re
import shutil
import socket
import tempfile
import zipfile
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from cuagym import formats
from cuagym.artefacts import Artefacts, Unreadable
from cuagym.documents import digest
from cuagym.errors import Fault
from cuagym.formats import Format
from cuagym.grading.wire import Settings
from cuagym.task import ValidatorSpec
from cuagym.validation import COMPOSED, find, parts

__all__ = ["HelperGone", "Recalculator", "begin"]

_KEPT_BYTES: Final = 64 * 2**20
"""The most of remembered copies; they lie in a tmpfs that all grades share."""
_SCRIPT: Final = Path(__file__).with_name("recalculate.py")
_VOLATILE: Final = re.compile(rb"\b(TODAY|NOW|RAND|RANDBETWEEN|RAND\.NV|RANDARRAY|INFO|CELL)\(")
"""Functions whose value depends on when they are computed, or where."""


class HelperGone(BaseException):
    """LibreOffice's helper has ended; the grade ends unsaid, and is asked for again elsewhere."""


class Recalculator:
    """Recalculates workbooks through the LibreOffices beside this process.

    What was recalculated before, by this grade or an earlier one, is not recalculated again: the
    initial document and the gold files of a task are the same in all its grades.

    Args:
        settings: Where the LibreOffices listen.
        folder: Where copies are written.
        given: Copies by key, which are believed.
        fresh: Whether copies of earlier grades are not.
    """

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        given: Mapping[str, bytes] | None = None,
        fresh: bool = False,
    ) -> None:
        self._settings, self._folder = settings, folder
        self._given, self._fresh = given or {}, fresh
        self._made: dict[str, Path] = {}
        self._threads = ThreadPoolExecutor(max_workers=max(2, settings.offices))
        self._begun: dict[tuple[Path, str], Future[Path]] = {}

    def begin(self, path: Path) -> None:
        """Begin to recalculate a workbook that will be asked for."""
        self._future(path, {})

    def __call__(self, path: Path, changes: Mapping[str, Any]) -> Path:
        """Recalculate a workbook; see `artefacts.Recalculate`.

        Raises:
            Unreadable: If it is missing or no workbook.
            Fault: If LibreOffice breaks.
        """
        return self._future(path, changes).result()

    def _future(self, path: Path, changes: Mapping[str, Any]) -> Future[Path]:
        key = path, json.dumps(changes, sort_keys=True, default=str)
        if key not in self._begun:
            self._begun[key] = self._threads.submit(self._copy, path, changes)
        return self._begun[key]

    def _copy(self, path: Path, changes: Mapping[str, Any]) -> Path:
        data = _content(path)
        format = formats.find(path.name)
        wrong = "" if format and format.copy else "LibreOffice opens no files with such an ending"
        if wrong or format is None:
            raise Unreadable(f"{path.name!r} cannot be read: {wrong}")
        handle, name = tempfile.mkstemp(suffix=format.copy, dir=self._folder)
        os.close(handle)
        target = Path(name)
        key = _key(path, data, changes)
        if key in self._given:
            target.write_bytes(self._given[key])
            return target
        self._made[key] = target
        # For a day, since TODAY() is computed too.
        known = Path(self._settings.known, f"{datetime.date.today()}-{key}")
        if not self._fresh and _taken(known, target):
            return target
        wrong = formats.problem(path.name, data)
        if wrong:
            raise Unreadable(f"{path.name!r} cannot be read: {wrong}")
        self._ask(path, target, format, changes)
        _keep(target, known)
        return target

    def made(self) -> dict[str, bytes]:
        """Return the copies that were not given, by key: those that hold at any time and place."""
        if not _program():
            return {}
        copies = {key: path.read_bytes() for key, path in self._made.items()}
        # One without content could not be made, which was told.
        return {key: data for key, data in copies.items() if data and not _volatile(data)}

    def _ask(self, path: Path, target: Path, format: Format, changes: Mapping[str, Any]) -> None:
        request = {
            "source": str(path),
            "reads": format.filter,
            "options": format.options,
            "target": str(target),
            "writes": formats.of(format.copy).filter,
            "changes": dict(changes),
        }
        try:
            with socket.socket(socket.AF_UNIX) as link, link.makefile("rw") as stream:
                link.connect(self._settings.office)
                stream.write(json.dumps(request, default=str) + "\n")
                stream.flush()
                answer = json.loads(stream.readline() or "null")
        except OSError as e:
            raise HelperGone from e
        if answer is None:
            raise HelperGone
        if "fault" in answer:
            raise Fault(answer["fault"])
        if "unreadable" in answer:
            raise Unreadable(f"{path.name!r} cannot be read: {answer['unreadable']}")


def begin(
    recalculator: Recalculator,
    specs: list[ValidatorSpec],
    sources: Mapping[str, str],
    artefacts: Artefacts,
) -> None:
    """Begin with what validators declare to need; see `artefacts.recalculates`.

    Raises:
        TaskError: If there is no such validator.
    """
    for spec in specs:
        if spec.name in COMPOSED:
            inner = parts(spec)
            # What passes first is enough of an `any`.
            begin(recalculator, inner[: 1 if spec.name == "any" else None], sources, artefacts)
            continue
        declared = getattr(find(spec.name, sources), "recalculates", None)
        if declared is None:
            continue
        initial, arguments = declared
        wanted = [artefacts.document, *([artefacts.initial] if initial else [])]
        for path in [*wanted, *(artefacts.gold / str(spec.args.get(a)) for a in arguments)]:
            recalculator.begin(path)


@functools.cache
def _program() -> str:
    """Return what tells one LibreOffice from another, down to its package; "" if it cannot be told.

    A distribution mends a version without a new build number; but a package's files bear the date
    at which it was made.
    """
    folder = Path(os.path.realpath(shutil.which("soffice") or "")).parent
    try:
        told = (folder / "versionrc").read_text()
        about = (folder / "libsclo.so").stat()
    except OSError:
        return ""
    return f"{told}{about.st_size} {int(about.st_mtime)}"


def _key(path: Path, data: bytes, changes: Mapping[str, Any]) -> str:
    held = digest(data, without="docProps/")  # who stored it, and when
    asked = [path.suffix.lower(), dict(changes), held, _program(), _SCRIPT.read_text()]
    told = json.dumps(asked, sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _volatile(copy: bytes) -> bool:
    """Whether a recalculated workbook would be another one tomorrow."""
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        parts = (n for n in archive.namelist() if n.endswith(".xml"))
        return any(_VOLATILE.search(archive.read(name)) for name in parts)


def _content(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        Unreadable: If it is missing, or no file.
    """
    if not path.exists():
        raise Unreadable(f"there is no file {path.name!r}")
    if not path.is_file():
        raise Unreadable(f"{path.name!r} is no file")
    return path.read_bytes()


def _taken(known: Path, target: Path) -> bool:
    """Put a remembered copy in a place; False if there is none."""
    try:
        os.utime(known)
        target.unlink()
        os.link(known, target)
    except FileNotFoundError:
        if not target.exists():
            target.touch()
        return False
    return True


def _keep(target: Path, known: Path) -> None:
    """Remember a copy, and forget those that were not used for longest."""
    if target.stat().st_size > _KEPT_BYTES // 4:
        return
    known.parent.mkdir(exist_ok=True)
    target.chmod(0o444)  # it is one file with the remembered one: a validator must not write to it
    with suppress(FileExistsError):  # another grade was faster
        os.link(target, known)
    kept = []
    for each in known.parent.iterdir():
        with suppress(FileNotFoundError):
            about = each.stat()
            kept.append((about.st_mtime, about.st_size, each))
    total = 0
    for _, size, each in sorted(kept, reverse=True):
        total += size
        if total > _KEPT_BYTES:
            each.unlink(missing_ok=True)
