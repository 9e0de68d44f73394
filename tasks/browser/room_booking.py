"""Book a room for certain days: the cheapest one that has what is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cuagym.actions import Turn, Type
from cuagym.task import NearMiss, Params, Screen, ValidatorSpec

from . import _data, _site, _web
from ._family import SiteFamily

WORDS = {
    **{"title": "When would you like to come?", "from": "Arrival", "to": "Departure"},
    **{"guests": "Guests", "find": "Find rooms", "beds": "Beds", "per": "a night"},
    **{"choose": "Choose", "none": "No room is free.", "total": "Total", "name": "Name"},
    **{"mail": "E-mail", "extras": "Extras", "book": "Book", "thanks": "See you soon!"},
    **{"missing": "A name and an e-mail address are needed.", "sent": "Your booking is confirmed."},
}
_ROOMS = ("Garden room", "Tower room", "Attic room", "Lake suite", "Corner room", "Old study",
          "Family room", "Captain's cabin")  # fmt: skip
_FEATURES = ("Balcony", "Bath tub", "Kitchenette", "Lift", "Sea view", "Desk")
_EXTRAS = ("Breakfast", "Parking", "Bicycle", "Late check-out")
YEAR, MONTH = 2026, 1


class RoomBooking(SiteFamily):
    """A guest house with rooms at several prices, and a calendar in which days are picked.

    Parameters: `wording` (index), `brand`, `look`, `rooms`, `feature`, `arrival`, `departure`,
    `guests`, `name`, `extras`.
    """

    id = "browser/room-booking"
    capabilities = ("date-picker", "compare", "form", "multi-page")
    difficulty = "medium"
    horizon = 45
    brands = ("Heron House", "The Blue Door", "Mill Lodge", "Harbour Rest", "Linden Inn",
              "Cliff Cottage")  # fmt: skip
    wordings = (
        "Book the cheapest room with {feature} for {guests} guests from {arrival} to {departure}."
        " The booking is for {name} ({mail}), with {extras}.",
        "{name} ({mail}) would like to stay at {brand}: arrival on {arrival}, departure on"
        " {departure}, {guests} guests. Of the rooms that have {feature}, take the least expensive"
        " one. Extras: {extras}.",
        "Please make a booking, {arrival} until {departure}, {guests} guests, in the name of"
        " {name}, {mail}. The room must have {feature}; take the one with the lowest price. Add"
        " {extras}.",
    )

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw rooms, days and guests."""
        site = self.site(rng)
        feature, *others = _data.pick(rng, _FEATURES, len(_FEATURES))
        guests = int(rng.integers(1, 5))
        prices = _data.pick(rng, range(5500, 16000, 250), len(_ROOMS))
        rooms = []
        for number, name in enumerate(_data.pick(rng, _ROOMS, int(rng.integers(5, 8)))):
            has = _data.pick(rng, others, 2) + [feature] * (number < 3)
            beds = guests + int(rng.integers(3)) if number in (0, 1) else int(rng.integers(1, 6))
            rooms.append(
                {"name": name, "beds": beds, "price": prices[number], "extras": sorted(has)}
            )
        rooms = [{"id": f"r{n + 1}", **rooms[i]} for n, i in enumerate(rng.permutation(len(rooms)))]
        arrival = _data.day("2026-02-02", int(rng.integers(90)))
        return {
            **site,
            **{"rooms": rooms, "feature": feature, "guests": guests, "arrival": arrival},
            "departure": _data.day(arrival, int(rng.integers(2, 9))),
            "name": _data.names(rng, 1)[0],
            "extras": sorted(_data.pick(rng, _EXTRAS, int(rng.integers(1, 3)))),
        }

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the guest house's site."""
        data = {
            "words": WORDS,
            "rooms": params["rooms"],
            "extras": list(_EXTRAS),
            "year": YEAR,
            "month": MONTH,
        }
        pages = {"index": "Booking", "rooms": "Rooms", "book": "Your booking", "done": "Thank you"}
        host, brand, look = self.host(params), params["brand"], params["look"]
        return _site.app(host, "booking", brand, pages, look, data, {"bookings": []})

    def instruction(self, params: Params) -> str:
        """Return one of the wordings."""
        told = {
            **params,
            "feature": f"'{params['feature']}'",
            "mail": _data.mail_of(params["name"]),
            "extras": " and ".join(params["extras"]),
            **{key: _data.spoken(params[key]) for key in ("arrival", "departure")},
        }
        return self.wordings[params["wording"]].format(**told).replace("1 guests", "1 guest")

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """One booking, of that room and with these days."""
        booking = "bookings[0]"
        wanted: dict[str, Any] = {
            "bookings.length": 1,
            f"{booking}.room": self._cheapest(params)["id"],
            f"{booking}.from": params["arrival"],
            f"{booking}.to": params["departure"],
            f"{booking}.guests": params["guests"],
            f"{booking}.name": params["name"],
            f"{booking}.mail": _data.mail_of(params["name"]),
            f"{booking}.extras": {
                "contains": params["extras"],
                "length": len(params["extras"]),
            },
        }
        told = {"site": self.host(params), "wanted": wanted, "start": "start.json"}
        yield ValidatorSpec("web.storage", told)

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Pick the days, the room, fill in the form."""
        return _web.then(
            self._find(params, screen, params["departure"]),
            self._book(params, screen, self._cheapest(params)),
            _web.END,
        )

    def routes(self, params: Params, screen: Screen) -> dict[str, Iterable[Turn]]:
        """Straight to the rooms by their address; the form by keyboard."""
        asked = f"from={params['arrival']}&to={params['departure']}&guests={params['guests']}"
        return {
            "by address": _web.then(
                _web.go(f"{self.host(params)}/rooms?{asked}"),
                self._book(params, screen, self._cheapest(params), keyboard=True),
                _web.END,
            )
        }

    def near_misses(self, params: Params, screen: Screen) -> dict[str, NearMiss]:
        """Wrong ends: a dearer room, a day longer, other extras, booked twice."""
        host, right = self.host(params), self._cheapest(params)
        other = next(r for r in self._fitting(params) if r != right)
        later = _data.day(params["departure"], 1)

        def put(**values: Any) -> Any:
            return _web.stored(host, lambda state: state["bookings"][0].update(values))

        def twice(state: Any) -> None:
            state["bookings"] *= 2

        return {
            "another room": NearMiss(
                "bookings[0].room",
                _web.then(
                    self._find(params, screen, params["departure"]),
                    self._book(params, screen, other),
                    _web.END,
                ),
            ),
            "a day longer": NearMiss(
                f'found "{later}"',
                _web.then(
                    self._find(params, screen, later), self._book(params, screen, right), _web.END
                ),
            ),
            "all extras": NearMiss("extras", put(extras=list(_EXTRAS))),
            "booked twice": NearMiss("bookings.length", _web.stored(host, twice)),
        }

    @staticmethod
    def _fitting(params: Params) -> list[dict[str, Any]]:
        return [r for r in params["rooms"] if r["beds"] >= params["guests"]]

    def _cheapest(self, params: Params) -> dict[str, Any]:
        fitting = (r for r in self._fitting(params) if params["feature"] in r["extras"])
        return min(fitting, key=lambda r: int(r["price"]))

    @staticmethod
    def _find(params: Params, screen: Screen, departure: str) -> Iterator[Turn]:
        shown = YEAR * 12 + MONTH
        for day in (params["arrival"], departure):
            month = int(day[:4]) * 12 + int(day[5:7])
            yield from _web.clicks(screen, *["#next"] * (month - shown), f"[data-day='{day}']")
            shown = month
        yield from _web.choose(screen, "[name=guests]", str(params["guests"]))
        yield from _web.click(screen, "#find")

    @staticmethod
    def _book(
        params: Params, screen: Screen, room: dict[str, Any], keyboard: bool = False
    ) -> Iterator[Turn]:
        yield from _web.click(screen, f"[data-room={room['id']}] .choose")
        texts = params["name"], _data.mail_of(params["name"])
        if keyboard:
            yield from _web.click(screen, "[name=name]")
            yield (Type("\t".join(texts)),)
        else:
            yield from _web.fill(screen, "[name=name]", texts[0])
            yield from _web.fill(screen, "[name=mail]", texts[1])
        for each in params["extras"]:
            yield from _web.click(screen, f"[name=extra][value='{each}']")
        yield from _web.click(screen, "#book")
