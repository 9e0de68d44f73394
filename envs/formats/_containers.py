"""Containers that formats share: Office Open XML, OpenDocument, OLE files, plain text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import ClassVar, Final
from xml.parsers import expat

from cuagym.documents import MAX_RATIO, MAX_UNPACKED, fits
from cuagym.formats import Format

__all__ = ["Odf", "Ole", "Ooxml", "Text", "renumbered", "without_lots"]

_AXIS: Final = re.compile(rb'(<c:(?:axId|crossAx) val=")(\d+)')
_CHART: Final = re.compile(rb"\bchart(\d+)\.xml")
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")


def archive(data: bytes) -> zipfile.ZipFile | str:
    """Return the archive, or what is wrong with it."""
    if data.startswith(_OLE):
        return "it is an OLE file, as an older format or a password gives; neither can be read"
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
        size = sum(e.file_size for e in entries)
        if size > MAX_UNPACKED:
            return f"it unpacks to {size:,} bytes, more than the {MAX_UNPACKED:,} allowed"
        if not fits(data, size):
            return f"it unpacks to {size:,} bytes, more than {MAX_RATIO} times its own size"
        if any(e.flag_bits & 1 for e in entries):
            return "it is protected by a password"
        damaged = archive.testzip()
    except Exception as e:  # zipfile raises whatever its decompressors do
        return f"it is not a readable zip archive ({e or type(e).__name__})"
    return f"its part {damaged!r} is damaged" if damaged else archive


def _ill_formed(archive: zipfile.ZipFile) -> str:
    """Say which part of an Office document is no XML, "" if all are.

    LibreOffice shows what it read before the error, without a word, where Office refuses the file.
    A document type, which no Office document has, is what bombs and references to files need.
    """

    def refuse(*_: object) -> None:
        raise ValueError("it has a document type")

    for name in archive.namelist():
        if not name.endswith((".xml", ".rels")):
            continue
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = refuse
        try:
            with archive.open(name) as part:
                parser.ParseFile(part)
        except (ValueError, expat.ExpatError) as e:
            return f"its part {name!r} is damaged ({e})"
    return ""


class Ooxml(Format):
    """An Office Open XML file.

    Attributes:
        kind: What errors call it.
        main: The content type of its main part, without the producer's prefix.
        folder: Where its parts are.
    """

    kind: ClassVar[str]
    main: ClassVar[bytes]
    folder: ClassVar[str]

    def problem(self, data: bytes) -> str:
        """Whether it is one, without macros, and every part of it well-formed."""
        found = archive(data)
        if isinstance(found, str):
            return found
        try:
            types = found.read("[Content_Types].xml")
        except KeyError:
            return "it is a zip archive, but not an Office document: [Content_Types].xml is missing"
        macros = f"{self.folder}/vbaProject.bin"
        if macros in found.namelist():
            return f"it holds macros ({macros}): save it as a {self.kind} without them"
        if self.main not in types:
            return f"it is an Office document, but not a {self.kind}"
        return _ill_formed(found)


class Odf(Format):
    """An OpenDocument file.

    Attributes:
        kind: What errors call it.
    """

    kind: ClassVar[str]

    def problem(self, data: bytes) -> str:
        """Whether it is one, and not encrypted."""
        found = archive(data)
        if isinstance(found, str):
            return found
        names = found.namelist()
        wanted = f"application/vnd.oasis.opendocument.{self.kind}".encode()
        if "mimetype" not in names or not found.read("mimetype").startswith(wanted):
            return f"it is a zip archive, but not an OpenDocument {self.kind}"
        if "META-INF/manifest.xml" in names and b"encryption-data" in found.read(
            "META-INF/manifest.xml"
        ):
            return "it is protected by a password"
        return "" if "content.xml" in names else "its content.xml is missing"


class Ole(Format):
    """A file of an Office before 2007.

    Attributes:
        kind: What errors call it.
    """

    kind: ClassVar[str]

    def problem(self, data: bytes) -> str:
        """Whether it begins as one."""
        return "" if data.startswith(_OLE) else f"it does not begin as {self.kind} does"


class Text(Format):
    """A file of plain text."""

    def problem(self, data: bytes) -> str:
        """Whether it is text."""
        return "it holds NUL bytes: not text" if b"\0" in data else ""


def renumbered(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """A document's parts with its charts counted from 1: LibreOffice goes on from the last file."""
    numbers = {int(n) for name in parts for n in _CHART.findall(name.encode())}
    places = {number: place for place, number in enumerate(sorted(numbers), 1)}

    def again(text: bytes) -> bytes:
        return _CHART.sub(lambda m: b"chart%d.xml" % places.get(int(m[1]), int(m[1])), text)

    return {
        again(name.encode()).decode(): again(part)
        if name.endswith(".rels") or name == "[Content_Types].xml"
        else part
        for name, part in parts.items()
    }


def without_lots(chart: bytes) -> bytes:
    """The part of a chart with its axes counted: LibreOffice draws their numbers by lot."""
    seen: dict[bytes, int] = {}
    return _AXIS.sub(lambda m: m[1] + b"%d" % seen.setdefault(m[2], len(seen)), chart)
