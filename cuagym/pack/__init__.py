"""Task packs: how task families and validators are found, ours and anyone's.

A pack is a Python package whose folder holds `pack.toml` and one module or task file per task:
`monthly_total.py` in the pack `excel` holds the family `excel/monthly-total`, and so would
`monthly-total.toml`, or `task.toml` in a folder `monthly-total`. So every id is known before
anything is imported. Modules that begin with `_` are the pack's own helpers, and `validators.py`
holds validators of its own, named `PACK.function`.

    name = "excel"
    version = "1.0.0"

    [sets]
    "core@1" = ["monthly-total"]

Packs are found through the entry-point group `cuagym.packs` (each names such a package) and in the
folders that the environment variable `CUAGYM_PACKS` lists. A folder of task files without a
`pack.toml` is a pack too: its name is the first part of their ids.

contents.py   one pack, and what its folder holds
"""

from __future__ import annotations

import functools
import importlib.util
import os
import warnings
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType

from cuagym import taskfile
from cuagym.errors import TaskError, nearest
from cuagym.modules import import_folder
from cuagym.pack.contents import CORPUS, TaskPack
from cuagym.task import TaskFamily

__all__ = [
    "CORPUS",
    "TaskPack",
    "discover",
    "find",
    "import_folder",
    "is_path",
    "pack_of",
    "validator_sources",
]

FOLDERS = "CUAGYM_PACKS"


def _package_folder(module: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise TaskError(f"there is no package {module!r}")
    return Path(next(iter(spec.submodule_search_locations)))


@functools.cache
def _discover(folders: tuple[str, ...]) -> tuple[Mapping[str, TaskPack], Mapping[str, str]]:
    """Return the packs by name, and why others are not among them; warn about those once."""
    packs: dict[str, TaskPack] = {}
    broken: dict[str, str] = {}
    named = [(e.name, e.value) for e in entry_points(group="cuagym.packs")]
    sources = sorted(set(named)) + [(Path(f).name, f) for f in folders]
    for index, (name, source) in enumerate(sources):
        try:
            if index < len(sources) - len(folders):
                pack = TaskPack.read(_package_folder(source), source)
            else:
                pack = TaskPack.read(Path(source).expanduser().resolve())
            if pack.name in packs:
                there = packs[pack.name].folder
                raise TaskError(f"its name {pack.name!r} is taken by the pack in {there}")
            _ = pack.names  # a generator may raise
        except Exception as e:  # finding a package imports its parents, which may raise anything
            why = str(e) if isinstance(e, TaskError) else f"{type(e).__name__}: {e}"
            broken.setdefault(name, why)
            warnings.warn(f"task pack {name!r} ({source}) is left out: {why}", stacklevel=3)
        else:
            packs[pack.name] = pack
    return MappingProxyType(packs), MappingProxyType(broken)


def _folders(folders: Iterable[str | Path]) -> tuple[str, ...]:
    listed = [f for f in os.environ.get(FOLDERS, "").split(os.pathsep) if f]
    return tuple(dict.fromkeys([*map(str, folders), *listed]))


def discover(folders: Iterable[str | Path] = ()) -> Mapping[str, TaskPack]:
    """Return every pack by its name, having imported none of their families.

    A broken pack is left out with a warning.

    Args:
        folders: Folders of packs, beside those that `CUAGYM_PACKS` lists.
    """
    return _discover(_folders(folders))[0]


def find(spec: str, app: str | None = None, folders: Iterable[str | Path] = ()) -> list[TaskFamily]:
    """Return the task families that a text names.

    Args:
        spec: An id (`excel/monthly-total`), a glob (`excel/*`), a set (`excel/core@1`), or the path
            of a task file or of a pack's folder; a task that was named by its path is known by its
            id from then on.
        app: Take only families of this application.
        folders: As for `discover`.

    Raises:
        TaskError: If it names none, with the nearest names; or if one that it names is broken.

    Example:
        >>> [family.id for family in find("excel/monthly-*")]
        ['excel/monthly-total']
    """
    packs, broken = _discover(_folders(folders))
    ids = {f"{p.name}/{n}": (p, n) for p in packs.values() for n in p.names}
    sets = {f"{p.name}/{s}": (p, of) for p in packs.values() for s, of in p.sets.items()}
    if spec in ids or (spec in _by_path and not is_path(spec)):
        pack, name = ids.get(spec) or _by_path[spec]
        found = [pack.family(name)]
    elif spec in sets:
        pack, names = sets[spec]
        found = [pack.family(name) for name in names]
    elif is_path(spec):
        found = _at(spec, ids)
    elif any(c in spec for c in "*?["):
        found = list(_glob(spec, ids))
    else:
        of = spec.partition("/")[0]
        why = f"; the pack {of!r} is broken: {broken[of]}" if of in broken else ""
        hint = why or nearest(spec, [*ids, *sets]) or f"; known are {_some([*sets, *ids])}"
        raise TaskError(f"there is no task {spec!r}{hint}")
    suited = [f for f in found if app is None or f.app == app]
    if not suited:
        near = sorted(ids, key=lambda id: not id.startswith(f"{app}/"))
        others = f"; it is for {found[0].app!r}" if found else f"; known are {_some(near)}"
        kind = f" for the application {app!r}" if app else ""
        raise TaskError(f"no task{kind} is named by {spec!r}{others}")
    return suited


def is_path(spec: str) -> bool:
    """Whether a text names tasks by a path: a task file's, or that of a folder that exists."""
    return spec.endswith(".toml") or Path(spec).expanduser().is_dir()


_by_path: dict[str, tuple[TaskPack, str]] = {}
"""The tasks that were named by a path, by their ids."""


def _at(spec: str, ids: Mapping[str, tuple[TaskPack, str]]) -> list[TaskFamily]:
    """Return the families that a path names, and remember them by their ids."""
    path = Path(os.path.abspath(Path(spec).expanduser()))
    folder = path if path.is_dir() else path.parent if path.name == "pack.toml" else None
    named = _folder_tasks(folder, ids) if folder else [_file_pack(path, ids)]
    found = []
    for pack, name in named:
        id = f"{pack.name}/{name}"
        there = ids.get(id, (pack, name))[0]
        if there.folder.resolve() != pack.folder.resolve() or there.alone != pack.alone:
            raise TaskError(
                f"{spec}: the id {id!r} is taken by a task of the pack in {there.folder}"
            )
        found.append(pack.family(name))
        _by_path[id] = pack, name
    return found


def _folder_tasks(
    folder: Path, ids: Mapping[str, tuple[TaskPack, str]]
) -> list[tuple[TaskPack, str]]:
    """Return all tasks of a pack's folder."""
    known = (pack for pack, _ in ids.values() if pack.folder.resolve() == folder.resolve())
    pack = next(known, None) or TaskPack.read(folder)
    return [(pack, name) for name in pack.names]


def _file_pack(path: Path, ids: Mapping[str, tuple[TaskPack, str]]) -> tuple[TaskPack, str]:
    """Return the task of a task file: of the pack that it lies in, or of one of its own."""
    around = [path.parent, *([path.parent.parent] if path.name == "task.toml" else [])]
    packs = [
        pack for pack, _ in ids.values() if pack.folder.resolve() in [f.resolve() for f in around]
    ]
    packs += [TaskPack.read(f) for f in around if (f / "pack.toml").is_file()]
    for pack in packs:
        for name, file in pack.tasks.items():
            if file.resolve() == path.resolve():
                return pack, name
    of, _, name = taskfile.id_of(path).partition("/")
    return TaskPack(of, "0", path.parent, tasks=MappingProxyType({name: path}), alone=True), name


def pack_of(id: str) -> TaskPack | None:
    """Return the pack that a task is of, also of one that was named by its path; None for none."""
    of, _, name = id.partition("/")
    pack = discover().get(of)
    if pack is not None and name in pack.names:
        return pack
    return _by_path[id][0] if id in _by_path else None


def _glob(pattern: str, ids: Mapping[str, tuple[TaskPack, str]]) -> Iterable[TaskFamily]:
    """Yield the families whose ids match; broken ones are left out with a warning."""
    for id, (pack, name) in ids.items():
        if fnmatchcase(id, pattern):
            try:
                yield pack.family(name)
            except TaskError as e:
                warnings.warn(f"task {id!r} is left out: {e}", stacklevel=3)


def _some(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:8]) + (" ..." if len(names) > 8 else "") if names else "none"


def validator_sources(folders: Iterable[str | Path] = ()) -> dict[str, str]:
    """Return where validators are, by the first part of their names: a module, or a folder's file.

    They come from the entry-point group `cuagym.validators`, and from packs that hold a
    `validators.py`.
    """
    packs = [*discover(folders).values(), *(pack for pack, _ in _by_path.values())]
    own = {pack.name: pack.validators for pack in packs if pack.validators}
    return own | {e.name: e.value for e in entry_points(group="cuagym.validators")}
