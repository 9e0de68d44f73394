"""Shapes of a slide that LibreOffice has stored, read from its markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cuagym.validators.slides import _words
from cuagym.validators.slides._deck import BODY, Box, Cell, Shape
from cuagym.validators.slides._paint import A, P, R, fill, line

__all__ = ["KINDS", "Source", "kinds", "shapes"]

_CM: Final = 360_000
_ROLES: Final = {
    **{"title": "title", "ctrTitle": "title", "subTitle": "subtitle"},
    **{"dt": "date", "ftr": "footer", "sldNum": "number", "hdr": "header"},
}
_CHART: Final = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_PRESETS: Final = {
    **{"rect": "rectangle", "roundRect": "rounded rectangle", "ellipse": "ellipse"},
    **{"line": "line", "straightConnector1": "line", "triangle": "triangle"},
    **{"rtTriangle": "right triangle", "star5": "star", "wedgeRectCallout": "callout"},
    **{"wedgeRoundRectCallout": "rounded callout", "wedgeEllipseCallout": "round callout"},
    **{"cloudCallout": "cloud callout", "smileyFace": "smiley", "can": "cylinder"},
    **{"lightningBolt": "lightning", "noSmoking": "forbidden"},
}
"""Names for shapes that have no plain one in files; of others it is the file's, spaced."""
_MEANT: Final[Mapping[str, tuple[str, ...]]] = {
    "arrow": ("right arrow", "left arrow", "up arrow", "down arrow", "left right arrow"),
    "circle": ("ellipse",),
    "oval": ("ellipse",),
    "image": ("picture",),
    "square": ("rectangle",),
    "connector": ("line", "elbow connector", "curved connector"),
}
KINDS: Final = (
    *_PRESETS.values(),
    *("elbow connector", "curved connector", "text box", "picture", "table", "chart", "group"),
    *("right arrow", "left arrow", "up arrow", "down arrow", "left right arrow", "diamond"),
    *("pentagon", "hexagon", "octagon", "parallelogram", "trapezoid", "plus", "cube", "heart"),
    *("cloud", "sun", "moon", "chevron", "donut", "placeholder", "media", "object", "freeform"),
    *_MEANT,
)
"""Kinds of shapes, as arguments name them."""


def kinds(wanted: str) -> tuple[str, ...]:
    """Return the kinds that a name for a kind stands for."""
    return _MEANT.get(wanted.lower(), (wanted.lower(),))


class Source:
    """What the markup of one slide, layout or master refers to.

    Attributes:
        known: The colours of its theme.
        links: Where its links lead, by their numbers.
        blobs: The files of its pictures and charts, by their numbers.
    """

    def __init__(self, part: Any, known: Mapping[str, str], numbers: Mapping[str, int]) -> None:
        """Look at the relationships of a part.

        Args:
            part: Of python-pptx.
            known: The colours of its theme.
            numbers: The numbers of slides, by the names of their parts.
        """
        self.known = known
        self.links: dict[str, str] = {}
        self.blobs: dict[str, bytes] = {}
        for key, rel in part.rels.items():
            if rel.is_external:
                self.links[key] = rel.target_ref
                continue
            target = rel.target_part
            if str(target.partname) in numbers:
                self.links[key] = f"slide {numbers[str(target.partname)]}"
            elif rel.reltype.endswith(("/image", "/chart")):
                self.blobs[key] = target.blob


def shapes(tree: Any, source: Source) -> tuple[Shape, ...]:
    """Return the shapes of a tree or group, from the back to the front."""
    return () if tree is None else tuple(_each(tree, source))


def _each(tree: Any, source: Source) -> Iterator[Shape]:
    for element in tree:
        tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if tag == "AlternateContent":  # what everybody can show comes last
            yield from list(_each(element[-1], source))[:1] if len(element) else ()
        elif tag in ("sp", "pic", "cxnSp", "graphicFrame", "grpSp"):
            yield _shape(element, tag, source)


def _shape(element: Any, tag: str, source: Source) -> Shape:
    about = element.find(f"*/{P}cNvPr")
    place = element.find(f"*/{P}nvPr/{P}ph")
    properties = element.find(f"{P}spPr")
    holder = element.find(f"{P}grpSpPr") if tag == "grpSp" else properties
    frame = element.find(f"{P}xfrm") if holder is None else holder.find(f"{A}xfrm")
    painted = fill(properties, source.known)
    outline, width = line(properties, source.known)
    said = _words.paragraphs(element.find(f"{P}txBody"), source.known, source.links)
    role = "" if place is None else _ROLES.get(place.get("type", ""), BODY)
    role = BODY if _hollow(element) else role
    kind = _kind(element, tag, role, bool(painted or outline))
    return Shape(
        name=about.get("name", "") if about is not None else "",
        kind=kind,
        role=role,
        box=_box(frame),
        rotation=_number(frame, "rot") / 60_000 % 360,
        fill=painted,
        line=outline,
        line_width=width,
        alt=about.get("descr", "") if about is not None else "",
        link=_words.link(about, source.links),
        paragraphs=said,
        children=shapes(element, source) if tag == "grpSp" else (),
        cells=tuple(_rows(element, source)) if kind == "table" else (),
        picture=_picture(element, source) if kind == "picture" else b"",
        crop=_crop(element),
        chart=_chart(element, source) if kind == "chart" else b"",
        key=about.get("id", "") if about is not None else "",
    )


def _kind(element: Any, tag: str, role: str, seen: bool) -> str:
    """Return what a shape is.

    LibreOffice reads a text box as a rectangle, and only the missing fill and line tell them apart.
    """
    if tag in ("grpSp", "pic"):
        if _hollow(element):
            return "placeholder"
        return {"grpSp": "group", "pic": "picture"}[tag]
    if tag == "graphicFrame":
        if element.find(f".//{A}tbl") is not None:
            return "table"
        return "chart" if element.find(f".//{_CHART}") is not None else "object"
    geometry = element.find(f"{P}spPr/{A}prstGeom")
    preset = geometry.get("prst", "rect") if geometry is not None else ""
    about = element.find(f"*/{P}cNvSpPr")
    box = about is not None and about.get("txBox") in ("1", "true")
    worded = any(t.text for t in element.iter(f"{A}t"))
    if role:
        return "placeholder"
    if box or (preset == "rect" and not seen and worded):
        return "text box"
    if not preset:
        return "freeform" if element.find(f"{P}spPr/{A}custGeom") is not None else "object"
    if "Connector" in preset and preset not in _PRESETS:
        return "elbow connector" if preset.startswith("bent") else "curved connector"
    return _PRESETS.get(preset) or re.sub(r"(?<=[a-z])([A-Z])", r" \1", preset).lower()


def _hollow(element: Any) -> bool:
    """Whether it is the icon that LibreOffice stores in the place of a picture still to come."""
    about = element.find(f"{P}nvPicPr/{P}cNvPr")
    named = about is not None and about.get("name", "").startswith("Picture Placeholder")
    return named and min(_crop(element)) < 0


def _number(element: Any, name: str) -> int:
    try:
        return int(element.get(name, "0"))
    except (AttributeError, ValueError):
        return 0


def _box(frame: Any) -> Box:
    if frame is None:
        return Box(0.0, 0.0, 0.0, 0.0)
    at, size = frame.find(f"{A}off"), frame.find(f"{A}ext")
    numbers = _number(at, "x"), _number(at, "y"), _number(size, "cx"), _number(size, "cy")
    left, top, width, height = (round(n / _CM, 3) for n in numbers)
    return Box(left, top, width, height)


def _rows(element: Any, source: Source) -> Iterator[tuple[Cell | None, ...]]:
    for row in element.iter(f"{A}tr"):
        cells: list[Cell | None] = []
        for cell in row.findall(f"{A}tc"):
            if cell.get("hMerge") in ("1", "true") or cell.get("vMerge") in ("1", "true"):
                cells.append(None)
                continue
            body = cell.find(f"{A}txBody")
            said = _words.paragraphs(body, source.known, source.links)
            cells.append(Cell(said, fill(cell.find(f"{A}tcPr"), source.known)))
        yield tuple(cells)


def _picture(element: Any, source: Source) -> bytes:
    blip = element.find(f".//{A}blip")
    return source.blobs.get(blip.get(f"{R}embed", ""), b"") if blip is not None else b""


def _crop(element: Any) -> tuple[float, ...]:
    area = element.find(f"{P}blipFill/{A}srcRect")
    return tuple(round(_number(area, side) / 100_000, 3) for side in "ltrb")


def _chart(element: Any, source: Source) -> bytes:
    chart = element.find(f".//{_CHART}")
    return source.blobs.get(chart.get(f"{R}id", ""), b"") if chart is not None else b""
