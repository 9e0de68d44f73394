"""Tidy up a mailbox: file, star and delete mails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _data, _mail, _web
from ._family import SiteFamily


class MailTriage(SiteFamily):
    """An inbox with mails of several people; those of one are to be filed.

    Parameters: `wording` (index), `brand`, `look`, `words` (index), `mails`, `folders`, `sender`,
    `folder`, `starred`, `deleted` (ids).
    """

    id = "browser/mail-triage"
    capabilities = ("mail", "bulk-edit", "selection")
    difficulty = "medium"
    horizon = 40
    brands = _mail.BRANDS
    wordings = (
        "Tidy up the inbox: move every mail from {sender} into the folder '{folder}', put a star"
        " on '{starred}', and delete '{deleted}'. All other mails stay where they are.",
        "In {brand}, file all that {sender} has sent (it is in the inbox) under '{folder}'. The"
        " mail '{deleted}' can go to the trash, and '{starred}' shall have a star.",
        "Please star the mail '{starred}', throw '{deleted}' away, and put the mails of {sender},"
        " all of them, into '{folder}'. Touch no others.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw a mailbox in which one person has written several times."""
        site = self.site(rng)
        people = _data.names(rng, int(rng.integers(5, 8)))
        mails = _mail.draw(rng, people[1:], int(rng.integers(9, 13)))
        for mail in mails[: int(rng.integers(2, 5))]:
            mail["from"] = people[0]
        drawn = _mail.sample(rng, mails)
        others = [m["id"] for m in drawn["mails"] if m["from"] != people[0]]
        starred, deleted = _data.pick(rng, others, 2)
        folder = _data.one(rng, drawn["folders"])
        return {
            **site,
            **drawn,
            **{"sender": people[0], "folder": folder, "starred": starred, "deleted": deleted},
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the mail client."""
        return _mail.files(params, self.host(params))

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        subjects = {m["id"]: m["subject"] for m in params["mails"]}
        told = {key: subjects[params[key]] for key in ("starred", "deleted")}
        return self.wordings[params["wording"]].format(**{**params, **told})

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Where the mails are; nothing was sent, and the others are as they were."""
        places = {id: params["folder"] for id in self._sent_by(params)}
        places[params["deleted"]] = _mail.TRASH
        wanted: dict[str, Any] = {f"mails[id={id}].folder": to for id, to in places.items()}
        wanted[f"mails[id={params['starred']}].star"] = True
        site = {"site": self.host(params), "start": "start.json"}
        yield ValidatorSpec("web.storage", {**site, "wanted": wanted}, weight=3.0)
        yield ValidatorSpec("web.unchanged", {**site, "outside": [*wanted, "mails[*].read"]})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Tick the mails, and move them together."""
        return _web.then(
            self._file(params, screen, self._sent_by(params), params["folder"]),
            _web.click(screen, f"[data-id={params['starred']}] .star"),
            _web.clicks(screen, f"[data-id={params['deleted']}] .pick", "#delete"),
            _web.END,
        )

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Each mail is opened, and dealt with on its page."""
        return {
            "one by one": _web.then(
                *(
                    _web.then(
                        _web.click(screen, f"[data-id={id}] a"),
                        _web.choose(screen, "[name=move]", params["folder"]),
                    )
                    for id in self._sent_by(params)
                ),
                _web.clicks(screen, f"[data-id={params['deleted']}] a", "#delete"),
                _web.clicks(screen, f"[data-id={params['starred']}] a", "#star"),
                _web.END,
            )
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: another folder, one mail left behind, one too many."""
        host, ids = self.host(params), self._sent_by(params)
        other = next(f for f in params["folders"] if f != params["folder"])
        every = {m["id"] for m in params["mails"]} - {*ids, params["deleted"], params["starred"]}
        more = min(every)

        def put(id: str, **values: Any) -> Any:
            def change(state: Any) -> None:
                next(m for m in state["mails"] if m["id"] == id).update(values)

            return _web.stored(host, change)

        return {
            "another folder": NearMiss(
                "expected", _web.then(self._file(params, screen, ids, other), _web.END)
            ),
            "one left behind": NearMiss(
                f"mails[id={ids[-1]}].folder", put(ids[-1], folder="Inbox")
            ),
            "one too many": NearMiss(f"mails[id={more}].folder was", put(more, folder="Archive")),
            "another one starred": NearMiss(f"mails[id={more}].star was", put(more, star=True)),
        }

    @staticmethod
    def _sent_by(params: Params) -> list[str]:
        return [m["id"] for m in params["mails"] if m["from"] == params["sender"]]

    @staticmethod
    def _file(params: Params, screen: Screen, ids: list[str], folder: str) -> Iterator[Turn]:
        for id in ids:
            yield from _web.click(screen, f"[data-id={id}] .pick")
        yield from _web.choose(screen, "[name=move]", folder)
