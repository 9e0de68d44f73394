"""How paragraphs are set: alignment, spacing, indents, as facts that can be compared.

Lengths are in points.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from cuagym.errors import TaskError, nearest
from cuagym.validators._colours import is_colour
from cuagym.validators.document._lengths import close, points, shown
from cuagym.validators.document._looks import listed
from cuagym.validators.document._xml import attr, every, integer, is_on, value

__all__ = [
    "ALIGNMENTS",
    "FACTS",
    "facts",
    "indents",
    "level",
    "properties",
    "refuse",
    "said",
    "unlike",
]

ALIGNMENTS: Final = ("left", "center", "right", "justify")
_LENGTHS: Final = ("before", "after", "left", "right", "first_line")
_SWITCHES: Final = {
    "keepNext": "keep_with_next",
    "keepLines": "keep_together",
    "pageBreakBefore": "page_break",
    "contextualSpacing": "contextual",
}
FACTS: Final = (
    *("align", "line_spacing", *_LENGTHS, "page_break", "keep_with_next", "keep_together"),
    *("fill", "border", "tabs"),
)
"""What is said of a paragraph's setting, by name."""
_SIDES: Final = ("left", "right", "top", "bottom")
_JUSTIFIED: Final = {"start": "left", "end": "right", "both": "justify", "distribute": "justify"}
_SPACING: Final = re.compile(r"(exactly|at least)\s+(.+)")


def level(text: str) -> int:
    """Return a list's level, from 0 to 8, from what a file says."""
    return min(max(integer(text), 0), 8)


def properties(ppr: Any) -> dict[str, Any]:
    """Return what a `pPr` element says itself; nothing where there is none."""
    found: dict[str, Any] = {}
    for element in () if ppr is None else ppr:
        name = str(element.tag).rpartition("}")[2]
        if name in _SWITCHES:
            found[_SWITCHES[name]] = is_on(element)
        elif name == "jc":
            found["align"] = _JUSTIFIED.get(attr(element, "val"), attr(element, "val"))
        elif name == "spacing":
            found |= _spacing(element)
        elif name == "ind":
            found |= indents(element)
        elif name == "shd":
            fill = attr(element, "fill")
            found["fill"] = f"#{fill.upper()}" if len(fill) == 6 else ""
        elif name == "pBdr":
            found["border"] = {
                s: value(element, s).replace("none", "").replace("nil", "") for s in _SIDES
            }
        elif name == "tabs":
            found["tabs"] = {**found.get("tabs", {}), **_tabs(element)}
    return found


def _twips(element: Any, *names: str) -> float | None:
    for name in names:
        if text := attr(element, name):
            return integer(text) / 20
    return None


def _spacing(element: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"before": _twips(element, "before"), "after": _twips(element, "after")}
    if line := attr(element, "line"):
        rule = attr(element, "lineRule", "auto")
        size = integer(line)
        found["line"] = (rule, round(size / 240, 3) if rule == "auto" else size / 20)
    return {name: size for name, size in found.items() if size is not None}


def indents(element: Any) -> dict[str, float]:
    """Return what an `ind` element says; nothing where there is none."""
    found = {"left": _twips(element, "left", "start"), "right": _twips(element, "right", "end")}
    hanging, first = _twips(element, "hanging"), _twips(element, "firstLine")
    found["first_line"] = first if hanging is None else -hanging or first or 0.0
    return {name: size for name, size in found.items() if size is not None}


def _tabs(element: Any) -> dict[float, str]:
    """Return the kinds of tab stops by their places; "clear" takes one away."""
    return {
        round(integer(attr(tab, "pos")) / 20, 1): attr(tab, "val", "left")
        for tab in every(element, "tab")
        if attr(tab, "val") != "num"
    }


def facts(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a paragraph from all that was said of it."""
    tabs = {at: _JUSTIFIED.get(k, k) for at, k in found.get("tabs", {}).items() if k != "clear"}
    return {
        "align": found.get("align", "left"),
        "line_spacing": found.get("line", ("auto", 1.0)),
        **{name: found.get(name, 0.0) for name in _LENGTHS},
        "page_break": found.get("page_break", False),
        "keep_with_next": found.get("keep_with_next", False),
        "keep_together": found.get("keep_together", False),
        "fill": found.get("fill", ""),
        "border": found.get("border", dict.fromkeys(_SIDES, "")),
        "tabs": tabs,
    }


def unlike(found: Mapping[str, Any], name: str, wanted: Any) -> str:
    """Say how a fact is not as wanted, as what follows "it is"; "" if it is.

    Raises:
        TaskError: If what is wanted makes no sense.
    """
    have = found[name]
    if name == "align":
        return "" if have in [_aligned(each) for each in listed(wanted)] else said(name, have)
    if name == "line_spacing":
        return "" if any(_spaced(have, each) for each in listed(wanted)) else said(name, have)
    if name in _LENGTHS:
        fits = any(close(have, points(each, name)) for each in listed(wanted))
        return "" if fits else said(name, have)
    if name == "fill":
        return "" if any(is_colour(have, each, "") for each in listed(wanted)) else said(name, have)
    if name == "border":
        return "" if _lined(have, wanted) else said(name, have)
    if name == "tabs":
        return "" if _tabbed(have, wanted) else said(name, have)
    return "" if have == wanted else said(name, have)


def said(name: str, have: Any) -> str:
    """Return a fact as what follows "it is": "left-aligned", "spaced 1.5 lines"."""
    if name == "align":
        return {"center": "centred", "justify": "justified"}.get(have, f"{have}-aligned")
    if name == "line_spacing":
        rule, size = have
        if rule == "auto":
            return f"spaced {size:g} lines"
        return f"spaced {'exactly' if rule == 'exact' else 'at least'} {size:g} pt"
    if name in _LENGTHS:
        kind = {"before": "space before", "after": "space after", "first_line": "first-line indent"}
        return f"with a {kind.get(name, f'{name} indent')} of {shown(have)}"
    if name == "fill":
        return f"filled {have or 'with nothing'}"
    if name == "border":
        lines = [f"{line} {side}" for side, line in have.items() if line]
        return f"bordered {', '.join(lines) or 'nowhere'}"
    if name == "tabs":
        stops = ", ".join(f"{kind} at {shown(at)}" for at, kind in sorted(have.items()))
        return f"with tab stops {stops or 'nowhere'}"
    words = {
        "page_break": ("at the top of a page by a break", "without a page break before it"),
        "keep_with_next": ("kept with the next one", "not kept with the next one"),
        "keep_together": ("kept on one page", "not kept on one page"),
    }
    return words[name][0 if have else 1]


def refuse(where: str, name: str, wanted: Any) -> None:
    """Raise a `TaskError` if what is wanted of a fact makes no sense."""
    if name in ("page_break", "keep_with_next", "keep_together") and not isinstance(wanted, bool):
        raise TaskError(f"{where}: {name} must be true or false, not {wanted!r}")
    try:
        unlike(facts({}), name, wanted)
    except TaskError as e:
        raise TaskError(f"{where}: {e}") from None


def _aligned(wanted: Any) -> str:
    names = {"centre": "center", "centred": "center", "centered": "center", "justified": "justify"}
    found = names.get(str(wanted).lower(), str(wanted).lower())
    if found not in ALIGNMENTS:
        raise TaskError(
            f"align {wanted!r} is none of {', '.join(ALIGNMENTS)}{nearest(wanted, ALIGNMENTS)}"
        )
    return found


def _spaced(have: tuple[str, float], wanted: Any) -> bool:
    """Whether lines are spaced as wanted: 1.5, "exactly 14 pt", "at least 14 pt"."""
    if isinstance(wanted, (int, float)) and not isinstance(wanted, bool):
        return have[0] == "auto" and abs(have[1] - wanted) < 0.02
    found = _SPACING.fullmatch(wanted) if isinstance(wanted, str) else None
    if not found:
        raise TaskError(
            f"line_spacing {wanted!r} must be a number of lines, such as 1.5,"
            " 'exactly 14 pt' or 'at least 14 pt'"
        )
    rule = "exact" if found[1] == "exactly" else "atLeast"
    return have[0] == rule and close(have[1], points(found[2], "line_spacing"))


def _lined(have: Mapping[str, str], wanted: Any) -> bool:
    if wanted in ("all", "none") or isinstance(wanted, bool):
        wanted = dict.fromkeys(_SIDES, wanted in ("all", True))
    if not isinstance(wanted, Mapping) or not set(wanted) <= set(_SIDES):
        raise TaskError(
            f"border {wanted!r} must be 'all', 'none' or a table of {', '.join(_SIDES)}"
        )
    return all(
        bool(have.get(s)) == v if isinstance(v, bool) else have.get(s, "") == v
        for s, v in wanted.items()
    )


def _tabbed(have: Mapping[float, str], wanted: Any) -> bool:
    """Whether a paragraph has all tab stops that are wanted: places, or kinds by place."""
    stops = wanted if isinstance(wanted, Mapping) else dict.fromkeys(listed(wanted), "")
    return all(
        any(close(at, points(place, "tabs")) and kind in ("", k) for at, k in have.items())
        for place, kind in stops.items()
    )
