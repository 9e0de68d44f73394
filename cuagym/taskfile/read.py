"""Reading a task file: a task family, or an error that names file, line and key."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cuagym import app as apps
from cuagym.actions import Action, Terminate, Turn, parse
from cuagym.errors import ActionError, TaskError
from cuagym.task import DIFFICULTIES, ID, MAX_INSTRUCTION, SPLITS, TaskFamily, ValidatorSpec
from cuagym.taskfile.family import FileTask, Told, family
from cuagym.taskfile.values import Source, Table, plain
from cuagym.validation import COMPOSED, check, parts

__all__ = ["KEYS", "id_of", "read"]

KEYS: Final = (
    "id",
    "app",
    "instruction",
    "open",
    "files",
    "save",
    "max_steps",
    "capabilities",
    "difficulty",
    "split",
    "feasible",
    "validators",
    "solve",
    "near_misses",
)
"""The keys of a task file, in the order in which people are told of them."""


def id_of(path: Path) -> str:
    """Return the id that a task file says it has.

    Raises:
        TaskError: If it cannot be read or has none.
    """
    return _id(Source.read(path).top())


def read(path: Path, validators: Mapping[str, str], id: str = "") -> FileTask:
    """Read a task file and everything that it names.

    Args:
        path: The file.
        validators: Where validators are, by the first part of their names.
        id: What its id must be, for the pack and the name that it lies under; "" for any.

    Raises:
        TaskError: If anything of it is wrong; names the file, the line and the key.
    """
    return _Reader(Source.read(path), validators).family(id)


def _id(top: Table) -> str:
    id = top.text("id")
    if not ID.fullmatch(id):
        raise top.wrong(
            "id",
            f"{id!r} must be PACK/NAME: letters in lower case, digits, '.', '_' and '-', one '/'",
        )
    return id


class _Reader:
    """One task file, being read."""

    def __init__(self, source: Source, known: Mapping[str, str]) -> None:
        self.source, self.top, self.known = source, source.top(), known
        self.files: dict[str, tuple[Path, bytes]] = {}
        self.gold: dict[str, tuple[Path, bytes]] = {}
        self.sources = [source.path]

    def family(self, id: str) -> FileTask:
        top = self.top
        top.only(KEYS)
        if id and _id(top) != id:
            raise top.wrong("id", f"it must be {id!r}, as pack and file are called")
        attributes = self.attributes()
        instruction = self.instruction()
        document = self.workspace()
        validators = tuple(
            self.validator(table, document) for table in self.validator_tables(attributes)
        )
        turns = self.solve()
        misses = self.near_misses(document)
        told = Told(
            self.source.path,
            {**attributes, "has_oracle": bool(turns)},
            instruction,
            document,
            {name: data for name, (_, data) in self.files.items()},
            validators,
            {name: data for name, (_, data) in self.gold.items()},
            turns,
            misses,
            tuple(dict.fromkeys(self.sources)),
        )
        made = family(told)
        try:
            made.instance(0)
        except TaskError as e:
            raise TaskError(f"{self.source.shown}, line 1: {e}") from None
        return made

    def attributes(self) -> dict[str, Any]:
        top = self.top
        id = _id(top)
        return {
            "id": id,
            "app": top.one_of("app", apps.names()),
            "save": top.flag("save", TaskFamily.save),
            "horizon": top.whole("max_steps", TaskFamily.horizon, least=1),
            "capabilities": tuple(top.texts("capabilities")),
            "difficulty": top.one_of("difficulty", DIFFICULTIES, TaskFamily.difficulty),
            "split": top.one_of("split", SPLITS, TaskFamily.split),
            "feasible": top.flag("feasible", TaskFamily.feasible),
        }

    def instruction(self) -> str:
        text = self.top.text("instruction")
        size = len(text.encode())
        if size > MAX_INSTRUCTION:
            what = f"it has {size} bytes in UTF-8, at most {MAX_INSTRUCTION} fit"
            raise self.top.wrong("instruction", what)
        if "\0" in text:
            raise self.top.wrong("instruction", "it holds a NUL character")
        return text

    def workspace(self) -> str:
        """Read the document and the other files; return the document's name."""
        top = self.top
        opened = top.text("open", "")
        listed = top.texts("files")
        if not opened and "open" in top.data:
            raise top.wrong("open", "it is empty; leave the key out to begin without a document")
        if opened:
            path, data = top.document("open", opened)
            if wrong := apps.unsuited(top.one_of("app", apps.names()), opened):
                raise top.wrong("open", f"document {opened!r} cannot be opened: {wrong}")
            self.files[path.name] = path, data
            self.sources.append(path)
        inner = Table(self.source, ("files",), {})
        for index, given in enumerate(listed):
            path, data = inner.file(index, given)
            if self.files.get(path.name, (path,))[0].resolve() != path.resolve():
                there = self.files[path.name][0]
                what = f"two files are called {path.name!r}: {str(there)!r} and {str(path)!r}"
                raise inner.wrong(index, what)
            self.files.setdefault(path.name, (path, data))
            self.sources.append(path)
        return Path(opened).name

    def validator_tables(self, attributes: Mapping[str, Any]) -> list[Table]:
        tables = self.top.tables("validators")
        if not tables and attributes["feasible"]:
            what = "it is missing or empty: nothing would be judged; write [[validators]] tables"
            raise self.top.wrong("validators", what)
        return tables

    def validator(self, table: Table, document: str) -> ValidatorSpec:
        """Read a validator, and the gold files that it or one composed of it names."""
        weight = table.weight("weight")
        name = table.text("name")
        given = {k: plain(v) for k, v in table.data.items() if k not in ("name", "weight")}
        if name in COMPOSED:
            self.checked(table, lambda: parts(ValidatorSpec(name, given)))
            inner = [self.validator(each, document) for each in table.tables("of")]
            of = [{"name": v.name, **v.args, "weight": v.weight} for v in inner]
            return ValidatorSpec(name, {"of": of}, weight)
        gold = given.get("gold")
        if isinstance(gold, str):
            given["gold"] = self.golden(table, gold, document)
        spec = ValidatorSpec(name, given, weight)
        self.checked(table, lambda: check(spec, self.known))
        return spec

    def golden(self, table: Table, given: str, document: str) -> str:
        """Read a gold file and return the name that the validator will know it by."""
        path, data = table.document("gold", given)
        there = self.gold.setdefault(path.name, (path, data))[0]
        if there.resolve() != path.resolve():
            what = f"two gold files are called {path.name!r}: {str(there)!r} and {str(path)!r}"
            raise table.wrong("gold", what)
        if document and data == self.files[document][1]:
            what = f"{given!r} is what the task begins with: nothing would be left to do"
            raise table.wrong("gold", what)
        self.sources.append(path)
        return path.name

    def checked(self, table: Table, check: Any) -> None:
        """Check a validator; an error is told at the key that it names."""
        try:
            check()
        except TaskError as e:
            said = str(e)
            first = next((key for key in table.data if f"argument {key!r}" in said), "")
            raise table.wrong(first or "name", said) from None

    def solve(self) -> tuple[Turn, ...]:
        """Read the oracle's turns: an action is a turn of its own, a list of them is one."""
        turns: list[Turn] = []
        given = self.top.listed("solve", "a list of actions, or of lists of them,")
        for index, turn in enumerate(given):
            where = ("solve", index)
            if not isinstance(turn, list):
                turns.append((self.action(where, turn),))
            elif turn:
                turns.append(tuple(self.action((*where, i), a) for i, a in enumerate(turn)))
            else:
                raise self.source.wrong(where, "the turn is empty")
            early = [a for a in turns[-1] if isinstance(a, Terminate)]
            if early and (index + 1 < len(given) or turns[-1].index(early[0]) + 1 < len(turns[-1])):
                raise self.source.wrong(where, "'terminate' must be the last action of all")
        if "solve" in self.top.data and not turns:
            raise self.top.wrong("solve", "it is empty; leave the key out to tell no way")
        return tuple(turns)

    def action(self, where: tuple[str | int, ...], given: Any) -> Action:
        try:
            return parse(plain(given))
        except ActionError as e:
            raise self.source.wrong(where, str(e)) from None

    def near_misses(self, document: str) -> dict[str, tuple[bytes, str]]:
        misses = {}
        for name, table in self.top.named("near_misses").items():
            table.only(("file", "says"))
            path, data = table.document("file", table.text("file"))
            if not document:
                raise table.wrong("file", "the task opens no document that it could stand for")
            if data == self.files[document][1]:
                raise table.wrong("file", "it is what the task begins with: that fails anyway")
            misses[name] = data, table.text("says")
            self.sources.append(path)
        return misses
