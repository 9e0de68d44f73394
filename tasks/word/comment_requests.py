"""Carry out what a reviewer asks for in comments, and delete the comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Terminate, Turn, Type
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE, GOLD = "proposal.docx", "carried-out.docx"
END = (Terminate(),)
# A sentence with a place for what a comment is on, and what it may say there.
SENTENCES = (
    ("The course takes place in {}.", ("Room 4", "the library", "Hall B", "the annex")),
    ("It begins at {} in the evening.", ("six", "seven", "half past six", "eight")),
    ("The fee of {} euros includes all materials.", ("80", "95", "110", "125")),
    ("At most {} people can take part.", ("twelve", "fifteen", "eighteen", "twenty")),
    ("Lessons are held on {}.", ("Mondays", "Tuesdays", "Wednesdays", "Thursdays")),
    ("Please enrol by {}.", ("telephone", "e-mail", "letter", "fax")),
    ("The teacher comes from {}.", ("Porto", "Ghent", "Riga", "Turin")),
    ("The course ends with {}.", ("a small exhibition", "a shared meal", "a concert", "an exam")),
)
ASKS = ("Please change this to: {}", "Make this: {}", "Should read: {}", "Replace by: {}")
WORDINGS = (
    "{reviewer} has left comments in this text. Do what each comment asks for (exactly these words,"
    " nothing else), then delete all comments and save the document.",
    "Please carry out the changes that {reviewer} asks for in the comments. When you are done, no"
    " comment may be left in the file. Save it.",
    "Work through the comments of {reviewer}: change the commented words as each comment says, and"
    " remove the comments. Save the document afterwards.",
)


class CommentRequests(TaskFamily):
    """The announcement of a course, with comments on some of its words.

    Parameters: `wording` (index), `title`, `reviewer`, `sentences` (indices), `old` (what each
    says), `new` (what a comment asks for; "" where there is none), `asks` (indices of `ASKS`).
    """

    id = "word/comment-requests"
    app = "word"
    capabilities = ("comments", "read-comments", "edit-text", "save")
    difficulty = "hard"
    horizon = 60
    save = True

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw sentences, and comments on three or four of them."""
        chosen = rng.choice(len(SENTENCES), size=int(rng.integers(5, 8)), replace=False).tolist()
        commented = rng.choice(len(chosen), size=int(rng.integers(3, 5)), replace=False).tolist()
        pairs = [_words.pick(rng, SENTENCES[index][1], 2) for index in chosen]
        topic = _words.one(rng, ("Pottery", "Basket weaving", "Bookbinding", "Choir", "Drawing"))
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            "title": f"{topic} for beginners",
            "reviewer": _words.names(rng, 1)[0],
            "sentences": chosen,
            "old": [old for old, _ in pairs],
            "new": [new if n in commented else "" for n, (_, new) in enumerate(pairs)],
            "asks": [int(n) for n in rng.integers(len(ASKS), size=len(chosen))],
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the announcement with its comments."""
        return {FILE: self._made(params, commented=True)}

    def gold(self, params: Params) -> dict[str, bytes]:
        """Return it as it should be."""
        texts = [new or old for old, new in zip(params["old"], params["new"], strict=True)]
        return {GOLD: self._made({**params, "old": texts}, commented=False)}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings; what is to be changed stands in the comments."""
        return WORDINGS[params["wording"]].format(reviewer=params["reviewer"])

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """What each comment asks for, no comments, and in all the document that it should be."""
        yield ValidatorSpec("document.comments", {"others": False}, weight=1.0)
        for before, _, new, behind in self._changes(params):
            wanted = {"contains": f"{before}{new}{behind}"}
            yield ValidatorSpec("document.text", wanted, weight=1.0)
        args = {"gold": GOLD, "aspects": list(_doc.ASPECTS)}
        yield ValidatorSpec("document.equals_gold", args, weight=1.0)

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Type over the words that comments are on, and delete all comments by the menu."""
        yield from self._edited(params)
        yield from _writer.menu(screen, "Edit", "Comment", "Delete All Comments")
        yield from _writer.button(screen, "Save")
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The comments first, and the words by Find and Replace."""
        turns = list(_writer.menu(screen, "Edit", "Comment", "Delete All Comments"))
        for before, old, new, _ in self._changes(params):
            turns += _writer.replace_all(f"{before}{old}", f"{before}{new}")
        return {"comments first": [*turns, *_writer.save(), END]}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the comments only, the words only, one forgotten, another line changed."""
        deleted = list(_writer.menu(screen, "Edit", "Comment", "Delete All Comments"))
        saved = [*_writer.save(), END]
        before, old, new, behind = self._changes(params)[-1]
        still = next(i for i, text in enumerate(params["new"]) if not text)
        other = SENTENCES[params["sentences"][still]][0].format(params["old"][still])
        return {
            "comments only": NearMiss("there is no", [*deleted, *saved]),
            "words only": NearMiss("no other comments", [*self._edited(params), *saved]),
            "not saved": NearMiss("was it saved?", [*self._edited(params), *deleted, END]),
            "one forgotten": NearMiss(
                "there is no",
                _doc.reworded(FILE, f"{before}{new}{behind}", f"{before}{old}{behind}"),
            ),
            "a line lost": NearMiss("is gone", _doc.without(FILE, other)),
            "a comment more": NearMiss("no other comments", _doc.edited(FILE, self._more)),
        }

    def held_out(self, params: Params) -> bool:
        """One of the courses is for testing."""
        return bool(params["title"].startswith("Choir"))

    @staticmethod
    def _made(params: Params, commented: bool) -> bytes:
        document = _doc.new(params["title"])
        document.add_heading(params["title"], 0)
        each = zip(params["sentences"], params["old"], params["new"], params["asks"], strict=True)
        for index, old, new, ask in each:
            before, behind = SENTENCES[index][0].split("{}")
            paragraph = document.add_paragraph(before)
            run = paragraph.add_run(old)
            paragraph.add_run(behind)
            if commented and new:
                _doc.comment(document, run, ASKS[ask].format(new), params["reviewer"])
        return _doc.document_bytes(document)

    @staticmethod
    def _changes(params: Params) -> list[tuple[str, str, str, str]]:
        """Return before, old, new and behind, of each comment."""
        out = []
        for index, old, new in zip(params["sentences"], params["old"], params["new"], strict=True):
            before, behind = SENTENCES[index][0].split("{}")
            if new:
                out.append((before, old, new, behind))
        return out

    @staticmethod
    def _edited(params: Params) -> Iterator[Turn]:
        for before, old, new, _ in CommentRequests._changes(params):
            # Only what the comment is on: what stands before it says which of them is meant.
            yield from _writer.select(f"{before}{old}")
            yield _writer.keys("Left Right") + _writer.times("shift+Left", len(old))
            yield (Type(new),)

    @staticmethod
    def _more(document: Any) -> None:
        _doc.comment(document, document.paragraphs[1].runs[0], "Is this right?", "Somebody")
