"""Pictures beside the document, in both directions; and those that mean harm."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from PIL import Image, ImageDraw

from cuagym.documents import workbook_bytes
from cuagym.errors import TaskError
from cuagym.grading import Grader
from cuagym.pack import validator_sources
from cuagym.task import TaskInstance, ValidatorSpec
from cuagym.validation import check
from cuagym.verdict import Verdict

BOOK = workbook_bytes(Workbook())
Judge = Callable[..., Verdict]


def scene(size: tuple[int, int] = (120, 80), disc: str = "yellow") -> Image.Image:
    """A disc on blue over green."""
    image = Image.new("RGB", size, (40, 90, 220))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, size[1] // 2, size[0], size[1]), (30, 160, 60))
    draw.ellipse((size[0] // 3, size[1] // 5, size[0] * 2 // 3, size[1] * 4 // 5), disc)
    return image


def saved(image: Image.Image, format: str = "PNG", **how: Any) -> bytes:
    out = BytesIO()
    image.save(out, format, **how)
    return out.getvalue()


SCENE = saved(scene())
GOLD = {"gold.png": SCENE, "notes.txt": b"no picture"}


@pytest.fixture(scope="module")
def judge(grader: Grader) -> Judge:
    def judge(data: bytes | None, validator: str, /, fault: bool = False, **args: Any) -> Verdict:
        task = TaskInstance(
            id="test/images",
            app="excel",
            files={"book.xlsx": BOOK},
            gold=GOLD,
            open="book.xlsx",
            validators=(ValidatorSpec(f"images.{validator}", {"name": "out.png", **args}),),
        )
        left = {"book.xlsx": BOOK} | ({} if data is None else {"out.png": data})
        verdict = grader.grade(task, left, "", "success")
        assert bool(verdict.fault) is fault, verdict
        return verdict

    return judge


def said(verdict: Verdict) -> str:
    assert not verdict.success, verdict
    return "; ".join(c.detail for c in verdict.checks if not c.passed)


def test_format_size_and_whether_something_is_shown(judge: Judge) -> None:
    assert judge(SCENE, "picture", format="PNG", size=[120, 80], blank=False).success
    assert judge(saved(scene(), "JPEG"), "picture", format="jpg").success
    assert judge(saved(Image.new("RGB", (9, 9), "red")), "picture", blank=True).success
    says = said(judge(SCENE, "picture", format="JPEG", size=[80, 120], blank=True))
    assert "it is a PNG, expected a JPEG" in says
    assert "it has 120 x 80 pixels, expected 80 x 120" in says
    assert "it shows something" in says
    clear = Image.new("RGBA", (30, 30), (10, 20, 30, 0))
    clear.putpixel((3, 3), (200, 0, 0, 0))
    assert "nothing but one colour" in said(judge(saved(clear), "picture", blank=False))


@pytest.mark.parametrize(
    "data",
    [
        SCENE,
        saved(scene(), "JPEG", quality=90),
        saved(scene(), "BMP"),
        saved(scene(), "WEBP", lossless=True),
        saved(scene().convert("RGBA")),
        saved(scene().quantize(64)),
    ],
)
def test_the_same_picture_in_any_format(judge: Judge, data: bytes) -> None:
    assert judge(data, "matches", gold="gold.png").success


def test_other_pictures_do_not_match(judge: Judge) -> None:
    larger = saved(scene((240, 160)))
    assert "it has 240 x 160 pixels" in said(judge(larger, "matches", gold="gold.png"))
    assert judge(larger, "matches", gold="gold.png", scaled=True, tolerance=0.08).success
    narrow = saved(scene().resize((60, 80)))
    says = said(judge(narrow, "matches", gold="gold.png", scaled=True, tolerance=1.0))
    assert "it is 0.50 times as wide" in says
    for other in (
        scene(disc="white"),
        scene().rotate(180),
        scene().convert("L"),
        scene().transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        Image.new("RGB", (120, 80), "white"),
    ):
        assert "it differs by" in said(judge(saved(other), "matches", gold="gold.png"))
    for gold, why in (("gold.pgn", "did you mean 'gold.png'"), ("notes.txt", "is no picture")):
        assert why in judge(SCENE, "matches", gold=gold, fault=True).fault


COLOUR = st.integers(0, 255)


@settings(max_examples=12, deadline=None, derandomize=True, database=None)
@given(
    color=st.tuples(COLOUR, COLOUR, COLOUR),
    off=st.integers(12, 60),
    at=st.integers(0, 2),
    corner=st.booleans(),
)
def test_mean_colours_anywhere(
    judge: Judge, color: tuple[int, int, int], off: int, at: int, corner: bool
) -> None:
    image = Image.new("RGB", (40, 30), "white")
    image.paste(color, (20, 15, 40, 30) if corner else (0, 0, 20, 15))
    area = [0.5, 0.5, 1, 1] if corner else [0, 0, 0.5, 0.5]
    code = "#{:02X}{:02X}{:02X}"
    wanted = {"area": area, "color": code.format(*color)}
    assert judge(saved(image), "colours", wanted=[wanted]).success
    other = [*color]
    other[at] = color[at] + off if color[at] + off < 256 else color[at] - off
    wrong = {**wanted, "color": code.format(*other)}
    assert "its mean colour is" in said(judge(saved(image), "colours", wanted=[wrong]))


def test_names_of_colours(judge: Judge) -> None:
    sky = {"area": [0, 0, 0.3, 0.4], "color": "blue"}
    grass = {"area": [0, 0.7, 0.3, 1], "color": "green"}
    assert judge(SCENE, "colours", wanted=[sky, grass]).success
    assert not judge(SCENE, "colours", wanted=[{**sky, "color": "green"}]).success


def claimed(width: int, height: int) -> bytes:
    """A PNG that says it is this large, and has no pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    empty = chunk(b"IDAT", zlib.compress(b""))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + empty + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, "there is no file 'out.png' (there are: book.xlsx)"),
        (b"", "is no picture that can be read"),
        (BOOK, "is no picture"),
        (SCENE[: len(SCENE) // 2], "is no picture"),
        (claimed(60_000, 60_000), ""),
        (claimed(9_000, 9_000), "too many"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no picture"),
    ],
    ids=["none", "empty", "book", "cut", "huge", "large", "svg"],
)
def test_files_that_are_refused(judge: Judge, data: bytes | None, says: str) -> None:
    begun = time.monotonic()
    assert says in said(judge(data, "matches", gold="gold.png"))
    assert time.monotonic() - begun < 40


@pytest.mark.parametrize(
    ("name", "args", "says"),
    [
        ("picture", {"format": "PNGG"}, "did you mean 'PNG'"),
        ("picture", {"size": [3]}, "width, height"),
        ("matches", {"gold": "g.png", "toleranc": 1.0}, "did you mean 'tolerance'"),
        ("colours", {"wanted": [{"color": "bleu"}]}, "did you mean 'blue'"),
        ("colours", {"wanted": [{"colour": "blue"}]}, "did you mean 'color'"),
        ("colours", {"wanted": [{"color": "red", "area": [0, 0, 5, 5]}]}, "fractions"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(name: str, args: Any, says: str) -> None:
    with pytest.raises(TaskError, match=says):
        check(ValidatorSpec(f"images.{name}", {"name": "out.png", **args}), validator_sources())
