"""Documents: how tasks lay out theirs, how near misses spoil what an oracle left, what is kept."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt

from cuagym.documents import stable_zip, undated
from cuagym.task import Change, ValidatorSpec

FONT: Final = "Carlito"
"""What the body is set in, where a task says nothing else."""
ASPECTS: Final = (
    *("text", "boxes", "tables", "table looks", "characters", "styles", "layout", "lists"),
    *("headings", "contents", "page", "headers", "links", "bookmarks", "notes", "properties"),
    *("images", "comments", "changes"),
)
"""All that can change in a document."""
_UNUSED: Final = ("thumbnail", "stylesWithEffects", "customXml", "webSettings")
_TABLES: Final = ("Normal Table", "Table Grid")
_MADE: Final = datetime.datetime(2024, 1, 1)


def new(title: str = "", author: str = "") -> Any:
    """Return an empty document of python-docx, in plain fonts.

    Args:
        title: What it says of itself, not what it begins with.
        author: Who wrote it.
    """
    document = docx.Document()
    about = document.core_properties
    about.title, about.author, about.comments = title, author, ""
    about.created = about.modified = _MADE
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(11)
    fonts = normal.element.rPr.rFonts
    for theme in [name for name in fonts.attrib if name.endswith("Theme")]:
        del fonts.attrib[theme]  # or the theme's font would win over the one that is named
    _strip(document)
    return document


def _strip(document: Any) -> None:
    """Take out what is nine tenths of the template: other programs' styles, and its picture."""
    part = document.part
    for rels in (part.rels, part.package.rels):
        for key, rel in list(rels.items()):
            if rel.reltype.rpartition("/")[2] in _UNUSED:
                del rels[key]
    root = document.styles.element
    for style in root.findall(tag("style")):
        name = style.find(tag("name")).get(tag("val"))
        if style.get(tag("type")) == "table" and name not in _TABLES:
            root.remove(style)
    root.remove(root.find(tag("latentStyles")))


def document_bytes(document: Any) -> bytes:
    """Return a document as docx: equal documents give equal bytes, today and tomorrow."""
    out = io.BytesIO()
    document.save(out)
    return stable_zip(out.getvalue(), undated)


def sections(document: Any, listed: Iterable[dict[str, Any]], level: int = 1) -> None:
    """Append sections: a heading each, and paragraphs.

    Args:
        document: The document.
        listed: Each with its `title` and its `paragraphs`.
        level: Of the headings; 0 for titles that are only bold, as people type them.
    """
    for section in listed:
        if level:
            document.add_heading(section["title"], level)
        else:
            document.add_paragraph().add_run(section["title"]).bold = True
        for text in section["paragraphs"]:
            document.add_paragraph(text)


def report(params: dict[str, Any], level: int = 1) -> Any:
    """Return a document with a report: its title, a line on who wrote it, its sections.

    Args:
        params: Its `title`, `author`, `date` and `sections`.
        level: Of the headings; see `sections`.
    """
    document = new(params["title"], params["author"])
    document.add_heading(params["title"], 0)
    document.add_paragraph(byline(params))
    sections(document, params["sections"], level)
    return document


def byline(params: dict[str, Any]) -> str:
    """Return who wrote a report, and when."""
    return f"{params['author']}, {params['date']}"


def table(document: Any, rows: Sequence[Sequence[str]], header: bool = True) -> Any:
    """Append a table with lines, whose first row is bold where it is a header; return it."""
    made = document.add_table(len(rows), len(rows[0]), style="Table Grid")
    for number, (row, texts) in enumerate(zip(made.rows, rows, strict=True)):
        for cell, text in zip(row.cells, texts, strict=True):
            run = cell.paragraphs[0].add_run(text)
            run.bold = True if header and not number else None
    return made


def xml(markup: str) -> Any:
    """Return an element of a document from its markup, without the outer brackets: `w:b/`."""
    name = markup.partition(" ")[0].partition(">")[0].rstrip("/")
    return parse_xml(f"<{name} {nsdecls('w')}{markup[len(name) :]}>")


def comment(document: Any, run: Any, text: str, author: str) -> None:
    """Put a comment on a run, whenever this is done: it is dated as the document is."""
    initials = "".join(word[0] for word in author.split())
    made = document.add_comment(run, text=text, author=author, initials=initials)
    made._comment_elm.set(tag("date"), f"{_MADE.isoformat()}Z")


def tracked(document: Any, pieces: Iterable[Sequence[str]]) -> None:
    """Append a paragraph with tracked changes.

    Args:
        document: The document.
        pieces: What it is made of: a text; or a text, what was done (`ins` or `del`) and by whom.
    """
    paragraph = document.add_paragraph()
    for text, *change in pieces:
        run = paragraph.add_run(text)
        if not change:
            continue
        kind, author = change
        number = len(list(document.element.body.iter(tag("ins"), tag("del"))))
        date = f"{_MADE.isoformat()}Z"
        mark = xml(f'w:{kind} w:id="{900 + number}" w:author="{author}" w:date="{date}"/')
        run._r.addprevious(mark)
        mark.append(run._r)
        if kind == "del":
            for said_ in run._r.findall(tag("t")):
                said_.tag = tag("delText")


def tag(name: str) -> str:
    """Return the tag of an element, or the name of an attribute, of a document's markup."""
    return qn(f"w:{name}")


def edited(name: str, change: Callable[[Any], object]) -> Change:
    """Return what opens one of the files, changes the document and stores it again."""

    def edit(files: dict[str, bytes]) -> dict[str, bytes]:
        document = docx.Document(io.BytesIO(files[name]))
        change(document)
        return {**files, name: document_bytes(document)}

    return edit


def found(document: Any, text: str) -> Any:
    """Return the first paragraph that contains a text, those in tables too.

    Raises:
        LookupError: If there is none.
    """
    cells = (c for t in document.tables for row in t.rows for c in row.cells)
    inner = (p for cell in cells for p in cell.paragraphs)
    for paragraph in (*document.paragraphs, *inner):
        if text in paragraph.text:
            return paragraph
    raise LookupError(f"no paragraph contains {text!r}")


def said(paragraph: Any, text: str) -> None:
    """Let a paragraph say something else, in the look of its first characters."""
    first, *rest = paragraph.runs
    first.text = text
    for run in rest:
        run._r.getparent().remove(run._r)


def reworded(name: str, old: str, new: str) -> Change:
    """Return what replaces a text, in the first paragraph that contains it."""

    def change(document: Any) -> None:
        paragraph = found(document, old)
        said(paragraph, paragraph.text.replace(old, new, 1))

    return edited(name, change)


def without(name: str, text: str) -> Change:
    """Return what takes out the first paragraph that contains a text."""

    def change(document: Any) -> None:
        element = found(document, text)._p
        element.getparent().remove(element)

    return edited(name, change)


def kept(
    *changed: str, outside: str | Iterable[str] = (), weight: float = 1.0, free: Iterable[str] = ()
) -> Iterator[ValidatorSpec]:
    """Yield the validators that find nothing else changed.

    Args:
        *changed: The aspects that what is asked for changes.
        outside: Where it does, as `document.unchanged` has it.
        weight: What they weigh together.
        free: Aspects that other validators judge.
    """
    still = [a for a in ASPECTS if a not in (*changed, *free)]
    share = weight / 2 if changed else weight
    yield ValidatorSpec("document.unchanged", {"aspects": still}, weight=share)
    if changed:
        args = {"aspects": list(changed), "outside": outside if outside else ""}
        args["outside"] = [outside] if isinstance(outside, str) else list(outside)
        yield ValidatorSpec("document.unchanged", args, weight=share)
