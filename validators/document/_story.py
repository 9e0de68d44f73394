"""The walk through a document's stories, in reading order.

It enters whatever may stand between a paragraph and its text: content controls, fields,
hyperlinks, tracked changes, text boxes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from cuagym.validators.document._blocks import Cell, Change, Paragraph, Piece, Row, Story, Table
from cuagym.validators.document._numbering import Counters
from cuagym.validators.document._styles import Styles
from cuagym.validators.document._xml import MC, R, attr, child, integer, value, w

__all__ = ["Walker"]

_THROUGH: Final = {w(n) for n in ("smartTag", "customXml", "dir", "bdo", "sdtContent")}
_TEXTS: Final[Mapping[str, str]] = {
    w("tab"): "\t",
    w("br"): "\n",
    w("cr"): "\n",
    w("noBreakHyphen"): "\u2011",
    w("softHyphen"): "\u00ad",
}
_CHANGES: Final = {
    w("ins"): "insertion",
    w("moveTo"): "insertion",
    w("del"): "deletion",
    w("moveFrom"): "deletion",
}


@dataclass
class _Field:
    """A field that has begun: its instruction, and whether its result has."""

    instruction: str = ""
    result: bool = False

    @property
    def kind(self) -> str:
        words = self.instruction.split()
        return words[0].upper() if words else ""


@dataclass
class _Open:
    """A paragraph under way."""

    style: str
    pieces: list[Piece] = field(default_factory=list)
    generated: bool = False


@dataclass
class Walker:
    """Walks through a document's stories, counting lists and tables on the way.

    Attributes:
        styles: The document's.
        counters: Count its lists.
        links: Targets by the names of the relations of the part that is walked through.
        boxes: The text boxes that were met.
        notes: The notes that were referred to, in order: ("footnote", identifier, the text before
            the reference in its paragraph) ...
        ranges: The texts of comments' and bookmarks' ranges: by ("comment", identifier) and
            ("bookmark", name).
        sections: The markup of sections that ended with a paragraph.
    """

    styles: Styles
    counters: Counters
    links: Mapping[str, str] = field(default_factory=dict)
    boxes: list[Story] = field(default_factory=list)
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    ranges: dict[tuple[str, str], str] = field(default_factory=dict)
    sections: list[Any] = field(default_factory=list)
    _fields: list[_Field] = field(default_factory=list)
    _names: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    _tables: int = 0
    _new_page: bool = False
    _number: int = 0

    def story(self, container: Any, where: str = "") -> Story:
        """Return what is in a container: the body, a header, a note, a text box."""
        kept = self._number, self._fields
        self._number, self._fields = 0, []
        blocks = tuple(self._blocks(container, where))
        self._number, self._fields = kept
        return blocks

    def _blocks(self, container: Any, where: str) -> Iterator[Paragraph | Table]:
        for element in container:
            if element.tag == w("p"):
                yield self._paragraph(element, where)
            elif element.tag == w("tbl"):
                yield self._table(element, where)
            elif element.tag in _THROUGH or element.tag in _CHANGES or element.tag == w("sdt"):
                yield from self._blocks(element, where)
            else:
                self._mark(element)

    def _table(self, element: Any, where: str) -> Table:
        self._tables += 1
        number = self._tables
        name = f"{where}, table" if where and not where.startswith("table ") else "table"
        rows = []
        for place, (tr, change) in enumerate(_within(element, "tr"), 1):
            cells, column = [], 1
            for tc, _ in _within(tr, "tc"):
                tcpr = child(tc, "tcPr")
                across = min(max(integer(value(tcpr, "gridSpan", "1"), 1), 1), 1000)
                merged = child(tcpr, "vMerge")
                down = "" if merged is None else attr(merged, "val", "continue")
                at = f"{name} {number}, row {place}, column {column}"
                cells.append(Cell(self.story(tc, at), column, across, down, tc))
                column += across
            rows.append(Row(tuple(cells), tr, change or _changed(child(tr, "trPr"))))
        return Table(number, tuple(rows), element)

    def _paragraph(self, element: Any, where: str) -> Paragraph:
        ppr = child(element, "pPr")
        style = self.styles.of(ppr)
        now = _Open(style, generated=self._in_contents() or _in_contents_control(element))
        starts_page, self._new_page = self._new_page, False
        self._number += 1
        number = self._number
        self._inline(element, now, "", None)
        section = child(ppr, "sectPr")
        if section is not None:
            self.sections.append(section)
        layout = self.styles.layout(style, ppr)
        layout["page_break"] = bool(layout["page_break"] or starts_page)
        for key in self._names.values():
            self.ranges[key] += "\n"
        return Paragraph(
            where,
            number,
            tuple(now.pieces),
            self.styles.name(style),
            layout,
            self.counters.item(*self.styles.number(style, ppr)),
            self.styles.outline(style, ppr),
            now.generated,
            _changed(child(ppr, "rPr")),
            _by(ppr, "pPrChange"),
            len(self.sections) + (section is None),
        )

    def _in_contents(self) -> bool:
        return any(f.kind == "TOC" for f in self._fields)

    def _inline(self, element: Any, now: _Open, link: str, change: Change | None) -> None:
        for each in element:
            tag = each.tag
            if tag == w("r"):
                self._run(each, now, link, change)
            elif tag == w("hyperlink"):
                target = self.links.get(each.get(f"{R}id", ""), "")
                anchor = attr(each, "anchor")
                self._inline(each, now, target + (f"#{anchor}" if anchor else ""), change)
            elif tag in _CHANGES:
                self._inline(each, now, link, _change(each, _CHANGES[tag]))
            elif tag == w("fldSimple"):
                self._fields.append(_Field(attr(each, "instr"), result=True))
                now.generated |= self._in_contents()
                self._inline(each, now, link, change)
                self._fields.pop()
            elif tag == w("sdt") or tag in _THROUGH:
                self._inline(each, now, link, change)
            else:
                self._mark(each)

    def _mark(self, element: Any) -> None:
        """Begin or end the range of a bookmark or a comment."""
        tag, identifier = element.tag, attr(element, "id")
        if tag == w("bookmarkStart"):
            self._begin("bookmark", identifier, attr(element, "name"))
        elif tag == w("commentRangeStart"):
            self._begin("comment", identifier, identifier)
        elif tag == w("bookmarkEnd"):
            self._names.pop(("bookmark", identifier), None)
        elif tag == w("commentRangeEnd"):
            self._names.pop(("comment", identifier), None)

    def _begin(self, kind: str, identifier: str, name: str) -> None:
        self._names[kind, identifier] = (kind, name)
        self.ranges.setdefault((kind, name), "")

    def _run(self, run: Any, now: _Open, link: str, change: Change | None) -> None:
        rpr = child(run, "rPr")
        text = ""
        for each in run:
            tag = each.tag
            if tag in (w("t"), w("delText")):
                text += each.text or ""
            elif tag == w("br") and attr(each, "type") in ("page", "column"):
                # LibreOffice ends the paragraph at a page break: it concerns the next one.
                self._new_page |= attr(each, "type") == "page"
            elif tag in _TEXTS:
                text += _TEXTS[tag]
            elif tag == w("sym"):
                text += _symbol(attr(each, "char"))
            elif tag == w("fldChar"):
                self._piece(text, rpr, now, link, change)
                text = ""
                self._field(attr(each, "fldCharType"), now)
            elif tag == w("instrText") and self._fields:
                self._fields[-1].instruction += each.text or ""
            elif tag in (w("footnoteReference"), w("endnoteReference")):
                kind = "footnote" if tag == w("footnoteReference") else "endnote"
                self.notes.append((kind, attr(each, "id"), _said(now.pieces) + text))
            elif tag == w("commentReference"):
                self.ranges.setdefault(("comment", attr(each, "id")), "")
            else:
                self._boxes_in(each)
        self._piece(text, rpr, now, link, change)

    def _field(self, kind: str, now: _Open) -> None:
        if kind == "begin":
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].result = True
            now.generated |= self._in_contents()
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _piece(self, text: str, rpr: Any, now: _Open, link: str, change: Change | None) -> None:
        if not text or any(not f.result for f in self._fields):
            return
        kinds = [f.kind for f in self._fields if f.kind not in ("HYPERLINK", "TOC")]
        link = link or next((_target(f) for f in self._fields if f.kind == "HYPERLINK"), "")
        look = self.styles.look(now.style, rpr)
        piece = Piece(text, look, link, kinds[-1] if kinds else "", change, _by(rpr, "rPrChange"))
        if now.pieces and replace(now.pieces[-1], text=text) == piece:
            piece = replace(piece, text=now.pieces.pop().text + text)
        now.pieces.append(piece)
        if change is None or change.kind != "deletion":
            for key in self._names.values():
                self.ranges[key] += text

    def _boxes_in(self, element: Any) -> None:
        """Read the text boxes of a drawing; of those that it has for older programs, too, none."""
        if element.tag == f"{MC}AlternateContent":
            choice = element.find(f"{MC}Choice")
            element = choice if choice is not None else element
        for content in _outermost(element, w("txbxContent")):
            self.boxes.append(self.story(content, f"text box {len(self.boxes) + 1}"))


def _said(pieces: list[Piece]) -> str:
    return "".join(p.text for p in pieces if p.change is None or p.change.kind != "deletion")


def _outermost(element: Any, tag: str) -> Iterator[Any]:
    """Yield the elements of a name that lie in none of their kind: those are met later."""
    for each in element:
        if each.tag == tag:
            yield each
        else:
            yield from _outermost(each, tag)


def _within(element: Any, name: str) -> Iterator[tuple[Any, Change | None]]:
    """Yield the rows of a table or the cells of a row, those in content controls too."""
    for each in element:
        if each.tag == w(name):
            yield each, None
        elif each.tag in _THROUGH or each.tag == w("sdt"):
            yield from _within(each, name)


def _change(element: Any, kind: str) -> Change:
    return Change(kind, attr(element, "author"))


def _by(element: Any, name: str) -> str:
    """Return who made a change of looks; "" if there is none."""
    found = child(element, name)
    return "" if found is None else attr(found, "author") or "?"


def _changed(element: Any) -> Change | None:
    for name, kind in (("ins", "insertion"), ("del", "deletion")):
        if (found := child(element, name)) is not None:
            return _change(found, kind)
    return None


def _in_contents_control(element: Any) -> bool:
    """Whether a paragraph is the heading of a table of contents, which no field has."""
    return any(
        value(child(child(a, "sdtPr"), "docPartObj"), "docPartGallery") == "Table of Contents"
        for a in element.iterancestors(w("sdt"))
    ) and value(child(element, "pPr"), "pStyle") in ("ContentsHeading", "TOCHeading")


def _symbol(code: str) -> str:
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""


def _target(found: _Field) -> str:
    """Return where a HYPERLINK field leads to."""
    words = found.instruction.split('"')
    target = words[1] if len(words) > 1 else ""
    return f"#{target}" if "\\l" in words[0] else target
