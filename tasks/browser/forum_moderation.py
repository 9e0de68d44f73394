"""Moderate a forum: remove what one member has posted, lock one topic, pin another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _data, _site, _web
from ._family import SiteFamily

_TOPICS = (
    ("Which compost for tomatoes?", ("Half soil, half compost works for me.", "Sieve it first.")),
    ("Bread that does not rise", ("Is the flour fresh?", "Try a warmer place for the dough.")),
    ("Repairing a wooden chair", ("Use hide glue and clamps.", "Mine broke at the same joint.")),
    ("Night trains across the Alps", ("Book the lower bunk.", "Bring ear plugs, really.")),
    ("Choosing a first telescope", ("A small refractor is fine.", "Mind the tripod.")),
    ("Bees in the city", ("They love the lime trees.", "Put out water with pebbles.")),
    ("Tuning an old piano", ("Once a year is enough.", "Keep it away from the heating.")),
    ("Long walks near the coast", ("Check the tide first.", "The northern path is closed.")),
)
_SPAM = (
    "Cheap watches, only today, write to me!",
    "I earn a fortune from home, ask me how.",
    "Best casino bonus, no deposit needed.",
    "Followers for your profile, best price.",
)
WORDS: dict[str, str] = {
    **{"title": "All topics", "topic": "Topic", "by": "Started by", "posts": "Posts"},
    **{"pinned": "pinned", "locked": "locked", "pin": "Pin", "unpin": "Unpin", "lock": "Lock"},
    **{"unlock": "Unlock", "flag": "Flag", "flagged": "Flagged", "back": "All topics"},
    **{"empty": "No posts are left.", "members": "Members", "name": "Name", "banned": "banned"},
    **{"ban": "Ban", "unban": "Lift ban"},
}


class ForumModeration(SiteFamily):
    """A forum in which one member advertises; another one of a similar name does not.

    Parameters: `wording` (index), `brand`, `look`, `remove` (a word), `topics` (`id`, `title`,
    `by`), `posts` (`id`, `topic`, `by`, `text`, `date`), `members`, `spammer`, `locked`, `pinned`
    (ids of topics).
    """

    id = "browser/forum-moderation"
    capabilities = ("moderation", "multi-page", "look-up")
    difficulty = "hard"
    horizon = 60
    brands = ("Green Thumb Forum", "The Tea Kitchen", "Makers Corner", "Town Square", "Slow Travel",
              "Workbench Talk")  # fmt: skip
    wordings = (
        "{spammer} posts advertisements in this forum. Remove all posts of {spammer}, in every"
        " topic, and ban this member. Then lock the topic '{locked}' and pin '{pinned}'.",
        "Please moderate {brand}: the topic '{pinned}' shall be pinned and '{locked}' locked."
        " Everything that {spammer} has posted must go, and {spammer} is to be banned.",
        "Clean up: ban {spammer}, delete each of this member's posts (and nobody else's), lock"
        " '{locked}', pin '{pinned}'.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw topics with posts, some of which are advertisements."""
        site = self.site(rng)
        members = _data.names(rng, 8)
        spammer, *others = members
        namesake = f"{spammer.split()[0]} {_data.one(rng, _data.FAMILY)}"
        if namesake not in members:
            others = [namesake, *others[1:]]
        topics: list[dict[str, str]] = []
        posts: list[dict[str, str]] = []
        drawn = _data.pick(rng, _TOPICS, int(rng.integers(5, 8)))
        spoilt = set(_data.pick(rng, range(len(drawn)), int(rng.integers(2, 4))))
        for number, (title, texts) in enumerate(drawn):
            topics.append({"id": f"t{number + 1}", "title": title, "by": _data.one(rng, others)})
            said = [[_data.one(rng, others), text] for text in texts]
            if number in spoilt:
                said.insert(int(rng.integers(3)), [spammer, _data.one(rng, _SPAM)])
            for by, text in said:
                date = f"{int(rng.integers(1, 28))} March"
                id = f"n{len(posts) + 1}"
                posts.append(
                    {"id": id, "topic": f"t{number + 1}", "by": by, "text": text, "date": date}
                )
        locked, pinned = _data.pick(rng, [t["id"] for t in topics], 2)
        return {
            **site,
            "remove": _data.one(rng, ("Remove", "Delete", "Take down")),
            **{"topics": topics, "posts": posts, "members": sorted({spammer, *others})},
            **{"spammer": spammer, "locked": locked, "pinned": pinned},
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the forum."""
        data = {
            "words": {**WORDS, "remove": params["remove"]},
            "topics": {t["id"]: {"title": t["title"], "by": t["by"]} for t in params["topics"]},
            "posts": {p["id"]: {k: p[k] for k in ("by", "text", "date")} for p in params["posts"]},
            "members": params["members"],
        }
        start = {
            "topics": [{"id": t["id"], "pinned": False, "locked": False} for t in params["topics"]],
            "posts": [{"id": p["id"], "topic": p["topic"], "flag": False} for p in params["posts"]],
            "banned": [],
        }
        pages = {"index": "Topics", "topic": "Topic", "members": "Members"}
        nav = {"/": "Topics", "/members": "Members"}
        host, brand = self.host(params), params["brand"]
        return _site.app(host, "forum", brand, pages, params["look"], data, start, nav)

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        titles = {t["id"]: t["title"] for t in params["topics"]}
        told = {key: titles[params[key]] for key in ("locked", "pinned")}
        return self.wordings[params["wording"]].format(**{**params, **told})

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The posts are gone, the member is banned, both topics are as wanted, all else is kept."""
        locked, pinned = params["locked"], params["pinned"]
        gone = self._spam(params)
        wanted: dict[str, Any] = {
            **{f"posts[id={id}]": {"absent": True} for id in gone},
            "banned": [params["spammer"]],
            f"topics[id={locked}].locked": True,
            f"topics[id={pinned}].pinned": True,
        }
        site = {"site": self.host(params), "start": "start.json"}
        outside = [*wanted, "posts, its order"]
        yield ValidatorSpec("web.storage", {**site, "wanted": wanted}, weight=3.0)
        yield ValidatorSpec("web.unchanged", {**site, "outside": outside})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Topic by topic, then the members."""
        return _web.then(
            self._clean(params, screen, self._spam(params)),
            self._topic(screen, params["locked"], "#lock"),
            self._topic(screen, params["pinned"], "#pin"),
            self._ban(params, screen, params["spammer"]),
            _web.END,
        )

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The members first; topics by their addresses."""
        host = self.host(params)
        return {
            "by address": _web.then(
                self._ban(params, screen, params["spammer"]),
                *(
                    _web.then(
                        _web.go(f"{host}/topic?id={self._topic_of(params, id)}"),
                        _web.click(screen, f"[data-post={id}] .remove"),
                    )
                    for id in self._spam(params)
                ),
                _web.go(f"{host}/topic?id={params['pinned']}"),
                _web.click(screen, "#pin"),
                _web.go(f"{host}/topic?id={params['locked']}"),
                _web.click(screen, "#lock"),
                _web.END,
            )
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: a post is left, an honest one is gone, another topic, nobody banned."""
        host, spam = self.host(params), self._spam(params)
        honest = next(p["id"] for p in params["posts"] if p["id"] not in spam)
        other = next(m for m in params["members"] if m != params["spammer"])

        def lose(state: Any) -> None:
            state["posts"] = [p for p in state["posts"] if p["id"] != honest]

        def lock_other(state: Any) -> None:
            for topic in state["topics"]:
                topic["locked"] = not topic["locked"]

        return {
            "one post left": NearMiss(
                f"posts[id={spam[-1]}]",
                _web.then(
                    self._clean(params, screen, spam[:-1]),
                    self._ban(params, screen, params["spammer"]),
                    _web.END,
                ),
            ),
            "another member banned": NearMiss(
                "banned", _web.then(self._ban(params, screen, other), _web.END)
            ),
            "an honest post removed": NearMiss(f"posts[id={honest}]", _web.stored(host, lose)),
            "other topics locked": NearMiss("locked", _web.stored(host, lock_other)),
        }

    @staticmethod
    def _spam(params: Params) -> list[str]:
        return [p["id"] for p in params["posts"] if p["by"] == params["spammer"]]

    @staticmethod
    def _topic_of(params: Params, post: str) -> str:
        return next(str(p["topic"]) for p in params["posts"] if p["id"] == post)

    @staticmethod
    def _topic(screen: Screen, topic: str, *then: str) -> Iterator[Turn]:
        yield from _web.clicks(screen, "header .brand", f"[data-topic={topic}] a", *then)

    def _clean(self, params: Params, screen: Screen, posts: list[str]) -> Iterator[Turn]:
        for id in posts:
            yield from self._topic(screen, self._topic_of(params, id), f"[data-post={id}] .remove")

    @staticmethod
    def _ban(params: Params, screen: Screen, member: str) -> Iterator[Turn]:
        yield from _web.clicks(screen, "nav a[href='/members']", f"[data-member='{member}'] .ban")
