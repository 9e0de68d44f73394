"""Colours and fills as the files of presentations tell them."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from typing import Any, Final

from pptx.opc.constants import RELATIONSHIP_TYPE

__all__ = ["A", "P", "R", "colour", "fill", "line", "theme"]

A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P: Final = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

_PAINTS: Final = {
    "gradFill": "a gradient",
    "blipFill": "a picture",
    "pattFill": "a pattern",
    "grpFill": "its group's fill",
}
_PRESET: Final = {
    **{"black": "#000000", "white": "#FFFFFF", "red": "#FF0000", "green": "#008000"},
    **{"blue": "#0000FF", "yellow": "#FFFF00", "orange": "#FFA500", "purple": "#800080"},
}
_POINT: Final = 12700


def theme(master: Any) -> dict[str, str]:
    """Return the colours of a master's theme, by every name that slides have for them."""
    from lxml import etree

    try:
        part = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
        scheme = etree.fromstring(part.blob).find(f".//{A}clrScheme")
    except (KeyError, ValueError, etree.XMLSyntaxError):
        scheme = None
    known = {each.tag.rpartition("}")[2]: colour(each, {}) for each in _elements(scheme)}
    mapped = master._element.find(f"{P}clrMap")
    names = dict(mapped.attrib) if mapped is not None else {}
    return {**known, **{name: known.get(value, "") for name, value in names.items()}}


def _elements(parent: Any) -> list[Any]:
    """The children of an element but comments; none of None."""
    return [] if parent is None else [c for c in parent if isinstance(c.tag, str)]


def colour(parent: Any, known: Mapping[str, str]) -> str:
    """Return the colour that an element holds as "#RRGGBB"; "" if it holds none.

    Args:
        parent: An element such as `a:solidFill`.
        known: The colours of the theme.
    """
    for child in _elements(parent):
        kind, value = child.tag.rpartition("}")[2], child.get("val", "")
        if kind == "srgbClr":
            found = f"#{value.upper()}"
        elif kind == "schemeClr":
            found = known.get(value, "")
        elif kind == "sysClr":
            found = f"#{child.get('lastClr', '000000').upper()}"
        elif kind == "prstClr":
            found = _PRESET.get(value, "")
        else:
            continue
        return _modified(found, child)
    return ""


def _modified(found: str, element: Any) -> str:
    """Apply what makes a theme's colour lighter or darker."""
    changes = [(c.tag.rpartition("}")[2], c.get("val", "100000")) for c in _elements(element)]
    if len(found) != 7 or not any(n in _CHANGES for n, _ in changes):
        return found
    try:
        red, green, blue = (int(found[i : i + 2], 16) / 255 for i in (1, 3, 5))
        for name, value in changes:
            hue, light, vivid = colorsys.rgb_to_hls(red, green, blue)
            light = _CHANGES.get(name, lambda x, _: x)(light, int(value) / 100_000)
            red, green, blue = colorsys.hls_to_rgb(hue, min(max(light, 0.0), 1.0), vivid)
    except ValueError:
        return found
    return "#" + "".join(f"{round(c * 255):02X}" for c in (red, green, blue))


_CHANGES: Final[Mapping[str, Any]] = {
    "lumMod": lambda light, by: light * by,
    "lumOff": lambda light, by: light + by,
    "shade": lambda light, by: light * by,
    "tint": lambda light, by: 1 - (1 - light) * by,
}


def fill(properties: Any, known: Mapping[str, str]) -> str:
    """Return the fill among an element's children: a colour, "a gradient" ...; "" for none."""
    for child in _elements(properties):
        kind = child.tag.rpartition("}")[2]
        if kind == "solidFill":
            return colour(child, known)
        if kind in _PAINTS:
            return _PAINTS[kind]
        if kind == "noFill":
            return ""
    return ""


def line(properties: Any, known: Mapping[str, str]) -> tuple[str, float]:
    """Return the colour of an outline ("" for none) and its width in points."""
    found = None if properties is None else properties.find(f"{A}ln")
    if found is None:
        return "", 0.0
    painted = fill(found, known)
    try:
        width = int(found.get("w", _POINT * 3 // 4)) / _POINT
    except ValueError:
        width = 0.0
    # LibreOffice has no width for the thinnest line.
    return painted, max(round(width, 2), 0.75) if painted else 0.0
