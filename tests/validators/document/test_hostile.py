"""Documents that mean harm, or are merely odd: a clear verdict within a bound, and no harm."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from cuagym.documents import MAX_UNPACKED
from cuagym.formats import problem
from cuagym.grading import Grader
from cuagym.task import ValidatorSpec
from cuagym.validators.document._aspects import ASPECTS
from cuagym.verdict import Verdict

from .conftest import REPORT, failures, instance

BOUND = 40.0
"""Seconds, on a machine with every core busy; a quiet one takes one or two at most."""
Part = Callable[[bytes], bytes]
SPECS = (
    ValidatorSpec("document.unchanged", {"aspects": sorted(ASPECTS)}),
    ValidatorSpec("document.text", {"contains": "harbour", "where": "everywhere"}),
    ValidatorSpec("document.characters", {"texts": {"*": {"bold": False}}, "only": True}),
    ValidatorSpec("document.paragraphs", {"wanted": {"*": {"align": "left"}}, "only": True}),
    ValidatorSpec("document.lists", {"wanted": {"=ropes": "bullet"}}),
    ValidatorSpec("document.headings", {"wanted": [[1, "Overview"]]}),
    ValidatorSpec("document.contents"),
    ValidatorSpec("document.tables", {"wanted": [{"borders": "all", "sorted_by": "A"}]}),
    ValidatorSpec("document.images", {"wanted": [{"aspect": True}]}),
    ValidatorSpec("document.page", {"size": "A4"}),
    ValidatorSpec("document.headers", {"wanted": {"header": "x"}}),
    ValidatorSpec("document.changes", {"wanted": []}),
    ValidatorSpec("document.comments", {"wanted": ["x"]}),
    ValidatorSpec("document.links", {"wanted": {"x": "y"}}),
    ValidatorSpec("document.bookmarks", {"wanted": {"x": "y"}}),
    ValidatorSpec("document.notes", {"footnotes": ["x"]}),
    ValidatorSpec("document.properties", {"wanted": {"title": "x"}}),
)


def rewritten(parts: dict[str, Part | bytes | None]) -> bytes:
    """The report with some parts replaced, added or taken out."""
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(REPORT)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            change = parts.get(entry.filename, lambda data: data)
            if change is not None:
                data = source.read(entry)
                target.writestr(entry.filename, change(data) if callable(change) else change)
        for name, part in parts.items():
            if isinstance(part, bytes) and name not in source.namelist():
                target.writestr(name, part)
    return out.getvalue()


DOCUMENT, STYLES = "word/document.xml", "word/styles.xml"


def body(markup: bytes) -> bytes:
    """The report with markup at the end of its body."""
    return rewritten({DOCUMENT: lambda x: x.replace(b"<w:sectPr", markup + b"<w:sectPr", 1)})


@pytest.fixture
def graded(grader: Grader) -> Callable[..., Verdict]:
    """Grade what was left by every validator, and see that the grader is well after."""

    def graded(left: bytes, *specs: ValidatorSpec) -> Verdict:
        begun = time.monotonic()
        task = instance(REPORT, *(specs or SPECS))
        verdict = grader.grade(task, {"text.docx": left}, status="success")
        assert not verdict.fault, verdict.fault
        assert time.monotonic() - begun < BOUND
        still = grader.grade(instance(REPORT, SPECS[0]), {"text.docx": REPORT}, status="success")
        assert still.success
        return verdict

    return graded


def doctype(text: bytes) -> bytes:
    start = text.index(b"<w:document")
    return b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + text[start:]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (rewritten({DOCUMENT: doctype}), "it has a document type"),
        (rewritten({DOCUMENT: lambda x: x[: len(x) // 2]}), "its part 'word/document.xml' is"),
        (rewritten({STYLES: b"\x00junk"}), "its part 'word/styles.xml' is damaged"),
        (rewritten({DOCUMENT: lambda x: x + b" " * (80 << 20)}), "more than 200 times its own"),
        (rewritten({"word/vbaProject.bin": b"x"}), "it holds macros"),
        (rewritten({"[Content_Types].xml": None}), "not an Office document"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096), "a password"),
        (b"PK\x03\x04" + bytes(100), "not a readable zip"),
        (b"", "it is empty"),
    ],
    ids=["entity", "cut", "junk", "ratio", "macros", "types", "password", "torn", "empty"],
)
def test_files_that_are_refused(graded: Callable[..., Verdict], data: bytes, says: str) -> None:
    verdict = graded(data)
    assert not any(check.passed for check in verdict.checks) and says in str(verdict)


def test_an_archive_that_claims_too_much_is_refused() -> None:
    out = bytearray(REPORT)
    at = out.rindex(b"PK\x01\x02")
    out[at + 24 : at + 28] = (MAX_UNPACKED + 1).to_bytes(4, "little")
    assert "more than the" in problem("text.docx", bytes(out))


def emptied(text: bytes) -> bytes:
    return text[: text.index(b"<w:body>")] + b"</w:document>"


def nested(depth: int) -> bytes:
    cell = b"<w:tbl><w:tr><w:tc>" * depth + b"<w:p/>"
    return cell + b"</w:tc></w:tr></w:tbl><w:p/>" * depth


ODD: dict[str, bytes] = {
    "no body": rewritten({DOCUMENT: emptied}),
    "no styles": rewritten({STYLES: None}),
    "no settings": rewritten({"word/settings.xml": None}),
    "no relations": rewritten({"word/_rels/document.xml.rels": None}),
    "no document": rewritten({DOCUMENT: None}),
    "no numbering": rewritten({"word/numbering.xml": None}),
    "no theme": rewritten({"word/theme/theme1.xml": None}),
    "a style of itself": rewritten(
        {STYLES: lambda x: x.replace(b'<w:basedOn w:val="Normal"/>', b'<w:basedOn w:val="Title"/>')}
    ),
    "a list that is not there": body(
        b'<w:p><w:pPr><w:numPr><w:ilvl w:val="99"/><w:numId w:val="4711"/></w:numPr></w:pPr>'
        b"<w:r><w:t>x</w:t></w:r></w:p>"
    ),
    "numbers that are none": body(
        b'<w:p><w:pPr><w:spacing w:line="x" w:before="1e999"/><w:ind w:left="-"/></w:pPr>'
        b'<w:r><w:rPr><w:sz w:val="big"/><w:color w:val="zz"/></w:rPr><w:t>x</w:t></w:r></w:p>'
    ),
    "a field without an end": body(
        b'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:t>x</w:t></w:r></w:p>'
    ),
    "a field without a beginning": body(
        b'<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>x</w:t></w:r></w:p>'
    ),
    "references to nothing": body(
        b'<w:p><w:r><w:footnoteReference w:id="77"/></w:r><w:r><w:commentReference w:id="77"/>'
        b'</w:r><w:bookmarkEnd w:id="77"/><w:commentRangeEnd w:id="77"/></w:p>'
    ),
    "a picture of nothing": body(
        b'<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata'
        b' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
        b' r:id="rId4711"/></v:shape></w:pict></w:r></w:p>'
    ),
    "a table without rows": body(b"<w:tbl><w:tblPr/><w:tblGrid/></w:tbl><w:p/>"),
    "rows of other lengths": body(
        b'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="999999"/></w:tcPr><w:p/></w:tc></w:tr>'
        b'<w:tr><w:tc><w:tcPr><w:vMerge w:val="continue"/></w:tcPr><w:p/></w:tc><w:tc><w:p/></w:tc>'
        b"</w:tr></w:tbl><w:p/>"
    ),
    "nested tables": body(nested(20)),
    "deep tables": body(nested(40)),
    "deep controls": body(
        b"<w:sdt><w:sdtContent>" * 100 + b"<w:p/>" + b"</w:sdtContent></w:sdt>" * 100
    ),
    "a long word": body(b"<w:p><w:r><w:t>" + b"long " * 20_000 + b"</w:t></w:r></w:p>"),
    "many empty paragraphs": body(b"<w:p/>" * 8000),
    "many runs": body(
        b"<w:p>" + b"<w:r><w:rPr><w:b/></w:rPr><w:t>ab</w:t></w:r>" * 8000 + b"</w:p>"
    ),
    "a large table": body(
        b"<w:tbl>"
        + (b"<w:tr>" + b"<w:tc><w:p/></w:tc>" * 20 + b"</w:tr>") * 300
        + b"</w:tbl><w:p/>"
    ),
}


@pytest.mark.parametrize("name", sorted(ODD))
def test_odd_documents_have_a_verdict_in_time(graded: Callable[..., Verdict], name: str) -> None:
    verdict = graded(ODD[name])
    assert not verdict.success
    for check in verdict.checks:
        assert check.passed or check.detail, check


RELATIONS = "word/_rels/document.xml.rels"


def test_nothing_is_fetched_and_no_file_of_the_machine_is_read(
    graded: Callable[..., Verdict],
) -> None:
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    relations = b"".join(
        b'<Relationship Id="rIdX%d" Type="%s%s" Target="%s" TargetMode="External"/>'
        % (number, kind, what, target)
        for number, (what, target) in enumerate(
            [
                (b"attachedTemplate", b"http://127.0.0.1:9/x.dotm"),
                (b"image", b"file:///etc/passwd"),
                (b"header", b"http://127.0.0.1:9/header.xml"),
                (b"comments", b"file:///etc/passwd"),
                (b"styles", b"http://127.0.0.1:9/styles.xml"),
            ]
        )
    )
    included = (
        b'<w:p><w:fldSimple w:instr=" INCLUDETEXT &quot;/etc/passwd&quot; "><w:r><w:t>x</w:t></w:r>'
        b"</w:fldSimple></w:p>"
    )
    data = rewritten(
        {
            RELATIONS: lambda x: x.replace(b"</Relationships>", relations + b"</Relationships>"),
            DOCUMENT: lambda x: x.replace(b"<w:sectPr", included + b"<w:sectPr", 1),
        }
    )
    verdict = graded(data)
    assert "root:" not in str(verdict)
    absent = ValidatorSpec("document.text", {"absent": ["root:", "daemon"]})
    assert graded(data, absent).success


def test_a_bomb_among_the_properties_of_a_document_that_is_known(
    graded: Callable[..., Verdict],
) -> None:
    core = "docProps/core.xml"
    spec = ValidatorSpec("document.properties", {"wanted": {"title": "ha"}})
    names = b"abcdefghij"
    entities = [b'<!ENTITY a "ha">']
    for one, other in zip(names, names[1:], strict=False):
        entities.append(b'<!ENTITY %c "%s">' % (other, b"&%c;" % one * 10))

    def bomb(text: bytes) -> bytes:
        start = text.index(b"<cp:coreProperties")
        title = text[start:].replace(b"</cp:coreProperties>", b"<x>&j;</x></cp:coreProperties>")
        return b"<!DOCTYPE x [" + b"".join(entities) + b"]>" + title

    for change in (bomb, lambda text: text + b" " * (3 << 20), lambda text: b"\x00"):
        verdict = graded(rewritten({core: change}), spec)
        assert not verdict.success and "hahaha" not in str(failures(verdict))


def test_a_folder_in_the_document_s_place(grader: Grader) -> None:
    task = instance(REPORT, *SPECS)
    verdict = grader.grade(task, {"text.docx/inner": b"x"}, status="success")
    assert not verdict.fault and "'text.docx' is no file" in str(verdict)
    verdict = grader.grade(task, {}, status="success")
    assert not verdict.fault and not any(check.passed for check in verdict.checks)
