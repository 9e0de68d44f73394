"""What characters look like: fonts, sizes, colours, effects, as facts that can be compared.

LibreOffice has turned what styles of tables give into formatting of the cells' text, so that what
is left to resolve are defaults, styles of paragraphs, styles of characters and direct formatting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from cuagym.errors import TaskError, nearest
from cuagym.validators._colours import is_colour
from cuagym.validators.document._xml import attr, integer, is_on

__all__ = ["BLACK", "FACTS", "facts", "known", "listed", "properties", "said", "unlike"]

FACTS: Final = (
    *("bold", "italic", "underline", "strike", "size", "font", "color", "highlight"),
    *("superscript", "subscript", "caps", "small_caps", "hidden"),
)
"""What is said of a look, by name."""
BLACK: Final = "#000000"
_SWITCHES: Final = {
    "b": "bold",
    "i": "italic",
    "strike": "strike",
    "dstrike": "double_strike",
    "caps": "caps",
    "smallCaps": "small_caps",
    "vanish": "hidden",
}
_HIGHLIGHTS: Final = {
    "yellow": "#FFFF00",
    "green": "#00FF00",
    "cyan": "#00FFFF",
    "magenta": "#FF00FF",
    "blue": "#0000FF",
    "red": "#FF0000",
    "darkBlue": "#000080",
    "darkCyan": "#008080",
    "darkGreen": "#008000",
    "darkMagenta": "#800080",
    "darkRed": "#800000",
    "darkYellow": "#808000",
    "darkGray": "#808080",
    "lightGray": "#C0C0C0",
    "black": "#000000",
    "white": "#FFFFFF",
}
_ADJECTIVES: Final = {
    "underline": "underlined",
    "strike": "struck through",
    "caps": "in capitals",
    "small_caps": "in small capitals",
}


def properties(rpr: Any, theme: Mapping[str, str]) -> dict[str, Any]:
    """Return what an `rPr` element says itself; nothing where there is none.

    Args:
        rpr: The element, or None.
        theme: The theme's fonts, by what `asciiTheme` calls them.
    """
    found: dict[str, Any] = {}
    for element in () if rpr is None else rpr:
        name = str(element.tag).rpartition("}")[2]
        if name in _SWITCHES:
            found[_SWITCHES[name]] = is_on(element)
        elif name in _VALUES:
            said = _VALUES[name](element)
            found |= {} if said is None else said
        elif name == "rFonts":
            # LibreOffice writes the font beside the theme's name for it, and only that is kept up
            # to date.
            font = attr(element, "ascii") or attr(element, "hAnsi")
            font = font or theme.get(attr(element, "asciiTheme"), "")
            found |= {"font": font} if font else {}
    return found


def _colour(text: str) -> str:
    """Return "#RRGGBB"; "" for the automatic colour, or none."""
    return f"#{text.upper()}" if len(text) == 6 and text != "auto" else ""


_VALUES: Final[Mapping[str, Callable[[Any], dict[str, Any] | None]]] = {
    "u": lambda e: {"underline": attr(e, "val", "single").replace("none", "")},
    "sz": lambda e: {"size": integer(attr(e, "val"), 20) / 2},
    "color": lambda e: {"color": _colour(attr(e, "val")) or BLACK},
    "highlight": lambda e: {"highlight": _HIGHLIGHTS.get(attr(e, "val"), "")},
    "shd": lambda e: {"shade": _colour(attr(e, "fill"))},
    "vertAlign": lambda e: {"position": attr(e, "val")},
}


def facts(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a look from all that was said of it, later ones over earlier ones."""
    return {
        "bold": bool(found.get("bold")),
        "italic": bool(found.get("italic")),
        "underline": found.get("underline", ""),
        "strike": bool(found.get("strike") or found.get("double_strike")),
        "size": found.get("size", 10.0),
        "font": found.get("font", ""),
        "color": found.get("color", BLACK),
        # Programs have two ways to colour what is behind a text; nobody can tell them apart.
        "highlight": found.get("highlight") or found.get("shade") or "",
        "superscript": found.get("position") == "superscript",
        "subscript": found.get("position") == "subscript",
        "caps": bool(found.get("caps")),
        "small_caps": bool(found.get("small_caps")),
        "hidden": bool(found.get("hidden")),
    }


def unlike(found: Mapping[str, Any], name: str, wanted: Any) -> str:
    """Say how a fact is not as wanted, as what follows "it is"; "" if it is.

    Args:
        found: The facts.
        name: One of them.
        wanted: For colours "#FF0000", a name such as "red", true for any (but black, for that of
            the text), false for none, or a list of these; for `underline` true, false, its kind; a
            value or a list of values for the others.

    Raises:
        TaskError: If what is wanted makes no sense.
    """
    have = found[name]
    if name in ("color", "highlight"):
        none = BLACK if name == "color" else ""
        fits = any(is_colour(have, each, none) for each in listed(wanted))
        return "" if fits else f"{'coloured' if name == 'color' else 'highlighted'} {have or 'no'}"
    if isinstance(wanted, bool):
        adjective = _ADJECTIVES.get(name, name)
        return "" if bool(have) == wanted else f"{'not ' if wanted else ''}{adjective}"
    for each in listed(wanted):
        if isinstance(each, str) and str(have).casefold() == each.casefold():
            return ""
        if isinstance(each, (int, float)) and have == each:
            return ""
    return said(name, have)


def said(name: str, have: Any) -> str:
    """Return a fact as what follows "it is": "bold", "not bold", "of size 12", "coloured red"."""
    if isinstance(have, bool):
        return f"{'' if have else 'not '}{_ADJECTIVES.get(name, name)}"
    if name == "size":
        return f"of size {have:g}"
    if name in ("color", "highlight"):
        return f"{'coloured' if name == 'color' else 'highlighted'} {have or 'no'}"
    if name == "underline":
        return f"underlined {have}" if have else "not underlined"
    return f"in the {name} {have or '?'}"


def known(where: str, wanted: Any, names: tuple[str, ...] = FACTS) -> dict[str, Any]:
    """Return a table of facts that are wanted.

    Raises:
        TaskError: If one has no such name, or nothing is wanted, or a colour is none.
    """
    if not isinstance(wanted, Mapping) or not wanted:
        raise TaskError(f"{where}: a table of what is wanted must be given, not {wanted!r}")
    for name, value in wanted.items():
        if name not in names:
            raise TaskError(
                f"{where}: {name!r} is none of {', '.join(names)}{nearest(name, names)}"
            )
        if name in ("color", "highlight", "fill"):
            for each in listed(value):
                is_colour(BLACK, each, "")
    return dict(wanted)


def listed(wanted: Any) -> list[Any]:
    """Return what is wanted as a list."""
    return list(wanted) if isinstance(wanted, (list, tuple)) else [wanted]
