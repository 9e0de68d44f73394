"""PDF files in both directions: pages, size, text, metadata; those that mean harm."""

from __future__ import annotations

import os
import subprocess
import time
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pypdf
import pytest
from openpyxl import Workbook
from pptx import Presentation
from pptx.util import Cm

from cuagym.documents import workbook_bytes
from cuagym.errors import TaskError
from cuagym.grading import Grader
from cuagym.pack import validator_sources
from cuagym.task import TaskInstance, ValidatorSpec
from cuagym.validation import check
from cuagym.verdict import Verdict

BOOK = workbook_bytes(Workbook())
Judge = Callable[..., Verdict]
A4 = (595, 842)


def pdf(*pages: str, size: tuple[float, float] = A4, rotate: int = 0, **about: str) -> bytes:
    """A PDF file with a line of text on each page; or with what draws it, if that begins with q."""
    bodies = [
        page if page.startswith("q") else f"BT /F1 12 Tf 72 600 Td ({page}) Tj ET" for page in pages
    ]
    parts = ["<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    parts.append(f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>")
    parts.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for n, body in enumerate(bodies):
        parts.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}] /Rotate {rotate}"
            f" /Contents {5 + 2 * n} 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        parts.append(f"<< /Length {len(body)} >>\nstream\n{body}\nendstream")
    info = " ".join(f"/{key.title()} ({value})" for key, value in about.items())
    parts.append(f"<< {info} >>")
    return assembled([part.encode("latin-1") for part in parts])


def assembled(parts: list[bytes]) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF"
    count = len(parts)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count + 1, table)
        + end
        % (
            count + 1,
            count,
            len(out),
        )
    )


REPORT = pdf("Sales grew", "Costs fell in Oslo", title="Report", author="Ada Novak")


@pytest.fixture
def judge(grader: Grader) -> Judge:
    def judge(data: bytes | None, validator: str, /, fault: bool = False, **args: Any) -> Verdict:
        task = TaskInstance(
            id="test/pdf",
            app="excel",
            files={"book.xlsx": BOOK},
            open="book.xlsx",
            validators=(ValidatorSpec(f"pdf.{validator}", {"name": "out.pdf", **args}),),
        )
        left = {"book.xlsx": BOOK} | ({} if data is None else {"out.pdf": data})
        verdict = grader.grade(task, left, "", "success")
        assert bool(verdict.fault) is fault, verdict
        return verdict

    return judge


def said(verdict: Verdict) -> str:
    assert not verdict.success, verdict
    return "; ".join(c.detail for c in verdict.checks if not c.passed)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What LibreOffice makes of a presentation of two slides."""
    folder = tmp_path_factory.mktemp("pdf")
    deck = Presentation()
    deck.slide_width, deck.slide_height = Cm(33.867), Cm(19.05)
    for title, line in (("Efficient offices", "Wir prüfen fünf Büros"), ("Plans", "Hire & move")):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = title, line
    deck.core_properties.title = "Our review"
    deck.save(folder / "deck.pptx")
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        + ["--convert-to", "pdf", "--outdir", str(folder), str(folder / "deck.pptx")],
        env={**os.environ, "TMPDIR": str(folder)},
        check=True,
        capture_output=True,
        timeout=60,
    )
    return (folder / "deck.pdf").read_bytes()


def test_what_libreoffice_exports(judge: Judge, exported: bytes) -> None:
    assert judge(exported, "pages", count=2, size="16:9", orientation="landscape").success
    wanted = {
        "1": {"contains": ["Efficient offices", "prüfen  fünf"], "absent": "Plans"},
        "last": "Hire & move",
        "*": {"order": ["Efficient offices", "Wir", "Plans", "Hire"]},
    }
    assert judge(exported, "text", pages=wanted).success
    assert judge(exported, "metadata", title="Our review").success


def test_pages(judge: Judge) -> None:
    assert judge(REPORT, "pages", count=2, size="A4", orientation="portrait").success
    assert judge(REPORT, "pages", size=[29.7, 21.0]).success
    turned = pdf("x", rotate=90)
    assert judge(turned, "pages", orientation="landscape", size="A4").success
    says = said(judge(REPORT, "pages", count=3, size="letter", orientation="landscape"))
    assert "it has 2 pages, expected 3" in says
    assert "page 1 is 21.0 x 29.7 cm, expected letter" in says
    assert "page 1 is held portrait, expected landscape" in says
    assert "page 1 is 21.0 x 29.7 cm, expected 4:3" in said(judge(REPORT, "pages", size="4:3"))
    assert "nothing is wanted" in judge(REPORT, "pages", fault=True).fault


def test_text(judge: Judge) -> None:
    wanted = {"1": "Sales grew", "2": {"contains": ["Costs  fell", "Oslo"], "absent": ["Sales"]}}
    assert judge(REPORT, "text", pages=wanted).success
    for page, value, says in (
        ("1", "Costs fell", "there is no 'Costs fell' (but on page 2)"),
        ("*", {"absent": "Oslo"}, "'Oslo' should not be there"),
        ("3", "Sales", "there is no page 3; it has 2 pages"),
        ("*", {"order": ["Costs", "Sales"]}, "'Sales' comes too early"),
        ("last", {"order": ["Rome"]}, "'Rome' is not there"),
    ):
        assert says in said(judge(REPORT, "text", pages={page: value}))


def test_metadata(judge: Judge) -> None:
    assert judge(REPORT, "metadata", title="Report", author="Ada  Novak", subject="").success
    says = said(judge(REPORT, "metadata", title="Reports", keywords="a"))
    assert "the title is 'Report', expected 'Reports'" in says
    assert "the keywords is 'not given', expected 'a'" in says


def encrypted(password: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(BytesIO(REPORT)))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def bomb() -> bytes:
    """A page whose drawing unpacks to 200 MB."""
    body = zlib.compress(b"q Q " * 50_000_000, 9)
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(body), body),
        b"<< >>",
    ]
    return assembled(parts)


def endless() -> bytes:
    """Forms that draw others twice, forty deep: a million million times the last."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R"
    resources = b" /Resources << /XObject << /X %d 0 R /Y %d 0 R >> >>"
    body = b"/X Do /Y Do"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        page + resources % (5, 5) + b" >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(body), body),
    ]
    for number in range(5, 45):
        inner = resources % (number + 1, number + 1) if number < 44 else b""
        form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9]%s /Length %d >>" % (
            inner,
            len(body),
        )
        parts.append(form + b"\nstream\n%s\nendstream" % body)
    return assembled([*parts, b"<< >>"])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, "there is no file 'out.pdf' (there are: book.xlsx)"),
        (b"%PDF-1.7\njunk", "cannot be read"),
        (BOOK, "is no PDF, whatever its name says"),
        (b"", "is no PDF"),
        (REPORT[: len(REPORT) // 3], "'out.pdf'"),
        (encrypted("secret"), "is protected by a password"),
        (bomb(), "page 1 "),
        (endless(), "page 1 "),
        (pdf(*["x"] * 501), "more than 500 pages"),
    ],
    ids=["none", "junk", "book", "empty", "cut", "password", "bomb", "endless", "long"],
)
def test_files_that_are_refused_in_time(judge: Judge, data: bytes | None, says: str) -> None:
    begun = time.monotonic()
    verdict = judge(data, "text", pages={"1": "Costs"})
    assert time.monotonic() - begun < 40
    assert says in said(verdict) or "no 'Costs'" in said(verdict)


def test_a_file_that_opens_without_a_password_is_read(judge: Judge) -> None:
    assert judge(encrypted(""), "text", pages={"2": "Costs fell in Oslo"}).success


@pytest.mark.parametrize(
    ("name", "args", "says"),
    [
        ("pages", {"size": "A44"}, "did you mean 'A4'"),
        ("pages", {"orientation": "wide"}, "one of 'portrait', 'landscape'"),
        ("pages", {"counts": 1}, "did you mean 'count'"),
        ("text", {"pages": {"0": "x"}}, "'0' is no page"),
        ("text", {"pages": {"1": {"contain": "x"}}}, "did you mean 'contains'"),
        ("text", {"pages": {"1": ""}}, "must be a text or a list of texts"),
        ("metadata", {"titel": "x"}, "did you mean 'title'"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(name: str, args: Any, says: str) -> None:
    with pytest.raises(TaskError, match=says):
        check(ValidatorSpec(f"pdf.{name}", {"name": "out.pdf", **args}), validator_sources())
