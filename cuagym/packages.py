"""The system packages that a machine needs, read from the one list of them.

The list is `images/packages.toml`; setup.sh, `cuagym doctor` and the images read the same file.
"""

from __future__ import annotations

import functools
import subprocess
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

from cuagym.errors import UsageError, nearest

__all__ = ["Group", "apt_line", "groups", "missing", "packages"]


@dataclass(frozen=True)
class Group:
    """Packages that belong together.

    Attributes:
        name: The group's name in the list, such as `screen`.
        why: What they are needed for, for a person to read.
        packages: Their names in Debian and Ubuntu.
    """

    name: str
    why: str
    packages: tuple[str, ...]


@functools.cache
def groups() -> Mapping[str, Group]:
    """Return every group of the list by its name, in the list's order."""
    text = (resources.files("cuagym") / "images" / "packages.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return MappingProxyType(
        {name: Group(name, g["why"], tuple(g["packages"])) for name, g in table.items()}
    )


def packages(*names: str) -> tuple[str, ...]:
    """Return the packages of the groups named; of all groups if none is named.

    Raises:
        UsageError: If there is no such group.
    """
    known = groups()
    for name in names:
        if name not in known:
            raise UsageError(
                f"no group of packages {name!r}; the groups are {', '.join(known)}"
                + nearest(name, known)
            )
    return tuple(p for name in names or known for p in known[name].packages)


def apt_line(names: Iterable[str]) -> str:
    """Return the command that installs the given packages.

    Example:
        >>> apt_line(["runc", "xvfb"])
        'sudo apt-get install --yes --no-install-recommends runc xvfb'
    """
    return " ".join(["sudo apt-get install --yes --no-install-recommends", *names])


def missing(*names: str) -> tuple[str, ...]:
    """Return those packages of the groups named (all if none is) that dpkg does not have.

    A machine without dpkg answers with the whole list: nothing is known to be there.
    """
    wanted = packages(*names)
    query = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *wanted]
    try:
        told = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return wanted
    there = {line.split()[0] for line in told.splitlines() if line.endswith(" installed")}
    return tuple(p for p in wanted if p not in there)
