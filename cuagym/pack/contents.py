"""A pack and what its folder holds: modules and task files, read when they are asked for."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib
import inspect
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from cuagym import taskfile
from cuagym.errors import TaskError, nearest
from cuagym.modules import import_folder
from cuagym.task import TaskFamily

__all__ = ["CORPUS", "TaskPack"]

CORPUS = "corpus"
"""A pack's subfolder of recorded end states: no part of its tasks, nor of its hash."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_NO_TASKS = ("pack.toml", "pyproject.toml")


@dataclass(frozen=True)
class TaskPack:
    """A pack, of which no family has been imported yet.

    Attributes:
        name: The pack's name, the first part of its families' ids.
        version: Its own version.
        folder: Where it lies.
        module: The package to import, or "" if it is imported from its folder.
        sets: Frozen selections of its families' names, such as `core@1`.
        tasks: Its task files, by the names of their tasks.
        alone: Whether it is nothing but one task file, which somebody named by its path.
        generator: One of its modules, which makes families that have no module of their own: it
            offers `names() -> Iterable[str]` and `family(name) -> TaskFamily`.
    """

    name: str
    version: str
    folder: Path
    module: str = ""
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tasks: Mapping[str, Path] = field(default_factory=dict)
    alone: bool = False
    generator: str = ""

    @classmethod
    def read(cls, folder: Path, module: str = "") -> TaskPack:
        """Read a pack's metadata.

        Raises:
            TaskError: If `pack.toml` is wrong, or missing and there are no task files either; or if
                two files are one task.
        """
        path = folder / "pack.toml"
        files = _task_files(folder)
        if not path.exists() and folder.is_dir():
            return cls._of_files(folder, files)
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as e:
            raise TaskError(f"{path} cannot be read: {e.strerror}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
            raise TaskError(f"{path} is not TOML: {e}") from None
        for key in ("name", "version"):
            if not isinstance(table.get(key), str):
                raise TaskError(f"{path} needs a text under {key!r}, got {table.get(key)!r}")
        name = table["name"]
        if not _NAME.fullmatch(name):
            raise TaskError(f"{path}: name {name!r} must be lower case, without '/'")
        tasks = _distinct((f"{name}/{_stem(folder, f)}", f) for f in [*_modules(folder), *files])
        named = None if "generator" in table else [id.partition("/")[2] for id in tasks]
        sets = _sets(path, table.get("sets", {}), named)
        own = {id.partition("/")[2]: f for id, f in tasks.items() if f.suffix == ".toml"}
        made = table.get("generator", "")
        return cls(
            name, table["version"], folder, module, sets, MappingProxyType(own), generator=made
        )

    @classmethod
    def _of_files(cls, folder: Path, files: Iterable[Path]) -> TaskPack:
        """Return the pack that a folder of task files is; their ids tell its name."""
        ids: list[tuple[str, Path]] = []
        broken: dict[str, tuple[Path, TaskError]] = {}
        for file in files:
            try:
                ids.append((taskfile.id_of(file), file))
            except TaskError as e:  # told when its task is asked for, by the name of its file
                broken[_stem(folder, file)] = file, e
        tasks = _distinct(ids)
        packs = {id.partition("/")[0]: f"{id!r} ({file})" for id, file in tasks.items()}
        if len(packs) > 1:
            raise TaskError(
                f"the task files in {folder} are of several packs, one folder holds one:"
                f" {' and '.join(packs.values())}"
            )
        if not packs:
            raise next((e for _, e in broken.values()), _no_pack(folder))
        named = {id.partition("/")[2]: file for id, file in tasks.items()}
        every = {name: file for name, (file, _) in broken.items()} | named
        return cls(next(iter(packs)), "0", folder, tasks=MappingProxyType(every))

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """The names of its families, without the pack's, in alphabetical order."""
        modules = [] if self.alone else _modules(self.folder)
        made = self.import_module(self.generator).names() if self.generator else ()
        return tuple(sorted({*self.tasks, *made, *(_stem(self.folder, m) for m in modules)}))

    @functools.cached_property
    def hash(self) -> str:
        """A hash of everything in the pack's folder: equal for equal tasks, on any machine.

        Files elsewhere that its task files name count as well, hidden files, caches and the
        recorded end states in its subfolder `corpus` do not.
        """
        inner = [] if self.alone else [p for p in self.folder.rglob("*") if p.is_file()]
        parts = [(p.relative_to(self.folder), p) for p in inner]
        hashed = {p: r.as_posix() for r, p in parts if not _ignored(r)}
        for name in self.tasks:
            with contextlib.suppress(TaskError):
                for index, path in enumerate(_file_task(self, name).told.sources):
                    hashed.setdefault(path, f"../{name}/{index}/{path.name}")
        total = hashlib.sha256()
        for path, shown in sorted(hashed.items(), key=lambda each: Path(each[1])):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            total.update(f"{shown}\0{content}\n".encode())
        return total.hexdigest()

    @property
    def validators(self) -> str:
        """Where its own validators are, a module or a file; "" if it has none."""
        file = self.folder / "validators.py"
        if self.alone or not file.exists():
            return ""
        return f"{self.module}.validators" if self.module else str(file)

    def family(self, name: str) -> TaskFamily:
        """Import one family; `name` is without the pack's.

        Raises:
            TaskError: If there is none of that name, or its module is broken.
        """
        if name not in self.names:
            known = [f"{self.name}/{n}" for n in self.names]
            raise TaskError(
                f"pack {self.name!r} has no task {name!r}{nearest(f'{self.name}/{name}', known)}"
            )
        return _family(self, name)

    def import_module(self, name: str) -> ModuleType:
        """Import one of its modules."""
        package = self.module or import_folder(self.folder).__name__
        return importlib.import_module(f"{package}.{name}")


@functools.cache
def _import_family(folder: Path, module: str, pack: str, name: str) -> TaskFamily:
    """Import the one family that a module of a pack holds; later calls give the same object."""
    stem = name.replace("-", "_")
    try:
        imported = TaskPack(pack, "", folder, module).import_module(stem)
    except Exception as e:  # a contributor's module may raise anything
        raise TaskError(f"task '{pack}/{name}' cannot be imported: {type(e).__name__}: {e}") from e
    own = [
        value
        for value in vars(imported).values()
        if isinstance(value, type)
        and issubclass(value, TaskFamily)
        and value.__module__ == imported.__name__
    ]
    found = [each for each in own if not inspect.isabstract(each)]
    if len(found) != 1:
        lacks = (f"; {c.__name__} lacks {', '.join(sorted(c.__abstractmethods__))}" for c in own)
        raise TaskError(
            f"{imported.__file__} must define one TaskFamily, has {len(found)}"
            + ("" if found else "".join(lacks))
        )
    family = found[0]()
    if getattr(family, "id", None) != f"{pack}/{name}":
        raise TaskError(
            f"{imported.__file__}: the id of the family must be '{pack}/{name}', as the file is"
            f" called, not {getattr(family, 'id', None)!r}"
        )
    return family


def _family(pack: TaskPack, name: str) -> TaskFamily:
    if name in pack.tasks:
        return _file_task(pack, name)
    if pack.generator and name in pack.import_module(pack.generator).names():
        family = pack.import_module(pack.generator).family(name)
        assert isinstance(family, TaskFamily)
        return family
    return _import_family(pack.folder, pack.module, pack.name, name)


def _file_task(pack: TaskPack, name: str) -> taskfile.FileTask:
    """Read a task file, unless it and all that it names are as they were when it was last read."""
    path, id = pack.tasks[name], f"{pack.name}/{name}"
    from cuagym.pack import validator_sources  # it knows all packs, this one among them

    found, state = _files_read.get((path, id), (None, None))
    if found is None or _state(found.told.sources) != state:
        own = {pack.name: pack.validators} if pack.validators else {}
        found = taskfile.read(path, validator_sources() | own, id)
        _files_read[path, id] = found, _state(found.told.sources)
    return found


def _state(paths: Iterable[Path]) -> list[tuple[int, ...]]:
    """Return what changes when files do."""
    with contextlib.suppress(OSError):
        told = [path.stat() for path in paths]
        return [(t.st_mtime_ns, t.st_size, t.st_ino) for t in told]
    return []


_files_read: dict[tuple[Path, str], tuple[taskfile.FileTask, list[tuple[int, ...]]]] = {}


def _modules(folder: Path) -> list[Path]:
    """Return the modules of a pack's folder that hold families."""
    found = sorted(folder.glob("*.py"))
    return [p for p in found if p.name != "validators.py" and p.name[0] != "_"]


def _task_files(folder: Path) -> list[Path]:
    """Return the task files of a folder: its own, and `task.toml` of its subfolders."""
    found = [p for p in folder.glob("*.toml") if p.name not in _NO_TASKS]
    found += folder.glob("*/task.toml")
    inner = ((p, p.relative_to(folder)) for p in sorted(found))
    return [p for p, r in inner if not _ignored(r) and r.parts[0][0] != "_"]


def _ignored(inner: Path) -> bool:
    """Whether a path within a pack's folder is no part of its tasks."""
    parts = inner.parts
    hidden = any(part[0] == "." or part == "__pycache__" for part in parts)
    return hidden or (len(parts) > 1 and parts[0] == CORPUS)


def _stem(folder: Path, file: Path) -> str:
    """Return the name of the task that a file of a pack holds."""
    return (file.parent.name if file.parent != folder else file.stem).replace("_", "-")


def _distinct(ids: Iterable[tuple[str, Path]]) -> dict[str, Path]:
    """Return files by the ids of their tasks; two files must not be one task."""
    found: dict[str, Path] = {}
    for id, file in ids:
        if id in found:
            raise TaskError(f"the task {id!r} is there twice: {found[id]} and {file}")
        found[id] = file
    return found


def _sets(path: Path, sets: Any, names: Iterable[str] | None) -> Mapping[str, tuple[str, ...]]:
    """Return a pack's sets, checked."""
    if not isinstance(sets, dict) or not all(
        "@" in name and isinstance(of, list) and of for name, of in sets.items()
    ):
        raise TaskError(f'{path}: [sets] must hold lists, such as "core@1" = ["a-task"]')
    for name, of in sets.items():
        for family in of:
            if names is not None and family not in names:
                raise TaskError(
                    f"{path}: set {name!r} names {family!r}, which the pack does not have"
                    + nearest(family, names)
                )
    return MappingProxyType({name: tuple(of) for name, of in sets.items()})


def _no_pack(folder: Path) -> TaskError:
    """Return the error that a folder is no pack; packs below it are told."""
    below = [
        str(p.parent)
        for p in sorted([*folder.glob("*/pack.toml"), *folder.glob("src/*/pack.toml")])
    ]
    hint = f"; did you mean {below[0]!r}?" if below else ""
    return TaskError(f"{folder} holds neither a pack.toml nor task files{hint}")
