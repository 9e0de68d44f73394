"""Task packs: how task families and validators are found, ours and anyone's.

A pack is a Python package whose folder holds `pack.toml` and one module per task family:
`monthly_total.py` in the pack `excel` holds the family `excel/monthly-total`. So every id is known
before any module is imported. Modules that begin with `_` are the pack's own helpers, and
`validators.py` holds validators of its own, named `PACK.function`.

    name = "excel"
    version = "1.0.0"

    [sets]
    "core@1" = ["monthly-total"]

Packs are found through the entry-point group `cuagym.packs` (each names such a package) and in the
folders that the environment variable `CUAGYM_PACKS` lists.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.util
import inspect
import os
import re
import sys
import tomllib
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType, ModuleType

from cuagym.errors import TaskError, nearest
from cuagym.task import TaskFamily

__all__ = ["TaskPack", "discover", "find", "import_folder", "validator_sources"]

FOLDERS = "CUAGYM_PACKS"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass(frozen=True)
class TaskPack:
    """A pack, of which no family has been imported yet.

    Attributes:
        name: The pack's name, the first part of its families' ids.
        version: Its own version.
        folder: Where it lies.
        module: The package to import, or "" if it is imported from its folder.
        sets: Frozen selections of its families' names, such as `core@1`.
    """

    name: str
    version: str
    folder: Path
    module: str = ""
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path, module: str = "") -> TaskPack:
        """Read a pack's metadata.

        Raises:
            TaskError: If `pack.toml` is missing or wrong.
        """
        path = folder / "pack.toml"
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as e:
            raise TaskError(f"{path} cannot be read: {e.strerror}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
            raise TaskError(f"{path} is not TOML: {e}") from None
        for key in ("name", "version"):
            if not isinstance(table.get(key), str):
                raise TaskError(f"{path} needs a text under {key!r}, got {table.get(key)!r}")
        if not _NAME.fullmatch(table["name"]):
            raise TaskError(f"{path}: name {table['name']!r} must be lower case, without '/'")
        sets = table.get("sets", {})
        if not isinstance(sets, dict) or not all(
            "@" in name and isinstance(of, list) and of for name, of in sets.items()
        ):
            raise TaskError(f'{path}: [sets] must hold lists, such as "core@1" = ["a-task"]')
        pack = cls(
            table["name"],
            table["version"],
            folder,
            module,
            MappingProxyType({name: tuple(of) for name, of in sets.items()}),
        )
        for name, of in pack.sets.items():
            for family in of:
                if family not in pack.names:
                    raise TaskError(
                        f"{path}: set {name!r} names {family!r}, which the pack does not have"
                        + nearest(family, pack.names)
                    )
        return pack

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """The names of its families, without the pack's, in alphabetical order."""
        stems = (p.stem for p in self.folder.glob("*.py"))
        return tuple(
            sorted(s.replace("_", "-") for s in stems if s != "validators" and s[0] != "_")
        )

    @functools.cached_property
    def hash(self) -> str:
        """A hash of everything in the pack's folder: equal for equal tasks, on any machine."""
        total = hashlib.sha256()
        for path in sorted(self.folder.rglob("*")):
            inner = path.relative_to(self.folder)
            if path.is_file() and not any(p[0] == "." or p == "__pycache__" for p in inner.parts):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                total.update(f"{inner.as_posix()}\0{content}\n".encode())
        return total.hexdigest()

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
    return _import_family(pack.folder, pack.module, pack.name, name)


def import_folder(folder: Path) -> ModuleType:
    """Import a folder as a package of its own, under a name that collides with nothing."""
    folder = folder.resolve()
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    name = f"cuagym_pack_{re.sub(r'[^0-9a-zA-Z]', '_', folder.name)}_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    init = folder / "__init__.py"
    spec = importlib.util.spec_from_file_location(
        name, init if init.exists() else None, submodule_search_locations=[str(folder)]
    )
    if spec is None:  # no __init__.py: a package all the same
        spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        if spec.loader is not None:
            spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


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
        spec: An id (`excel/monthly-total`), a glob (`excel/*`), or a set (`excel/core@1`).
        app: Take only families of this application.
        folders: As for `discover`.

    Raises:
        TaskError: If it names none, with the nearest names; or if one that it names is broken.

    Example:
        >>> [family.id for family in find("excel/core@1")]
        ['excel/monthly-total']
    """
    packs, broken = _discover(_folders(folders))
    ids = {f"{p.name}/{n}": (p, n) for p in packs.values() for n in p.names}
    sets = {f"{p.name}/{s}": (p, of) for p in packs.values() for s, of in p.sets.items()}
    if spec in ids:
        found = [_family(*ids[spec])]
    elif spec in sets:
        pack, names = sets[spec]
        found = [_family(pack, name) for name in names]
    elif any(c in spec for c in "*?["):
        found = list(_glob(spec, ids))
    else:
        of = spec.partition("/")[0]
        why = f"; the pack {of!r} is broken: {broken[of]}" if of in broken else ""
        hint = why or nearest(spec, [*ids, *sets]) or f"; known are {_some([*sets, *ids])}"
        raise TaskError(f"there is no task {spec!r}{hint}")
    suited = [f for f in found if app is None or f.app == app]
    if not suited:
        others = f"; it is for {found[0].app!r}" if found else f"; known are {_some(ids)}"
        kind = f" for the application {app!r}" if app else ""
        raise TaskError(f"no task{kind} is named by {spec!r}{others}")
    return suited


def _glob(pattern: str, ids: Mapping[str, tuple[TaskPack, str]]) -> Iterable[TaskFamily]:
    """Yield the families whose ids match; broken ones are left out with a warning."""
    for id, (pack, name) in ids.items():
        if fnmatchcase(id, pattern):
            try:
                yield _family(pack, name)
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
    own = {}
    for pack in discover(folders).values():
        file = pack.folder / "validators.py"
        if file.exists():
            own[pack.name] = f"{pack.module}.validators" if pack.module else str(file)
    return own | {e.name: e.value for e in entry_points(group="cuagym.validators")}
