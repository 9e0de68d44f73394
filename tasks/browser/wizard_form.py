"""Fill in an application that has several pages, each of which is checked before the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Key, Turn, Type
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _data, _site, _web
from ._family import SiteFamily

WORDS = {
    **{"required": "This is needed.", "choose": "Please choose", "back": "Back", "next": "Next"},
    **{"review": "Check your answers", "agree": "I confirm that all of this is true."},
    **{"agree_first": "Please confirm first.", "submit": "Send application"},
    **{"thanks": "Thank you", "received": "We have received your application."},
}
_KINDS = {
    "residence permit": ("Reason of stay", ("Work", "Study", "Family", "Research")),
    "library card": ("Kind of card", ("Adult", "Student", "Senior", "Institution")),
    "allotment garden": ("Size of plot", ("Small", "Medium", "Large", "Corner plot")),
    "parking permit": ("Zone", ("Zone A", "Zone B", "Zone C", "Zone D")),
}
_LANGUAGES = ("English", "French", "German", "Polish", "Portuguese", "Spanish")
_ORDER = ("name", "born", "mail", "street", "postcode", "city", "kind", "start", "contact")


class WizardForm(SiteFamily):
    """An application of four pages and a summary; dates and post codes must have their form.

    Parameters: `wording` (index), `brand`, `look`, `form`, `answers` (by question), `languages`.
    """

    id = "browser/wizard-form"
    capabilities = ("form", "multi-page", "validation", "radio", "checkbox", "dropdown")
    difficulty = "hard"
    horizon = 70
    brands = ("City of Arlen", "Port Tilda", "Municipality of Weir", "County Hall", "Old Town Hall",
              "Borough of Fenwick")  # fmt: skip
    wordings = (
        "Apply for a {form} for {name}, born {born}, e-mail {mail}, living at {street}, {postcode}"
        " {city}. {label}: {kind}, from {start} on; languages: {languages}; to be contacted by"
        " {contact}. Leave the remarks empty, and send the application.",
        "Fill in and send the application ({form}). Applicant: {name} ({mail}), date of birth"
        " {born}. Address: {street}, {postcode} {city}. {label}: {kind}. Start: {start}. Languages"
        " spoken: {languages}. Contact: {contact}. No remarks.",
        "Please send off the {form} form of {brand} with this: {name}; {born}; {mail}; {street};"
        " {postcode} {city}; {label}: {kind}; starting {start}; speaks {languages}; prefers"
        " {contact}. There is nothing to remark.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw an applicant."""
        site = self.site(rng)
        name = _data.names(rng, 1)[0]
        form = _data.one(rng, list(_KINDS))
        born = _data.day("1955-01-01", int(rng.integers(18_000)))
        answers = {
            "name": name,
            "born": born,
            "mail": _data.mail_of(name),
            "street": _data.street(rng),
            "postcode": str(int(rng.integers(10_000, 99_999))),
            "city": _data.one(rng, _data.CITIES),
            "kind": _data.one(rng, _KINDS[form][1]),
            "start": _data.day("2026-03-01", int(rng.integers(200))),
            "contact": _data.one(rng, ("Phone", "Post", "E-mail")),
        }
        languages = sorted(_data.pick(rng, _LANGUAGES, int(rng.integers(1, 4))))
        return {**site, "form": form, "answers": answers, "languages": languages}

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the application form."""
        label, options = _KINDS[params["form"]]
        date = {"pattern": r"\d{4}-\d\d-\d\d", "hint": "As YYYY-MM-DD"}
        code = {"pattern": r"\d{5}", "hint": "Five digits"}
        steps = [
            self._step("person", "Person", ("name", "Full name"), ("born", "Date of birth", date),
                       ("mail", "E-mail", {"pattern": r"[^@ ]+@[^@ ]+", "hint": "An address"})),
            self._step("address", "Address", ("street", "Street and number"),
                       ("postcode", "Post code", code), ("city", "City")),
            self._step("details", "Details",
                       ("kind", label, {"kind": "select", "options": options}),
                       ("start", "Start", date),
                       ("languages", "Languages", {"kind": "boxes", "options": _LANGUAGES})),
            self._step("contact", "Contact",
                       ("contact", "How may we contact you?",
                        {"kind": "radio", "options": ("E-mail", "Phone", "Post")}),
                       ("remarks", "Remarks", {"kind": "text", "optional": True})),
        ]  # fmt: skip
        title = f"Application: {params['form']}"
        data = {"words": {**WORDS, "title": title}, "steps": steps}
        pages = {s["name"]: s["title"] for s in steps} | {"review": "Summary", "done": "Sent"}
        start: _site.Json = {"answers": {}, "submitted": []}
        host, brand = self.host(params), params["brand"]
        out = _site.app(host, "wizard", brand, pages, params["look"], data, start)
        welcome = (
            f"<h1>{title}</h1><div class=card><p>The form has four pages and a summary.</p>"
            '<p><a class="button main" id="begin" href="/person">Begin</a></p></div>'
        )
        return _site.page(host, "index", brand, brand, params["look"], welcome) | out

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        told = {
            **params,
            **params["answers"],
            "label": _KINDS[params["form"]][0],
            "languages": " and ".join(params["languages"]),
        }
        return self.wordings[params["wording"]].format(**told)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """One application with these answers."""
        wanted: dict[str, Any] = {
            "submitted.length": 1,
            **{f"submitted[0].{key}": value for key, value in params["answers"].items()},
            "submitted[0].languages": "; ".join(params["languages"]),
            "submitted[0].remarks": "",
        }
        told = {"site": self.host(params), "wanted": wanted, "start": "start.json"}
        yield ValidatorSpec("web.storage", told)

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Page by page with the mouse."""
        return _web.then(self._fill(params, screen, params["answers"]), self._send(screen))

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """By keyboard; and with an error that the form tells."""
        wrong = {**params["answers"], "postcode": "123"}
        return {
            "keyboard": _web.then(self._by_keys(params, screen), self._send(screen)),
            "a mistake corrected": _web.then(
                self._fill(params, screen, wrong, 2),
                _web.fill(screen, "[name=postcode]", params["answers"]["postcode"]),
                _web.click(screen, "#next"),
                self._rest(params, screen, params["answers"]),
                self._send(screen),
            ),
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: not sent, another answer, twice, remarks."""
        host, answers = self.host(params), params["answers"]
        options = _KINDS[params["form"]][1]
        other = next(o for o in options if o != answers["kind"])

        def put(**values: Any) -> Any:
            return _web.stored(host, lambda state: state["submitted"][0].update(values))

        def twice(state: Any) -> None:
            state["submitted"] *= 2

        return {
            "not sent": NearMiss(
                "submitted.length", _web.then(self._fill(params, screen, answers), _web.END)
            ),
            "another choice": NearMiss(
                f'found "{other}"',
                _web.then(
                    self._fill(params, screen, {**answers, "kind": other}), self._send(screen)
                ),
            ),
            "one more language": NearMiss("languages", put(languages="; ".join(_LANGUAGES))),
            "sent twice": NearMiss("submitted.length", _web.stored(host, twice)),
            "a remark": NearMiss("remarks", put(remarks="none")),
        }

    @staticmethod
    def _step(name: str, title: str, *questions: Any) -> dict[str, Any]:
        asked = [{"name": q[0], "label": q[1], **(q[2] if len(q) > 2 else {})} for q in questions]
        return {"name": name, "title": title, "questions": asked}

    def _fill(
        self, params: Params, screen: Screen, answers: dict[str, str], pages: int = 4
    ) -> Iterator[Turn]:
        yield from _web.click(screen, "#begin")
        for keys in (_ORDER[:3], _ORDER[3:6]):
            for key in keys:
                yield from _web.fill(screen, f"[name={key}]", answers[key])
            yield from _web.click(screen, "#next")
        if pages > 2:
            yield from self._rest(params, screen, answers)

    @staticmethod
    def _rest(params: Params, screen: Screen, answers: dict[str, str]) -> Iterator[Turn]:
        yield from _web.choose(screen, "[name=kind]", answers["kind"])
        yield from _web.fill(screen, "[name=start]", answers["start"])
        for each in params["languages"]:
            yield from _web.click(screen, f"[name=languages][value={each}]")
        yield from _web.click(screen, "#next")
        yield from _web.click(screen, f"[name=contact][value={answers['contact']}]")
        yield from _web.click(screen, "#next")

    @staticmethod
    def _by_keys(params: Params, screen: Screen) -> Iterator[Turn]:
        answers = params["answers"]
        yield from _web.click(screen, "#begin")
        for keys in (_ORDER[:3], _ORDER[3:6]):
            yield from _web.click(screen, f"[name={keys[0]}]")
            yield (Type("\t".join(answers[key] for key in keys) + "\n"),)
        yield from _web.click(screen, "[name=start]")
        yield (Key(("shift", "Tab")), Type(answers["kind"] + "\t" + answers["start"]))
        for each in _LANGUAGES:
            yield (Key(("Tab",)), *((Key(("space",)),) * (each in params["languages"])))
        yield (Key(("Return",)),)
        yield from _web.click(screen, f"[name=contact][value={answers['contact']}]")
        yield (Key(("Return",)),)

    @staticmethod
    def _send(screen: Screen) -> Iterator[Turn]:
        yield from _web.clicks(screen, "[name=agree]", "#submit")
        yield from _web.END
