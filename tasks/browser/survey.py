"""Answer a survey, and send it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

import numpy as np

from cuagym.actions import Key, Turn, Type
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _data, _site, _web
from ._family import SiteFamily

_RADIOS = (
    ("visit", "How often do you come?", ("Daily", "Weekly", "Monthly", "Rarely")),
    ("way", "How do you get here?", ("On foot", "By bicycle", "By bus", "By car")),
    ("rating", "How content are you?", ("Very", "Rather", "Hardly", "Not at all")),
    ("time", "When do you like to come?", ("Mornings", "Noon", "Afternoons", "Evenings")),
)
_BOXES = ("Opening hours", "Staff", "Prices", "Choice", "Cleanliness", "Signs")
_AGES = ("under 20", "20 to 39", "40 to 59", "60 and over")
_COMMENTS = (
    "More benches, please.",
    "The lift was out of order twice.",
    "Thank you for the late hours!",
    "Could you offer smaller portions?",
    "I miss the old entrance.",
)


class Survey(SiteFamily):
    """A page with questions of all kinds, sent as a form.

    Parameters: `wording` (index), `brand`, `look`, `order` (of the questions), `radios` (answers by
    question), `boxes`, `age`, `comment`.
    """

    id = "browser/survey"
    capabilities = ("form", "radio", "checkbox", "dropdown", "text-entry")
    difficulty = "easy"
    horizon = 30
    brands = ("City Library", "Market Hall", "River Museum", "Station Cafe", "Botanic Garden",
              "Public Baths")  # fmt: skip
    wordings = (
        "Fill in the survey of the {brand} like this: {radios}; improve: {boxes}; age {age};"
        " comment: {comment} Then send it.",
        "Answer these questions, and send the form: {radios}. Things to be improved: {boxes}. Age"
        " group: {age}. Write as a comment: {comment}",
        "Please take part in the survey. The answers are {radios}. Tick {boxes} as what should"
        " improve, choose the age {age}, and comment: {comment} Do not forget to send it.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw the answers."""
        site = self.site(rng)
        asked = _data.pick(rng, _RADIOS, 3)
        return {
            **site,
            "order": [name for name, _, _ in asked],
            "radios": {name: _data.one(rng, options) for name, _, options in asked},
            "boxes": sorted(_data.pick(rng, _BOXES, int(rng.integers(2, 4)))),
            "age": _data.one(rng, _AGES),
            "comment": _data.one(rng, _COMMENTS),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the form, and the page that answers it."""
        questions = {name: (text, options) for name, text, options in _RADIOS}
        parts = [self._choices("radio", name, *questions[name], params) for name in params["order"]]
        parts.append(self._choices("checkbox", "improve", "What should improve?", _BOXES, params))
        options = "".join(f"<option>{escape(each)}</option>" for each in ("", *_AGES))
        body = (
            f"<h1>{escape(params['brand'])}: tell us what you think</h1>"
            f'<form method="post" action="/thanks" id="survey">{"".join(parts)}'
            f'<label class="field"><span>Your age</span><select name="age">{options}</select>'
            '</label><label class="field"><span>Comment</span><textarea name="comment"></textarea>'
            '</label><button class="main" id="send">Send answers</button></form>'
        )
        host, brand, look = self.host(params), params["brand"], params["look"]
        thanks = '<h1>Thank you!</h1><div class="note">Your answers have been received.</div>'
        files = _site.page(host, "index", brand, f"Survey - {brand}", look, body)
        return files | _site.page(host, "thanks", brand, "Thank you", look, thanks)

    @staticmethod
    def _choices(kind: str, name: str, text: str, options: Iterable[str], params: Params) -> str:
        inner = "".join(
            f'<label class="choice"><input type="{kind}" name="{name}" value="{escape(each)}">'
            f"{escape(each)}</label>"
            for each in options
        )
        return f"<fieldset><legend>{escape(text)}</legend>{inner}</fieldset>"

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        questions = {name: text for name, text, _ in _RADIOS}
        radios = [f"'{questions[n]}' - {params['radios'][n]}" for n in params["order"]]
        told = {
            **params,
            "radios": "; ".join(radios),
            "boxes": ", ".join(params["boxes"]),
            "comment": f"'{params['comment']}'",
        }
        return self.wordings[params["wording"]].format(**told)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The form was sent once, with these answers and no others."""
        boxes = params["boxes"]
        fields = {
            **params["radios"],
            "improve": {"contains": boxes, "length": len(boxes)},
            **{"age": params["age"], "comment": params["comment"]},
        }
        form = {"to": f"{self.host(params)}/thanks", "fields": fields, "only": True}
        yield ValidatorSpec("web.sent", {"wanted": [form], "others": False})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """From the top to the bottom with the mouse."""
        return _web.then(self._fill(params, screen), _web.click(screen, "#send"), _web.END)

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """By keyboard: Tab, the arrows and the space bar."""
        return {"keyboard": _web.then(self._by_keys(params, screen), _web.END)}

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: not sent, no comment, another age, sent twice."""
        first = params["order"][0]
        options = next(options for name, _, options in _RADIOS if name == first)
        other = next(o for o in options if o != params["radios"][first])
        changed = {**params, "radios": {**params["radios"], first: other}}

        def twice(told: Any) -> None:
            told["sent"] *= 2

        def without(name: str) -> Any:
            def change(told: Any) -> None:
                row = told["sent"][0]
                row["body"] = "&".join(
                    part for part in row["body"].split("&") if not part.startswith(f"{name}=")
                )

            return _web.state(change)

        return {
            "not sent": NearMiss(
                "nothing was sent", _web.then(self._fill(params, screen), _web.END)
            ),
            "another answer": NearMiss(
                f"its field '{first}'",
                _web.then(self._fill(changed, screen), _web.click(screen, "#send"), _web.END),
            ),
            "no comment": NearMiss("its field 'comment'", without("comment")),
            "nothing to improve": NearMiss("its field 'improve'", without("improve")),
            "sent twice": NearMiss("2 times", _web.state(twice)),
        }

    @staticmethod
    def _fill(params: Params, screen: Screen) -> Iterator[Turn]:
        for name in params["order"]:
            yield from _web.click(screen, f"[name={name}][value='{params['radios'][name]}']")
        for each in params["boxes"]:
            yield from _web.click(screen, f"[name=improve][value='{each}']")
        yield from _web.choose(screen, "[name=age]", params["age"])
        yield from _web.fill(screen, "[name=comment]", params["comment"])

    @staticmethod
    def _by_keys(params: Params, screen: Screen) -> Iterator[Turn]:
        options = {name: options for name, _, options in _RADIOS}
        yield from _web.click(screen, "h1")
        first = "header a"
        yield (Key(("Home",)),)
        yield from _web.click(screen, first)
        yield (Key(("Tab",)),)  # the brand
        for name in params["order"]:
            down = options[name].index(params["radios"][name])
            yield (Key(("Tab",)), Key(("space",)), *(Key(("Down",)),) * down)
        for each in _BOXES:
            yield (Key(("Tab",)), *(Key(("space",)),) * (each in params["boxes"]))
        yield (Key(("Tab",)), Type(f"{params['age']}\t{params['comment']}\t\n"))
