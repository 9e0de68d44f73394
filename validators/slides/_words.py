"""Paragraphs and runs of a shape that LibreOffice has stored.

LibreOffice writes out how each run looks, whatever it was inherited from: the paragraph, the shape,
the layout, the master, the theme. So a run tells all of its look by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cuagym.validators._colours import same_font
from cuagym.validators.slides._deck import Paragraph, Run
from cuagym.validators.slides._paint import A, R, colour

__all__ = ["ALIGN", "FACTS", "link", "paragraphs"]

FACTS: Final = ("bold", "italic", "underline", "strike", "size", "font", "color")
ALIGN: Final = {"l": "left", "ctr": "center", "r": "right", "just": "justify", "dist": "justify"}
_BULLETS: Final = {"buChar": "bullet", "buBlip": "bullet", "buAutoNum": "number"}
_ON: Final = ("1", "true", "on")
_TEXTS: Final = (f"{A}r", f"{A}fld", f"{A}br")


def paragraphs(body: Any, known: Mapping[str, str], rels: Mapping[str, str]) -> tuple[Any, ...]:
    """Return the paragraphs of a text body; none of None.

    Args:
        body: An element such as `p:txBody`.
        known: The colours of the theme.
        rels: Where links lead, by their numbers in the part.
    """
    if body is None:
        return ()
    return tuple(_paragraph(p, known, rels) for p in body.findall(f"{A}p"))


def _paragraph(element: Any, known: Mapping[str, str], rels: Mapping[str, str]) -> Paragraph:
    runs: list[Run] = []
    for each in element:
        if each.tag not in _TEXTS:
            continue
        found = _run(each, known, rels)
        # A line break looks like what stands before it: it is not seen.
        last = runs[-1] if runs else None
        alike = last and (found.facts, found.link) == (last.facts, last.link)
        if last and (alike or each.tag == f"{A}br"):
            runs[-1] = Run(last.text + found.text, last.facts, last.link)
        elif found.text:
            runs.append(found)
    about = element.find(f"{A}pPr")
    if about is None:
        return Paragraph(tuple(runs))
    kinds = [c.tag.rpartition("}")[2] for c in about if isinstance(c.tag, str)]
    bullet = next((_BULLETS[k] for k in kinds if k in _BULLETS), "")
    level = about.get("lvl", "0")
    align = ALIGN.get(about.get("algn", "l"), "left")
    return Paragraph(tuple(runs), int(level) if level.isdigit() else 0, bullet, align)


def _run(element: Any, known: Mapping[str, str], rels: Mapping[str, str]) -> Run:
    text = "\n" if element.tag == f"{A}br" else element.findtext(f"{A}t") or ""
    about = element.find(f"{A}rPr")
    return Run(text, _facts(about, known), link(about, rels))


def _facts(about: Any, known: Mapping[str, str]) -> dict[str, Any]:
    get = (lambda _: None) if about is None else about.get
    font = None if about is None else about.find(f"{A}latin")
    painted = None if about is None else about.find(f"{A}solidFill")
    size = get("sz") or "1800"
    return {
        "bold": get("b") in _ON,
        "italic": get("i") in _ON,
        "underline": get("u") not in (None, "none"),
        "strike": get("strike") not in (None, "noStrike"),
        "size": int(size) / 100 if size.isdigit() else 0.0,
        "font": same_font(font.get("typeface", "")) if font is not None else "",
        "color": colour(painted, known) or "#000000",
    }


def link(about: Any, rels: Mapping[str, str]) -> str:
    """Return where a click on a run or shape leads: an address, "slide 3", "next slide" ..."""
    click = None if about is None else about.find(f"{A}hlinkClick")
    if click is None:
        return ""
    target: str = rels.get(click.get(f"{R}id", ""), "")
    action = click.get("action", "")
    if "jump=" in action:
        jump = action.rpartition("jump=")[2]
        return str(jump).replace("slide", " slide")
    return target
