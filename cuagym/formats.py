"""The seam between the engine and kinds of files: what a format says of its documents.

A format (envs/formats/spreadsheet.py has some) is found by its suffix through the entry-point group
`cuagym.formats`. Everything that is done to a document as a file goes through it: the look at it
before an application opens it, what LibreOffice is told to read it with, hashes and differences,
and what a proof does to it: storing it again by other programs, spoiling it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import entry_points
from pathlib import PurePath
from typing import ClassVar, Final, TypeAlias

import numpy as np

from cuagym import documents
from cuagym.errors import UsageError, nearest

__all__ = ["Format", "Mutant", "find", "modules", "of", "problem", "suffixes"]

Mutant: TypeAlias = Callable[[bytes, np.random.Generator], bytes]
"""Spoils a document at a random place."""

_PROPERTIES: Final = "docProps/"
"""Who stored an Office document, and when."""


class Format(ABC):
    """One kind of file. Stateless: one object serves all files.

    Attributes:
        suffix: The ending of its files, lower case, with the dot.
        filter: The name of LibreOffice's filter that reads and writes it; "" where there is none.
        options: What that filter is told beside, when it reads.
        copy: The suffix of the copy that LibreOffice makes of it to be judged; "" where validators
            read the file itself.
        programs: How other programs store it again, by their names; a verdict must stay the same.
        mutants: How it can be spoilt at a random place, by what is done to it.
    """

    suffix: ClassVar[str]
    filter: ClassVar[str] = ""
    options: ClassVar[str] = ""
    copy: ClassVar[str] = ""
    programs: ClassVar[Mapping[str, Callable[[bytes], bytes]]] = {}
    mutants: ClassVar[Mapping[str, Mutant]] = {}

    @abstractmethod
    def problem(self, data: bytes) -> str:
        """What is wrong with a file, as a clause that begins with "it" or "its"; "" if nothing is.

        A look at its container, without any application: one that is handed a damaged file answers
        with a dialog, or guesses.
        """

    def digest(self, data: bytes) -> str:
        """A hash of what a document holds.

        Not of when it was stored, what was selected, and which part of it was in view.
        """
        return documents.digest(data, without=_PROPERTIES)

    def differences(self, before: bytes, after: bytes) -> list[str]:
        """In what two documents differ, in words: one line for each difference, all of them.

        Raises:
            UsageError: documents of this format cannot be compared.
            Unreadable: one of them cannot be read.
        """
        raise UsageError(f"documents in {self.suffix!r} cannot be compared")


@cache
def _known() -> Mapping[str, str]:
    return {f".{p.name}": p.value for p in entry_points(group="cuagym.formats")}


def suffixes() -> list[str]:
    """The endings of the documents that are known, with their dots, sorted."""
    return sorted(_known())


def modules() -> list[str]:
    """The modules in which formats are."""
    return sorted({value.partition(":")[0] for value in _known().values()})


@cache
def of(suffix: str) -> Format:
    """The format of a suffix such as ".xlsx".

    Raises:
        UsageError: no installed distribution offers it; names the nearest.
    """
    if suffix not in _known():
        raise UsageError(
            f"no format of documents has the suffix {suffix!r}{nearest(suffix, _known())}"
            f" (known: {', '.join(suffixes())})"
        )
    (point,) = entry_points(group="cuagym.formats", name=suffix[1:])
    format = point.load()()
    assert isinstance(format, Format)
    return format


def find(name: str) -> Format | None:
    """The format of a file by its name; None if its suffix is of none."""
    suffix = PurePath(name).suffix.lower()
    return of(suffix) if suffix in _known() else None


def problem(name: str, data: bytes) -> str:
    """Say what is wrong with a document.

    Args:
        name: Its file name; the ending tells what it ought to be.
        data: Its bytes.

    Returns:
        What is wrong, as a clause that begins with "it" or "its", or "" if nothing is.

    Example:
        >>> problem("sales.xlsx", b"PK")
        'it is not a readable zip archive (File is not a zip file)'
        >>> problem("sales.csv", b"name,amount")
        ''
    """
    format = find(name)
    if format is None:
        return f"its ending is none of {', '.join(suffixes())}"
    if not data:
        return "it is empty"
    if len(data) > documents.MAX_BYTES:
        return f"it has {len(data):,} bytes, more than the {documents.MAX_BYTES:,} allowed"
    return format.problem(data)
