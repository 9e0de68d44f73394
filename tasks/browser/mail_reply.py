"""Answer a mail with something that stands in another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Key, Turn, Type
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _data, _mail, _web
from ._family import SiteFamily

_ROOMS = ("Birch room", "Lake room", "Attic", "Blue room", "Hall B", "Studio 3")


class MailReply(SiteFamily):
    """A question in the inbox; what answers it was written by somebody else, and filed.

    Parameters: `wording` (index), `brand`, `look`, `words` (index), `mails`, `folders`, `asker`,
    `knower`, `amount`, `reference`, `wrong` (an older amount).
    """

    id = "browser/mail-reply"
    capabilities = ("mail", "search", "look-up", "text-entry")
    difficulty = "medium"
    horizon = 40
    brands = _mail.BRANDS
    wordings = (
        "{asker} asks in a mail for the final amount of {reference}. Find it in what {knower} has"
        " written, and reply to {asker}'s mail with exactly this text: 'The final amount is X EUR.'"
        " (X as {knower} wrote it).",
        "Reply to the mail in which {asker} asks about {reference}. {knower} has told us the final"
        " amount, search for it. The reply shall read: 'The final amount is X EUR.', with that"
        " amount for X. Send it.",
        "Send {asker} the final amount of {reference}, as a reply to the mail that asks for it, in"
        " these words: 'The final amount is X EUR.'. The amount X is in a mail from {knower};"
        " beware of the earlier estimate.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a mailbox with a question, an estimate and an answer."""
        site = self.site(rng)
        asker, knower, *people = _data.names(rng, 7)
        amount, wrong = (f"{n // 100}.{n % 100:02}" for n in rng.integers(20_000, 90_000, size=2))
        reference = f"offer {_data.one(rng, 'ABCDEF')}-{int(rng.integers(100, 999))}"
        said = {
            "subject": f"Final figures, {reference}",
            "body": f"After the last changes the final amount of {reference} is AMOUNT EUR.\nThe"
            f" {_data.one(rng, _ROOMS)} is included.",
            "from": knower,
            "read": True,
        }
        estimate = {
            "subject": f"First estimate, {reference}",
            "body": f"I expect {reference} to come to about ESTIMATE EUR.\nFinal figures follow.",
            "from": knower,
            "read": True,
        }
        question = {
            "subject": f"Question about {reference}",
            "body": f"Could you tell me the final amount of {reference}?\nThanks, {asker}",
            "from": asker,
        }
        mails = [*_mail.draw(rng, people, int(rng.integers(6, 10))), question, said, estimate]
        drawn = _mail.sample(rng, mails)
        filed = _data.one(rng, drawn["folders"])
        for mail in drawn["mails"]:
            if mail["from"] == knower:
                mail["folder"] = filed
        told = {"asker": asker, "knower": knower, "amount": amount, "wrong": wrong}
        return {**site, **drawn, **told, "reference": reference}

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the mail client; the amounts stand in two of its mails."""
        mails = [
            {
                **m,
                "body": m["body"]
                .replace("AMOUNT", params["amount"])
                .replace("ESTIMATE", params["wrong"]),
            }
            for m in params["mails"]
        ]
        return _mail.files({**params, "mails": mails}, self.host(params))

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        return self.wordings[params["wording"]].format(**params)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """One mail was sent, as a reply and with that text; none was moved."""
        wanted = {
            "sent.length": 1,
            "sent[0].to": _data.mail_of(params["asker"]),
            "sent[0].reply": self._by(params, params["asker"])[0],
            "sent[0].body": {"equals": f"The final amount is {params['amount']} EUR."},
        }
        site = {"site": self.host(params), "start": "start.json"}
        yield ValidatorSpec("web.storage", {**site, "wanted": wanted}, weight=3.0)
        yield ValidatorSpec("web.unchanged", {**site, "outside": ["sent", "mails[*].read"]})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Search for the offer, read, and reply."""
        said = next(m["id"] for m in self._mails(params) if m["subject"].startswith("Final"))
        return _web.then(
            _web.fill(screen, "[name=q]", f"{params['reference']}\n"),
            _web.click(screen, f"[data-id={said}] a"),
            _web.go(self.host(params)),
            self._reply(params, screen, params["amount"]),
            _web.END,
        )

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Through the folders, the text typed by keyboard alone."""
        folder = next(m["folder"] for m in self._mails(params) if m["from"] == params["knower"])
        return {
            "folders": _web.then(
                _web.click(screen, f"[data-folder={folder}]"),
                _web.click(screen, f"[data-folder={_mail.INBOX}]"),
                self._reply(params, screen, params["amount"], keyboard=True),
                _web.END,
            )
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: the estimate, to another person, a mail of its own, twice."""
        host = self.host(params)

        def sent(**values: Any) -> Any:
            return _web.stored(host, lambda state: state["sent"][0].update(values))

        def twice(state: Any) -> None:
            state["sent"] *= 2

        return {
            "the estimate": NearMiss(
                f'found "The final amount is {params["wrong"]} EUR."',
                _web.then(self._reply(params, screen, params["wrong"]), _web.END),
            ),
            "to another person": NearMiss("sent[0].to", sent(to=_data.mail_of(params["knower"]))),
            "no reply": NearMiss("sent[0].reply", sent(reply="")),
            "sent twice": NearMiss("sent.length", _web.stored(host, twice)),
        }

    @staticmethod
    def _mails(params: Params) -> list[dict[str, Any]]:
        return list(params["mails"])

    def _by(self, params: Params, name: str) -> list[str]:
        return [m["id"] for m in self._mails(params) if m["from"] == name]

    def _reply(
        self, params: Params, screen: Screen, amount: str, keyboard: bool = False
    ) -> Iterator[Turn]:
        text = f"The final amount is {amount} EUR."
        yield from _web.clicks(screen, f"[data-id={self._by(params, params['asker'])[0]}] a")
        yield from _web.click(screen, "#reply")
        if keyboard:
            yield from _web.click(screen, "[name=subject]")
            yield (Key(("Tab",)), Type(text), Key(("Tab",)), Key(("Return",)))
        else:
            yield from _web.fill(screen, "[name=body]", text)
            yield from _web.click(screen, "#send")
