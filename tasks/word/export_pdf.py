"""Export a document as a PDF file beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from cuagym.actions import Terminate, Turn
from cuagym.task import Change, NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "report.docx"
END = (Terminate(),)
NAMES = ("handout", "final", "for-the-board", "printable", "report-2025", "copy")
WORDINGS = (
    "Export this report as a PDF file named '{name}.pdf', in the same folder. '{file}' itself stays"
    " as it is.",
    "Please make a PDF of the whole document and store it as '{name}.pdf' beside '{file}'.",
    "We need '{name}.pdf': the report as PDF, in the folder of the document. Do not change the"
    " document.",
)


class ExportPdf(TaskFamily):
    """A report that is to be a PDF file.

    Parameters: `wording` (index), those of `_words.report`, `name` (of the file, without its
    ending).
    """

    id = "word/export-pdf"
    app = "word"
    capabilities = ("export-pdf", "file-dialog")
    difficulty = "easy"
    horizon = 25
    split = "test"
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a report and a name."""
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            **_words.report(rng, int(rng.integers(3, 7))),
            "name": _words.one(rng, NAMES),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the report."""
        return {FILE: _doc.document_bytes(_doc.report(params))}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        return WORDINGS[params["wording"]].format(name=params["name"], file=FILE)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """All of the report in the PDF, on the same paper, and a document that is as it was."""
        name = f"{params['name']}.pdf"
        texts = [params["title"], _doc.byline(params)]
        for section in params["sections"]:
            texts += [section["title"], *section["paragraphs"]]
        pages = {"*": {"order": texts}, "1": params["title"]}
        yield ValidatorSpec("pdf.text", {"name": name, "pages": pages}, weight=3.0)
        paper = {"name": name, "size": "letter", "orientation": "portrait"}
        yield ValidatorSpec("pdf.pages", paper, weight=1.0)
        yield from _doc.kept()

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Export directly, which only asks for the name."""
        yield from self._exported(params["name"], screen)
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """By the dialog with all its options."""
        opened = [
            *_writer.menu(screen, "File", "Export As", "Export as PDF"),
            _writer.keys("Return"),
        ]
        return {"dialog": [*opened, self._named(params["name"]), END]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the proposed name, another format, a report that is shortened, damage."""
        name, last = params["name"], params["sections"][-1]["title"]
        cut = [
            *_writer.before(last),
            _writer.keys("shift+ctrl+End"),
            _writer.keys("Delete"),
            *self._exported(name, screen),
        ]
        saved_as = [
            _writer.keys("ctrl+shift+s"),
            (*_writer.keys("alt+n"), *_writer.replace_field(f"{name}\n")),
        ]
        return {
            "another name": NearMiss("there is no file", [*self._exported("", screen), END]),
            "shortened first": NearMiss("is not there", [*cut, END]),
            "a docx of this name": NearMiss("there is no file", [*saved_as, END]),
            "nothing in it": NearMiss("is no PDF", self._file(f"{name}.pdf", b"report")),
            "a docx called PDF": NearMiss(
                "is no PDF", lambda files: {**files, f"{name}.pdf": files[FILE]}
            ),
            "the document changed": NearMiss("is gone", _doc.without(FILE, last)),
        }

    @staticmethod
    def _named(name: str) -> Turn:
        """Return what answers the file dialog; "" keeps the name that it proposes."""
        given = _writer.replace_field(f"{name}.pdf") if name else ()
        return *given, *_writer.keys("Return")

    def _exported(self, name: str, screen: Screen) -> Iterator[Turn]:
        yield from _writer.menu(screen, "File", "Export As", "Export Directly as PDF")
        yield self._named(name)

    @staticmethod
    def _file(name: str, data: bytes) -> Change:
        return lambda files: {**files, name: data}
