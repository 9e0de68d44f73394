"""Pictures."""

from __future__ import annotations

import io
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm
from PIL import Image

from .conftest import REPORT, Change, Judge, changed, failures, find


def picture(colour: str, size: tuple[int, int] = (40, 20), format: str = "PNG") -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, colour)
    image.putpixel((3, 3), (0, 255, 0))
    image.save(out, format)
    return out.getvalue()


FOUR = Cm(4)
RED, BLUE = picture("red"), picture("blue")


def inserted(data: bytes = RED, width: Any = FOUR, height: Any = None) -> Change:
    def change(document: Any) -> None:
        paragraph = find(document, "Ships came").insert_paragraph_before()
        shape = paragraph.add_run().add_picture(io.BytesIO(data), width, height)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        shape._inline.docPr.set("descr", "a red box")

    return change


def floating(document: Any) -> None:
    """The picture beside the text, as it is where it is anchored to a paragraph."""
    inserted()(document)
    (inline,) = document.element.body.iter(
        "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}inline"
    )
    from .conftest import xml

    space = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    name = f'xmlns:wp="{space}"'
    box = xml(
        f'w:drawing {name}><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0"'
        ' relativeHeight="2" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1">'
        '<wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>0'
        '</wp:posOffset></wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>0'
        "</wp:posOffset></wp:positionV></wp:anchor></w:drawing"
    )
    anchor = box[0]
    for child in list(inline):
        anchor.append(child)
    wrap = anchor.makeelement(f"{{{space}}}wrapSquare", {"wrapText": "bothSides"})
    anchor.insert(4, wrap)
    inline.getparent().getparent().replace(inline.getparent(), box)


WANTED: dict[str, Any] = {
    "file": "red.png",
    "width": "4 cm",
    "height": "2 cm",
    "aspect": True,
    "alt": "a red box",
    "inline": True,
    "after": "The harbour report",
    "align": "center",
}
GOLD = {"red.png": picture("red", format="BMP")}


def test_a_picture_by_its_pixels_size_place_and_text(judge: Judge) -> None:
    args: dict[str, Any] = {"files": GOLD, "wanted": [WANTED], "count": 1}
    verdict = judge(REPORT, changed(REPORT, inserted()), "images", **args)
    assert verdict.success, failures(verdict)
    told = failures(judge(REPORT, REPORT, "images", **args))
    assert told["number of pictures"] == "there are 0, expected 1"
    assert told["picture 1 width"] == "there is no picture 1: there are 0"


def test_the_alignment_is_that_of_its_own_paragraph(judge: Judge) -> None:
    def other(document: Any) -> None:
        inserted()(document)
        document.add_paragraph("").alignment = WD_ALIGN_PARAGRAPH.RIGHT

    wanted = [{"align": "center"}]
    verdict = judge(REPORT, changed(REPORT, other), "images", wanted=wanted)
    assert verdict.success, failures(verdict)


def test_another_picture_squeezed_or_elsewhere_fails(judge: Judge) -> None:
    args: dict[str, Any] = {"files": GOLD, "wanted": [WANTED]}
    told = failures(judge(REPORT, changed(REPORT, inserted(BLUE)), "images", **args))
    assert told == {"picture 1 file": "it is not 'red.png'"}
    squeezed = inserted(RED, Cm(4), Cm(4))
    told = failures(judge(REPORT, changed(REPORT, squeezed), "images", **args))
    assert told == {
        "picture 1 height": "its height is 113.4 pt (4 cm), expected 56.69 pt (2 cm)",
        "picture 1 aspect": "it is 1.00 times as wide as high, its pixels 2.00 times",
    }
    told = failures(judge(REPORT, changed(REPORT, floating), "images", **args))
    assert told == {"picture 1 inline": "its inline is False, expected True"}
    wanted = [{"image": 1, "after": "End of the report"}]
    told = failures(judge(REPORT, changed(REPORT, inserted()), "images", wanted=wanted))
    assert told["picture 1 after"].startswith("it comes after 'The harbour report covers")


def test_the_aspect(judge: Judge) -> None:
    left = changed(REPORT, inserted())
    told = failures(judge(REPORT, left, "unchanged", aspects=["images"]))
    assert told["images"].startswith("picture 1 was missing, is now 113.4 pt (4 cm) by")
    files = {"gold": left}
    args: dict[str, Any] = {"gold": "gold.docx", "aspects": ["images", "text"]}
    assert judge(REPORT, changed(REPORT, inserted()), "equals_gold", files=files, **args).success
    for other in (inserted(BLUE), inserted(RED, Cm(5)), floating):
        verdict = judge(REPORT, changed(REPORT, other), "equals_gold", files=files, **args)
        assert set(failures(verdict)) == {"images"}
