"""How numbers and dates are shown, and the aspect "number_formats"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from openpyxl.utils import range_boundaries

from cuagym.artefacts import Artefacts
from cuagym.errors import TaskError, nearest
from cuagym.validators._checks import by_key, checked
from cuagym.validators.workbook import _formats, _looks, _read
from cuagym.validators.workbook._aspects import ASPECTS
from cuagym.validators.workbook._ranges import Part
from cuagym.validators.workbook._read import Book
from cuagym.verdict import Check

__all__ = ["number_formats"]

_KEYS: Final = ("kind", "decimals", "thousands", "symbol", "code")


def number_formats(
    artefacts: Artefacts, cells: Annotated[Mapping[str, Any], by_key(_wanted)]
) -> list[Check]:
    """Check how cells show numbers and dates, one check for each range.

    Args:
        artefacts: What the agent left.
        cells: By range ("C2:C9", "Notes!B2"; of whole columns and rows, "B:B" or "1:1", the filled
            cells are meant), a kind, a format code, or a table of which only what is given is
            looked at: `kind` ("general", "number", "currency", "percent", "date", "time",
            "datetime", "scientific", "fraction", "text"), `decimals` (how many), `thousands`
            (whether they are separated), `symbol` (of the currency, such as "€"), `code` (or a list
            of codes). Codes are compared without locales, colours, quotes, and sections that only
            put a minus before negative numbers. A format for numbers above zero is what counts.
            Cells that hold texts are passed over, unless the kind is "text".

    Raises:
        Unreadable: If the document is missing or no workbook.
        TaskError: If the arguments are wrong.
    """
    book = _read.left(artefacts)
    return [
        checked(f"{cells_} number format", _wrong, book, cells_, _wanted(cells_, spec))
        for cells_, spec in cells.items()
    ]


def _wrong(book: Book, cells: str, wanted: Mapping[str, Any]) -> str:
    sheet, addresses = _looks.area(book, cells)
    if not addresses:
        raise _looks.no_cells(cells)
    found: dict[str, list[str]] = {}
    for address in addresses:
        if isinstance(sheet.values.get(address), str) and wanted.get("kind") != "text":
            continue
        code = _looks.style(sheet.written, address).number_format
        if what := _unlike(code, wanted):
            found.setdefault(f"{code}: {what}", []).append(address)
    return _looks.summary(found)


def _unlike(code: str, wanted: Mapping[str, Any]) -> str:
    """Say how a code is not as wanted; "" if it is."""
    have = _formats.parsed(code)
    wrong = []
    for key, value in wanted.items():
        if key == "code":
            codes = [value] if isinstance(value, str) else list(value)
            if _formats.core(code) not in map(_formats.core, codes):
                wrong.append(f"expected {' or '.join(codes)}")
        elif getattr(have, key) != value:
            wrong.append(_expected(key, value, getattr(have, key)))
    return ", ".join(wrong)


def _expected(key: str, wanted: Any, found: Any) -> str:
    if key == "thousands":
        return f"expected {'a' if wanted else 'no'} separator of thousands"
    if key == "decimals":
        return f"expected {wanted} decimals, found {found}"
    if key == "symbol":
        return f"expected the currency {wanted or 'none'}, found {found or 'none'}"
    return f"expected a format for {wanted}, found one for {found}"


def _wanted(cells: str, spec: Any) -> dict[str, Any]:
    """Return what is wanted as a table of the known keys."""
    if isinstance(spec, str):
        spec = {"kind": spec} if spec in _formats.KINDS else {"code": spec}
    if not isinstance(spec, Mapping) or not spec:
        raise TaskError(f"{cells}: a kind, a code or a table must be given, not {spec!r}")
    for key in spec:
        if key not in _KEYS:
            raise TaskError(f"{cells}: {key!r} is none of {', '.join(_KEYS)}{nearest(key, _KEYS)}")
    kind = spec.get("kind", "number")
    if kind not in _formats.KINDS:
        known = ", ".join(_formats.KINDS)
        raise TaskError(
            f"{cells}: kind {kind!r} is none of {known}{nearest(str(kind), _formats.KINDS)}"
        )
    return dict(spec)


@ASPECTS.offer("number_formats")
def _number_formats(was: Book, now: Book, part: Part) -> Iterator[str]:
    """The formats of cells that hold numbers and dates, in both books."""
    for name, before in was.sheets.items():
        after = now.sheets.get(name)
        for address, value in before.values.items() if after else ():
            column, row, _, _ = range_boundaries(address)
            held = after.values.get(address) if after else None
            if isinstance(value, (str, bool)) or isinstance(held, (str, bool)) or held is None:
                continue
            if after is None or not part.has(name, column, row):
                continue
            old = _formats.core(_looks.style(before.written, address).number_format)
            new = _formats.core(_looks.style(after.written, address).number_format)
            if old != new:
                yield f"{name}!{address} had the number format {old}, now {new}"
