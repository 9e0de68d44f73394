"""Make a name in a text a link to a web site or to a mail address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Key, Terminate, Turn, Type
from cuagym.task import NearMiss, Params, Screen, TaskFamily, ValidatorSpec

from . import _doc, _words, _writer

FILE = "newsletter.docx"
END = (Terminate(),)
NEWS = (
    "{firm} opens a second workshop in {city} on {date}.",
    "{name} has joined the team of {firm} and looks after customers in {city}.",
    "From {date} on, {firm} delivers to {city} by bicycle.",
    "The summer party of {firm} takes place in {city} on {date}.",
    "{firm} has won the prize of the chamber of crafts in {city}.",
    "On {date}, {name} talks in {city} about twenty years with {firm}.",
)
WORDINGS = (
    "Turn the words '{text}' into a hyperlink to {target}. The words themselves stay as they are.",
    "In this newsletter, '{text}' should lead to {target} when somebody clicks on it. Insert the"
    " link, and leave the text unchanged.",
    "Please link '{text}' to {target}; nothing else in the newsletter may become a link.",
)


class Hyperlink(TaskFamily):
    """A newsletter of some items, in one of which a firm is to be a link.

    Parameters: `wording` (index), `city`, `date`, `items` (texts), `firms` (one for each item),
    `at` (the index of the item), `target` (where the link leads to).
    """

    id = "word/hyperlink"
    app = "word"
    capabilities = ("hyperlink", "dialog")
    difficulty = "easy"
    horizon = 25

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw news of several firms and the one that is to be a link."""
        count = int(rng.integers(4, 7))
        firms, names = _words.companies(rng, count), _words.names(rng, count)
        cities = _words.pick(rng, _words.CITIES, count)
        items = [
            item.format(firm=firm, name=name, city=city, date=_words.date(rng))
            for item, firm, name, city in zip(
                _words.pick(rng, NEWS, count), firms, names, cities, strict=True
            )
        ]
        at = int(rng.integers(count))
        path = _words.one(rng, ("", "/news", "/contact", "/about"))
        mail = _words.email(names[at], firms[at])
        site = _words.site(firms[at]) + path
        return {
            "wording": int(rng.integers(len(WORDINGS))),
            "city": _words.one(rng, _words.CITIES),
            "date": _words.date(rng),
            "items": items,
            "firms": firms,
            "at": at,
            "target": f"mailto:{mail}" if rng.random() < 0.2 else site,
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the newsletter."""
        document = _doc.new("Newsletter")
        document.add_heading(f"Business news from {params['city']}", 0)
        document.add_paragraph(params["date"])
        for item in params["items"]:
            document.add_paragraph(item, style="List Bullet")
        return {FILE: _doc.document_bytes(document)}

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        text = params["firms"][params["at"]]
        return WORDINGS[params["wording"]].format(text=text, target=params["target"])

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The one link, and nothing else changed."""
        text = params["firms"][params["at"]]
        wanted = {"wanted": {text: params["target"]}, "others": False}
        yield ValidatorSpec("document.links", wanted, weight=3.0)
        yield from _doc.kept("characters", outside=text, free=["links"])

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Select the words, press the button, and give the address in the dialog."""
        yield from _writer.select(params["firms"][params["at"]])
        yield from _writer.button(screen, "Insert Hyperlink")
        yield from self._filled(params["target"])
        yield END

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The dialog by the menu, and by its shortcut."""
        text, target = params["firms"][params["at"]], params["target"]
        opened = _writer.menu(screen, "Insert", "Hyperlink")
        return {
            "menu": [*_writer.select(text), *opened, *self._filled(target), END],
            "shortcut": [*self._linked(text, target), END],
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: another address, another firm, the address typed into the text, a word."""
        text, target = params["firms"][params["at"]], params["target"]
        other = params["firms"][params["at"] - 1]
        cut = target[:-1] if target.endswith("e") else f"{target}s"
        typed = [*_writer.behind(text), (Type(f" ({target}) "),)]
        city = params["city"]
        return {
            "another address": NearMiss("it leads to", [*self._linked(text, cut), END]),
            "another firm": NearMiss("it is no link", [*self._linked(other, target), END]),
            "the first word": NearMiss(
                "it is no link", [*self._linked(text.split()[0], target), END]
            ),
            "typed": NearMiss(f"({target})", [*typed, END]),
            "an item lost": NearMiss(
                "is gone", _doc.without(FILE, params["items"][params["at"] - 1])
            ),
            "link taken away": NearMiss("it is no link", _doc.edited(FILE, self._unlinked)),
            "title changed": NearMiss("expected", _doc.reworded(FILE, f"from {city}", "")),
        }

    def held_out(self, params: Params) -> bool:
        """Mail addresses are for testing."""
        return bool(params["target"].startswith("mailto:"))

    @staticmethod
    def _filled(target: str) -> Iterator[Turn]:
        """Fill in the dialog; it knows web sites and mail addresses by their beginning."""
        yield *_writer.keys("alt+u"), *_writer.replace_field(target)
        yield (Key(("Return",)),)

    @staticmethod
    def _linked(text: str, target: str) -> Iterator[Turn]:
        yield from _writer.select(text)
        yield _writer.keys("ctrl+k")
        yield from Hyperlink._filled(target)

    @staticmethod
    def _unlinked(document: Any) -> None:
        (link,) = document.element.body.iter(_doc.tag("hyperlink"))
        for run in list(link):
            link.addprevious(run)
        link.getparent().remove(link)
