"""Styles: their names in every program's spelling, and what they and the defaults say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from cuagym.validators.document import _layout, _looks
from cuagym.validators.document._numbering import Numbering
from cuagym.validators.document._xml import A, attr, child, every, value

__all__ = ["Styles", "same_style"]

_DEEPEST: Final = 50
# What LibreOffice shows a style as, and how Word and its files call it.
_ALIASES: Final = {
    "default paragraph style": "normal",
    "default style": "normal",
    "standard": "normal",
    "text body": "body text",
    "first line indent": "body text first indent",
    "text body indent": "body text indent",
    "quotations": "quote",
    "block quotation": "quote",
    "preformatted text": "html preformatted",
    "strong emphasis": "strong",
    "internet link": "hyperlink",
    "contents heading": "toc heading",
    "footnote": "footnote text",
    "endnote": "endnote text",
    "default character style": "default paragraph font",
    **{f"contents {n}": f"toc {n}" for n in range(1, 10)},
}


def same_style(name: str) -> str:
    """Return the one spelling that all names of a style share.

    Example:
        >>> same_style("Text Body"), same_style("heading 1"), same_style("Heading1")
        ('body text', 'heading 1', 'heading 1')
    """
    folded = " ".join(name.casefold().replace("_", " ").split())
    if folded.startswith("heading") and folded[7:].isdigit():
        folded = f"heading {folded[7:]}"
    return _ALIASES.get(folded, folded)


class Styles:
    """The styles of a document.

    Args:
        root: The root of its part of styles; None where it has none.
        theme: The root of its theme's part; None where it has none.
        numbering: Its lists, whose indents styles may take up.
    """

    def __init__(self, root: Any, theme: Any, numbering: Numbering) -> None:
        self._by_id = {attr(s, "styleId"): s for s in every(root, "style")}
        self._defaults = child(root, "docDefaults")
        self._theme = _fonts(theme)
        self._numbering = numbering
        self._known: dict[tuple[str, str], dict[str, Any]] = {}

    @cached_property
    def _default(self) -> str:
        """The style of paragraphs that name none."""
        for name, style in self._by_id.items():
            if attr(style, "type") == "paragraph" and attr(style, "default") in ("1", "true"):
                return name
        return ""

    def of(self, ppr: Any) -> str:
        """Return the identifier of a paragraph's style."""
        found = value(ppr, "pStyle")
        return found if found in self._by_id else self._default

    def name(self, style: str) -> str:
        """Return a style's name."""
        return value(self._by_id.get(style), "name") or "Normal"

    def _chain(self, style: str) -> list[Any]:
        """Return a style and those that it is based on, the basic one first."""
        chain: list[Any] = []
        while style in self._by_id and len(chain) < _DEEPEST:
            chain.append(self._by_id[style])
            style = value(self._by_id[style], "basedOn")
        return chain[::-1]

    def look(self, style: str, rpr: Any) -> dict[str, Any]:
        """Return the facts of a run.

        Args:
            style: Its paragraph's style.
            rpr: Its properties, or None.
        """
        found = {**self._base("look", style), **self._character(value(rpr, "rStyle"))}
        return _looks.facts(found | _looks.properties(rpr, self._theme))

    def layout(self, style: str, ppr: Any) -> dict[str, Any]:
        """Return the facts of a paragraph.

        Args:
            style: Its style.
            ppr: Its properties, or None.
        """
        found = dict(self._base("layout", style))
        number, of_style = self.number(style, ppr), self.number(style, None)
        if number != of_style:
            found |= self._numbering.indents(*number)
        return _layout.facts(found | _layout.properties(ppr))

    def number(self, style: str, ppr: Any) -> tuple[str, int]:
        """Return the list and the level, from 0, that a paragraph is on; ("", 0) if on none."""
        identifier, level = "", ""
        for element in [*(child(s, "pPr") for s in self._chain(style)), ppr]:
            of = child(element, "numPr")
            if of is not None:
                identifier = value(of, "numId", identifier)
                level = value(of, "ilvl", level)
        if identifier in ("", "0"):
            return "", 0
        return identifier, _layout.level(level)

    def outline(self, style: str, ppr: Any) -> int:
        """Return the level, from 1, on which a paragraph is a heading; 0 if it is none."""
        found = ""
        for element in [*(child(s, "pPr") for s in self._chain(style)), ppr]:
            found = value(element, "outlineLvl", found)
        if found.isdigit() and int(found) < 9:
            return int(found) + 1
        name = same_style(self.name(style))
        return int(name[8:]) if not found and name[:8] == "heading " and name[8:].isdigit() else 0

    def table(self, style: str) -> Iterator[Any]:
        """Yield the `tblPr` of a table's style and of those it is based on, the nearest first."""
        yield from (
            p for p in (child(s, "tblPr") for s in self._chain(style)[::-1]) if p is not None
        )

    def _base(self, what: str, style: str) -> Mapping[str, Any]:
        """Return what the defaults and the styles of paragraphs say."""
        key = what, style
        if key not in self._known:
            self._known[key] = self._based(what, style)
        return self._known[key]

    def _based(self, what: str, style: str) -> dict[str, Any]:
        if what == "look":
            default = child(child(self._defaults, "rPrDefault"), "rPr")
            found = _looks.properties(default, self._theme)
            for each in self._chain(style):
                found |= _looks.properties(child(each, "rPr"), self._theme)
            return found
        found = _layout.properties(child(child(self._defaults, "pPrDefault"), "pPr"))
        for each in self._chain(style):
            ppr = child(each, "pPr")
            of = child(ppr, "numPr")
            if of is not None:
                level = _layout.level(value(of, "ilvl"))
                found |= self._numbering.indents(value(of, "numId"), level)
            found |= _layout.properties(ppr)
        return found

    def _character(self, style: str) -> Mapping[str, Any]:
        key = "character", style
        if key not in self._known:
            found: dict[str, Any] = {}
            for each in self._chain(style):
                found |= _looks.properties(child(each, "rPr"), self._theme)
            self._known[key] = found
        return self._known[key]


def _fonts(theme: Any) -> dict[str, str]:
    """Return a theme's fonts by how runs call them."""
    out: dict[str, str] = {}
    for kind in ("major", "minor"):
        font = None if theme is None else theme.find(f".//{A}{kind}Font/{A}latin")
        name = "" if font is None else font.get("typeface", "")
        out |= {f"{kind}HAnsi": name, f"{kind}Ascii": name}
    return out
