"""Decks: how tasks lay out their slides, and how near misses spoil what an oracle left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any, Final

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import PP_ALIGN
from pptx.util import Cm, Emu, Pt

from cuagym.documents import stable_zip, undated
from cuagym.task import Change

# Which layouts a deck has, by their places among those of python-pptx's own template.
TITLE, CONTENT, SECTION, TWO, TITLE_ONLY, BLANK = range(6)
_KEPT: Final = (0, 1, 2, 3, 5, 6)

# By number of a look: the font, and the colour of the titles and of the bar on the left.
LOOKS: Final = (
    ("Liberation Sans", "1F3864"),
    ("Liberation Sans", "7B2D26"),
    ("Liberation Serif", "1E5631"),
    ("Liberation Serif", "3B3B3B"),
)

TITLE_SIZE, SIZES = 36, (28, 24, 20)
"""Of titles, and of bullets by their levels, in points."""

WIDTH, HEIGHT = 33.867, 19.05
"""Of a slide, in centimetres: 16 to 9."""

TITLE_PLACE = (1.693, 0.763, 30.48, 3.175)
"""Where titles lie on slides with bullets and those with but a title: left, top, width, height."""

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_BAR = """<p:sp xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:nvSpPr>
<p:cNvPr id="90" name="Bar"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr><a:xfrm>
<a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>
</a:prstGeom><a:solidFill><a:srgbClr val="{color}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>
</p:sp>"""


def new(look: int = 0) -> Any:
    """Return an empty deck of 16 to 9, in one of `LOOKS`."""
    deck = Presentation()
    for holder, unwanted in ((deck.part.package._rels, "thumbnail"), (deck.part.rels, "Settings")):
        for rel in [each for each in holder.values() if each.reltype.endswith(unwanted)]:
            holder.pop(rel.rId)
    for layout in list(deck.slide_layouts):
        if deck.slide_layouts.index(layout) not in _KEPT:
            layout.name = ""
    for layout in [each for each in deck.slide_layouts if not each.name]:
        deck.slide_layouts.remove(layout)
    # The template is of 4 to 3.
    deck.slide_width = Emu(deck.slide_width * 4 // 3)
    for holder in (deck.slide_master, *deck.slide_layouts):
        for shape in holder.placeholders:
            if shape._element.spPr.xfrm is not None:
                shape.left, shape.width = shape.left * 4 // 3, shape.width * 4 // 3
    font, color = LOOKS[look]
    _dress(deck.slide_master, font, color)
    width, height = int(Cm(0.4)), int(Cm(HEIGHT))
    tree = deck.slide_master.shapes._spTree
    tree.insert(2, etree.fromstring(_BAR.format(width=width, height=height, color=color)))
    return deck


def _dress(master: Any, font: str, color: str) -> None:
    """Give a master's titles a colour, and all of its text a font."""
    theme = next(r for r in master.part.rels.values() if r.reltype.endswith("/theme")).target_part
    root = etree.fromstring(theme.blob)
    for latin in root.iterfind(f".//{_A}fontScheme/*/{_A}latin"):
        latin.set("typeface", font)
    theme._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    titles = master._element.find(".//{*}titleStyle")
    for properties in titles.iter(f"{_A}defRPr"):
        properties.set("sz", f"{TITLE_SIZE}00")
        for fill in properties.findall(f"{_A}solidFill"):
            properties.remove(fill)
        fill = etree.SubElement(properties, f"{_A}solidFill")
        etree.SubElement(fill, f"{_A}srgbClr").set("val", color)
        properties.insert(0, fill)
    for level, size in zip(master._element.find(".//{*}bodyStyle"), SIZES, strict=False):
        level.find(f"{_A}defRPr").set("sz", f"{size}00")


def cover(deck: Any, title: str, subtitle: str) -> Any:
    """Add a title slide."""
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE])
    slide.shapes.title.text, slide.placeholders[1].text = title, subtitle
    return slide


def bullets(deck: Any, title: str, lines: Iterable[str], notes: str = "") -> Any:
    """Add a slide with a title and bullets; a tab before a line stands for a level further in."""
    slide = deck.slides.add_slide(deck.slide_layouts[CONTENT])
    slide.shapes.title.text = title
    fill(slide.placeholders[1].text_frame, lines)
    if notes:
        slide.notes_slide.notes_text_frame.text = notes
    return slide


def fill(frame: Any, lines: Iterable[str]) -> None:
    """Write lines into a text frame; a tab before a line stands for a level further in."""
    frame.clear()
    for number, line in enumerate(lines):
        paragraph = frame.add_paragraph() if number else frame.paragraphs[0]
        paragraph.text = line.lstrip("\t")
        paragraph.level = len(line) - len(line.lstrip("\t"))


def titled(deck: Any, title: str) -> Any:
    """Add a slide with nothing but a title."""
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    slide.shapes.title.text = title
    return slide


def box(slide: Any, text: str, at: Sequence[float], color: str, kind: Any = None) -> Any:
    """Add a filled shape, a rectangle unless told; `at` is left, top, width, height in cm."""
    shape = slide.shapes.add_shape(kind or MSO_SHAPE.RECTANGLE, *(Cm(x) for x in at))
    shape.text_frame.text = text
    line = shape.text_frame.paragraphs[0]
    line.alignment, line.runs[0].font.size = PP_ALIGN.CENTER, Pt(18)
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(color)
    shape.line.fill.background()
    shape.shadow.inherit = False
    return shape


def rgb(color: str) -> Any:
    """Return a colour such as "1F3864" as python-pptx wants it."""
    make: Any = RGBColor
    return make(*bytes.fromhex(color))


def table(slide: Any, rows: Sequence[Sequence[str]], at: Sequence[float]) -> Any:
    """Add a table; `at` is left, top, width, height in centimetres."""
    shape = slide.shapes.add_table(len(rows), len(rows[0]), *(Cm(x) for x in at))
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            shape.table.cell(r, c).text = text
    return shape


def deck_bytes(deck: Any) -> bytes:
    """Return a deck as pptx: equal decks give equal bytes, today and tomorrow."""
    out = BytesIO()
    deck.save(out)
    return stable_zip(out.getvalue(), undated)


def edited(name: str, change: Callable[[Any], object]) -> Change:
    """Return what opens one of the files, changes the deck and stores it again."""

    def edit(files: dict[str, bytes]) -> dict[str, bytes]:
        deck = Presentation(BytesIO(files[name]))
        change(deck)
        return {**files, name: deck_bytes(deck)}

    return edit
