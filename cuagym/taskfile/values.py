"""The values of a task file, checked one by one; what is wrong is told with file, line and key."""

from __future__ import annotations

import contextlib
import datetime
import math
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cuagym import documents, formats
from cuagym.errors import TaskError, nearest
from cuagym.taskfile.lines import Where, line, lines, named

__all__ = ["Source", "Table", "plain"]

MAX_TEXT: Final = 4 * 2**20
"""The most bytes of a task file itself."""
_AT: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|(end of document))\)$")


@dataclass(frozen=True)
class Source:
    """A task file's text, as data.

    Attributes:
        path: The file.
        shown: What errors call it.
        data: What it holds.
        lines: On which line each key stands.
    """

    path: Path
    shown: str
    data: Mapping[str, Any]
    lines: Mapping[Where, int]

    @classmethod
    def read(cls, path: Path) -> Source:
        """Read a file.

        Raises:
            TaskError: If it cannot be read or is not TOML.
        """
        near = _near(path)
        shown = str(near)
        raw = documents.read(near, "task file")
        if len(raw) > MAX_TEXT:
            raise TaskError(f"{shown} has {len(raw):,} bytes; a task file has at most {MAX_TEXT:,}")
        try:
            text = raw.decode()
            data = tomllib.loads(text)
        except UnicodeDecodeError as e:
            at = raw[: e.start].count(b"\n") + 1
            raise TaskError(f"{shown}, line {at}: not TOML: it is no UTF-8 ({e.reason})") from None
        except tomllib.TOMLDecodeError as e:
            raise TaskError(f"{shown}, {_where(str(e), text)}") from None
        except RecursionError:
            raise TaskError(
                f"{shown}, line 1: not TOML that can be read: nested too deep"
            ) from None
        return cls(path, shown, data, lines(text))

    def wrong(self, where: Where, what: str) -> TaskError:
        """Return the error that something is wrong with a value."""
        at = line(self.lines, where)
        return TaskError(f"{self.shown}, line {at}, key {named(where)!r}: {what}")

    def top(self) -> Table:
        """Return the outermost table."""
        return Table(self, (), self.data)


def _near(path: Path) -> Path:
    """Return a path as people write it: from the current folder on, if it lies below."""
    with contextlib.suppress(OSError, ValueError):
        return path.relative_to(Path.cwd())
    return path


def _where(said: str, text: str) -> str:
    """Return tomllib's message with its line first."""
    match = _AT.search(said)
    what = _AT.sub("", said)
    if match is None:
        return f"line 1: not TOML: {what}"
    if match[3]:
        return f"line {len(text.splitlines()) or 1}: not TOML: {what} at the end"
    return f"line {match[1]}: not TOML: {what} (column {match[2]})"


@dataclass(frozen=True)
class Table:
    """A table of a task file.

    Attributes:
        source: The file.
        where: Where it stands in it.
        data: What it holds.
    """

    source: Source
    where: Where
    data: Mapping[str, Any]

    def wrong(self, key: str | int, what: str) -> TaskError:
        """Return the error that something is wrong with one of its keys."""
        return self.source.wrong((*self.where, key), what)

    def only(self, known: Iterable[str]) -> None:
        """Refuse keys that mean nothing."""
        known = tuple(known)
        for key in self.data:
            if key not in known:
                near = nearest(key, known)
                raise self.wrong(key, f"there is no such key{near} (known: {', '.join(known)})")

    def _typed(self, key: str, default: Any, kinds: tuple[type, ...], what: str) -> Any:
        if key not in self.data:
            if default is None:
                raise self.wrong(key, f"it is missing; {what} is wanted")
            return default
        value = self.data[key]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise self.wrong(key, f"{what} is wanted, got {_shown(value)}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there, and not be blank."""
        value: str = self._typed(key, default, (str,), "a text")
        if default is None and not value.strip():
            raise self.wrong(key, "it is empty")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """Return a truth value."""
        return bool(self._typed(key, default, (bool,), "true or false"))

    def whole(self, key: str, default: int, least: int) -> int:
        """Return a whole number, of at least `least`."""
        value: int = self._typed(key, default, (int,), "a whole number")
        if value < least:
            raise self.wrong(key, f"it must be at least {least}, got {value}")
        return value

    def weight(self, key: str) -> float:
        """Return a finite number above 0; 1 where there is none."""
        value = self._typed(key, 1.0, (int, float), "a number above 0")
        if not (math.isfinite(value) and value > 0):
            raise self.wrong(key, f"a finite number above 0 is wanted, got {value!r}")
        return float(value)

    def one_of(self, key: str, known: Collection[str], default: str | None = None) -> str:
        """Return one of some texts."""
        value = self.text(key, default)
        if value not in known:
            near = nearest(value, known)
            raise self.wrong(key, f"{value!r} is none of {', '.join(known)}{near}")
        return value

    def texts(self, key: str) -> list[str]:
        """Return a list of texts; empty where there is none."""
        found: list[Any] = self._typed(key, [], (list,), "a list of texts")
        for index, each in enumerate(found):
            if not isinstance(each, str):
                where = (*self.where, key, index)
                raise self.source.wrong(where, f"a text is wanted, got {_shown(each)}")
        return found

    def listed(self, key: str, what: str) -> list[Any]:
        """Return a list; empty where there is none."""
        found: list[Any] = self._typed(key, [], (list,), what)
        return found

    def tables(self, key: str) -> list[Table]:
        """Return a list of tables; empty where there is none."""
        out = []
        what = f"a list of tables is wanted, [[{key}]]"
        for index, each in enumerate(self.listed(key, f"a list of tables, [[{key}]],")):
            where = (*self.where, key, index)
            if not isinstance(each, Mapping):
                raise self.source.wrong(where, f"{what}, got {_shown(each)} in it")
            out.append(Table(self.source, where, each))
        return out

    def named(self, key: str) -> dict[str, Table]:
        """Return tables by name; empty where there are none."""
        found = self._typed(key, {}, (dict,), f"tables, [{key}.NAME],")
        inner = Table(self.source, (*self.where, key), found)
        out = {}
        for name, each in found.items():
            if not isinstance(each, Mapping):
                raise inner.wrong(name, f"a table is wanted, got {_shown(each)}")
            out[name] = Table(self.source, (*inner.where, name), each)
        return out

    def file(self, key: str | int, given: str) -> tuple[Path, bytes]:
        """Return a file that a key names: its path, relative to the task file's, and its bytes."""
        path = self.source.path.parent / Path(given).expanduser()
        try:
            return path, documents.read(_near(path))
        except TaskError as e:
            raise self.wrong(key, str(e)) from None

    def document(self, key: str, given: str) -> tuple[Path, bytes]:
        """Return a file that a key names and that an application will open."""
        path, data = self.file(key, given)
        if what := formats.problem(path.name, data):
            raise self.wrong(key, f"document {given!r} cannot be opened: {what}")
        return path, data


def plain(value: Any) -> Any:
    """Return a value of TOML as json can hold it: dates become texts."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, (datetime.date, datetime.time)):  # a datetime is a date
        return value.isoformat()
    return value


def _shown(value: Any) -> str:
    text = repr(plain(value))
    return text if len(text) <= 60 else text[:57] + "..."
