"""How the tasks of teams are found: packs of them, through an entry-point group of their own.

Such a pack is laid out like any other: a folder with `pack.toml` and a module per family. It stands
in the group `cuagym.teams`, and not in `cuagym.packs`, since what is run on one desktop cannot run
its tasks.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType

from cuagym.errors import TaskError, nearest
from cuagym.multi.task import TeamFamily, concrete
from cuagym.pack import TaskPack

__all__ = ["GROUP", "discover", "find"]

GROUP = "cuagym.teams"


@cache
def discover() -> Mapping[str, TaskPack]:
    """Return every pack of teams' tasks by its name, having imported none of their families.

    A broken pack is left out with a warning.
    """
    packs: dict[str, TaskPack] = {}
    for name, module in sorted({(e.name, e.value) for e in entry_points(group=GROUP)}):
        try:
            spec = importlib.util.find_spec(module)
            if spec is None or not spec.submodule_search_locations:
                raise TaskError(f"there is no package {module!r}")
            pack = TaskPack.read(Path(next(iter(spec.submodule_search_locations))), module)
        except Exception as e:  # finding a package imports its parents, which may raise anything
            why = str(e) if isinstance(e, TaskError) else f"{type(e).__name__}: {e}"
            warnings.warn(f"task pack {name!r} ({module}) is left out: {why}", stacklevel=2)
        else:
            packs[pack.name] = pack
    return MappingProxyType(packs)


def find(spec: str) -> list[TeamFamily]:
    """Return the families that a text names: an id, a glob, or a set.

    Raises:
        TaskError: If it names none, with the nearest names; or if one of them is broken.

    Example:
        >>> [family.id for family in find("team/regional-*")]
        ['team/regional-report']
    """
    packs = discover().values()
    ids = {f"{p.name}/{n}": (p, n) for p in packs for n in p.names}
    sets = {
        f"{p.name}/{s}": [f"{p.name}/{n}" for n in of] for p in packs for s, of in p.sets.items()
    }
    named = sets.get(spec) or [id for id in ids if id == spec or fnmatchcase(id, spec)]
    if not named:
        known = ", ".join([*sets, *ids]) or "none"
        raise TaskError(
            f"no task of a team is named by {spec!r}{nearest(spec, [*ids, *sets])} (known: {known})"
        )
    return [_family(ids[id][0], ids[id][1]) for id in named]


def _family(pack: TaskPack, name: str) -> TeamFamily:
    id = f"{pack.name}/{name}"
    try:
        module = pack.import_module(name.replace("-", "_"))
    except Exception as e:  # a contributor's module may raise anything
        raise TaskError(f"task {id!r} cannot be imported: {type(e).__name__}: {e}") from e
    found = [value for value in vars(module).values() if concrete(value, module.__name__)]
    if len(found) != 1 or getattr(found[0], "id", "") != id:
        told = [getattr(each, "id", each.__name__) for each in found]
        raise TaskError(f"{module.__file__} must define one TeamFamily with the id {id!r}: {told}")
    family = found[0]()
    assert isinstance(family, TeamFamily)
    return family
