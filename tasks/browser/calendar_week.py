"""Keep a calendar: add one appointment, move another, cancel a third."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn, Type
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _data, _site, _web
from ._family import SiteFamily

WEEK = "2026-01-05"
WORDS = {
    **{"title": "Calendar", "add": "New event", "change": "Change event", "save": "Save"},
    **{"remove": "Delete", "cancel": "Cancel", "day": "Day", "time": "Begins at", "room": "Place"},
    **{"length": "Length", "people": "With", "wrong": "A title, a day and a time are needed."},
}
_TITLES = (
    *("Budget round", "Design review", "Dentist", "Choir practice", "Team lunch", "Stocktaking"),
    *("Yoga", "Press call", "Safety briefing", "Interview", "Book club", "Planning day"),
)
_ROOMS = ("Room 1", "Room 2", "Library", "Cafe", "Online")
_LENGTHS = ("30", "45", "60", "90", "120")
_TIMES = ("08:30", "09:00", "10:15", "11:00", "13:30", "14:00", "15:45", "16:30", "18:00")


class CalendarWeek(SiteFamily):
    """A calendar of three weeks with a dozen events.

    Parameters: `wording` (index), `brand`, `look`, `events`, `people`, `added` (an event), `moved`
    (an id), `day`, `time` (where it goes), `deleted` (an id), `label` (of the title's field).
    """

    id = "browser/calendar-week"
    capabilities = ("calendar", "form", "date", "look-up")
    difficulty = "hard"
    horizon = 50
    brands = ("Daybook", "Weekly", "Sunrise Planner", "Datekeeper", "Almanac", "Meantime")
    wordings = (
        "In the calendar: move '{moved}' to {day} at {time}, cancel '{deleted}', and add"
        " '{title}' on {date} at {begins}, {length} minutes, place: {room}, with {people}.",
        "Please add an event '{title}' ({date}, {begins}, {length} min, {room}, with {people})."
        " Also, '{deleted}' does not take place, delete it, and '{moved}' is now on {day}, {time}.",
        "Three changes: 1. '{deleted}' is off. 2. '{moved}' is postponed to {day}, {time}. 3. New:"
        " '{title}' with {people}, {date} at {begins} for {length} minutes, {room}.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw events, and what changes."""
        site = self.site(rng)
        people = _data.names(rng, 6)
        title, *titles = _data.pick(rng, _TITLES, int(rng.integers(8, 12)))
        drawn = [
            {"id": f"e{n + 1}", "title": each, **self._event(rng, people)}
            for n, each in enumerate(titles)
        ]
        moved, deleted = _data.pick(rng, drawn, 2)
        day = _data.day(moved["day"], int(rng.integers(1, 6)))
        time = _data.one(rng, [t for t in _TIMES if t != moved["time"]])
        return {
            **site,
            "label": _data.one(rng, ("Title", "What", "Subject")),
            **{"events": drawn, "people": people, "moved": moved["id"], "deleted": deleted["id"]},
            "added": {"title": title, **self._event(rng, people)},
            **{"day": day, "time": time},
        }

    @staticmethod
    def _event(rng: np.random.Generator, people: list[str]) -> dict[str, Any]:
        return {
            "day": _data.day(WEEK, int(rng.integers(19))),
            "time": _data.one(rng, _TIMES),
            "length": _data.one(rng, _LENGTHS),
            "room": _data.one(rng, _ROOMS),
            "people": sorted(_data.pick(rng, people, int(rng.integers(1, 3)))),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the calendar."""
        data = {
            "words": WORDS | {"title": params["label"], "calendar": WORDS["title"]},
            "week": WEEK,
            "rooms": list(_ROOMS),
            "lengths": list(_LENGTHS),
            "people": sorted(params["people"]),
        }
        pages = {"index": "Calendar", "event": "Event"}
        host, brand, look = self.host(params), params["brand"], params["look"]
        start = {"events": params["events"], "next": len(params["events"]) + 1}
        return _site.app(host, "calendar", brand, pages, look, data, start)

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        titles = {e["id"]: e["title"] for e in params["events"]}
        added = params["added"]
        told = {
            **{key: titles[params[key]] for key in ("moved", "deleted")},
            **{"day": _data.spoken(params["day"]), "time": params["time"]},
            **{key: added[key] for key in ("title", "length", "room")},
            **{"date": _data.spoken(added["day"]), "begins": added["time"]},
            "people": " and ".join(added["people"]),
        }
        return self.wordings[params["wording"]].format(**told)

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """The three events, and all others as they were."""
        moved = f"events[id={params['moved']}]"
        gone = f"events[id={params['deleted']}]"
        added = f"events[title={params['added']['title']}]"
        wanted: dict[str, Any] = {
            f"{moved}.day": params["day"],
            f"{moved}.time": params["time"],
            gone: {"absent": True},
            **{f"{added}.{key}": params["added"][key] for key in ("day", "time", "length", "room")},
            f"{added}.people": {
                "contains": params["added"]["people"],
                "length": len(params["added"]["people"]),
            },
            "events.length": len(params["events"]),
        }
        site = {"site": self.host(params), "start": "start.json"}
        # Whoever tries several times has an event of a later number in the end.
        new = [f"events[id=e{len(params['events']) + n}]" for n in range(1, 9)]
        outside = [f"{moved}.day", f"{moved}.time", gone, *new, "events, its order", "next"]
        yield ValidatorSpec("web.storage", {**site, "wanted": wanted}, weight=3.0)
        yield ValidatorSpec("web.unchanged", {**site, "outside": outside})

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Add, move, delete."""
        return _web.then(
            self._add(params, screen),
            self._move(params, screen, params["moved"]),
            self._delete(params, screen),
            _web.END,
        )

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """The other way round, the new event by keyboard."""
        return {
            "keyboard": _web.then(
                self._move(params, screen, params["moved"]),
                self._add(params, screen, keyboard=True),
                self._delete(params, screen),
                _web.END,
            )
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: another event moved, not deleted, a copy instead of a move, others lost."""
        host = self.host(params)
        same = {params["moved"], params["deleted"]}
        other = next(e["id"] for e in params["events"] if e["id"] not in same)

        def lose(state: Any) -> None:
            state["events"] = [e for e in state["events"] if e["id"] != other]

        def put(key: str, value: Any) -> Any:
            def change(state: Any) -> None:
                title = params["added"]["title"]
                next(e for e in state["events"] if e["title"] == title)[key] = value

            return _web.stored(host, change)

        return {
            "another event moved": NearMiss(
                f"events[id={params['moved']}].day",
                _web.then(
                    self._add(params, screen),
                    self._move(params, screen, other),
                    self._delete(params, screen),
                    _web.END,
                ),
            ),
            "not deleted": NearMiss(
                f"events[id={params['deleted']}]",
                _web.then(
                    self._add(params, screen), self._move(params, screen, params["moved"]),
                    _web.END,
                ),
            ),
            "others lost": NearMiss(f"events[id={other}]", _web.stored(host, lose)),
            "with nobody": NearMiss("people", put("people", [])),
            "another place": NearMiss("room", put("room", "Roof")),
        }  # fmt: skip

    @staticmethod
    def _add(params: Params, screen: Screen, keyboard: bool = False) -> Iterator[Turn]:
        added = params["added"]
        yield from _web.click(screen, "#add")
        if keyboard:
            yield from _web.click(screen, "[name=title]")
            keys = ("title", "day", "time", "length", "room")
            yield (Type("\t".join(added[key] for key in keys)),)
        else:
            for key in ("title", "day", "time"):
                yield from _web.fill(screen, f"[name={key}]", added[key])
            yield from _web.choose(screen, "[name=length]", added["length"])
            yield from _web.choose(screen, "[name=room]", added["room"])
        for name in added["people"]:
            yield from _web.click(screen, f"[value='{name}']")
        yield from _web.click(screen, "#save")

    @staticmethod
    def _move(params: Params, screen: Screen, event: str) -> Iterator[Turn]:
        yield from _web.click(screen, f"[data-id={event}]")
        yield from _web.fill(screen, "[name=day]", params["day"])
        yield from _web.fill(screen, "[name=time]", params["time"])
        yield from _web.click(screen, "#save")

    @staticmethod
    def _delete(params: Params, screen: Screen) -> Iterator[Turn]:
        yield from _web.clicks(screen, f"[data-id={params['deleted']}]", "#delete")
