"""Replace a word wherever it occurs: in titles, bullets and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _deck, _family, _impress, _texts

GOLD = "replaced.pptx"


class ReplaceText(_family.DeckFamily):
    """A deck that names a firm in many places, which now has another name.

    Parameters: those of every deck, `old` and `new` (firms).
    """

    id = "powerpoint/replace-text"
    capabilities = ("find-replace", "save")
    difficulty = "easy"
    horizon = 25
    slides = (4, 5)
    wordings = (
        "The firm '{old}' is now called '{new}'. Replace the name everywhere in the deck and save"
        " it.",
        "Please put '{new}' wherever this presentation says '{old}', on all slides, and save.",
        "Change every '{old}' in this deck to '{new}', exactly as written here. Leave the rest as"
        " it is and save the file.",
    )

    def drawn(self, rng: np.random.Generator, deck: dict[str, Any]) -> Params:
        """Draw both names, and where the first one stands."""
        known = [firm for firm in _texts.FIRMS if firm not in deck["title"]]
        old, new = _texts.pick(rng, known, 2)
        for index in rng.choice(len(deck["slides"]), size=3, replace=False).tolist():
            lines = deck["slides"][index]["lines"]
            at = int(rng.integers(len(lines)))
            lines[at] = f"{old}: {lines[at][0].lower()}{lines[at][1:]}"
        deck["subtitle"] = f"For {old}"
        return {"old": old, "new": new}

    def words(self, params: Params) -> dict[str, Any]:
        """Both names."""
        return {"old": params["old"], "new": params["new"]}

    def gold(self, params: Params) -> dict[str, bytes]:
        """Return the deck with the name replaced."""
        about = params["deck"]
        swap = (params["old"], params["new"])
        slides = [
            {**slide, "lines": [line.replace(*swap) for line in slide["lines"]]}
            for slide in about["slides"]
        ]
        after = {**about, "subtitle": about["subtitle"].replace(*swap), "slides": slides}
        return {GOLD: _deck.deck_bytes(self.deck({**params, "deck": after}))}

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The old name is nowhere; all else as in the gold deck."""
        often = {params["old"]: 0, params["new"]: 4}
        yield ValidatorSpec("slides.occurrences", {"texts": often}, weight=2.0)
        aspects = ["slides", "text", "formatting", "shapes", "notes", "hidden"]
        yield ValidatorSpec("slides.equals_gold", {"gold": GOLD, "aspects": aspects})

    def work(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Use Find and Replace, for all at once."""
        yield from _impress.replace_all(params["old"], params["new"])

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Each slide by hand."""
        turns: list[Turn] = [*_impress.rewrite(2, f"For {params['new']}")]
        for slide in params["deck"]["slides"]:
            turns += _impress.forward(1)
            lines = [line.replace(params["old"], params["new"]) for line in slide["lines"]]
            if lines != slide["lines"]:
                turns += _impress.rewrite(2, "\n".join(lines))
        return {"by hand": self.ended(turns)}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: only on the cover, in capitals, not saved, a title changed."""
        old, new = params["old"], params["new"]
        cover = _impress.rewrite(2, f"For {new}")
        capitals = _impress.replace_all(old, new.upper())
        return {
            "only the cover": NearMiss(f"{old}: it occurs", self.ended(cover)),
            "in capitals": NearMiss(f"{new}: it occurs", self.ended(capitals)),
            "not saved": NearMiss(
                f"{old}: it occurs", self.ended(self.work(params, screen), False)
            ),
            "a title changed": NearMiss("text", _family.retitled(2, "Spoilt")),
            "one left": NearMiss(f"{old}: it occurs", _family.line_changed(3, old)),
        }

    def held_out(self, params: Params) -> bool:
        """Two of the new names are for testing."""
        return str(params["new"]).split()[0] in ("Maple", "Tidal")
