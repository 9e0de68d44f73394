"""What sites are about, drawn from a generator: people, goods, places, firms.

The lists are our own, so that a seed gives the same task for ever: never reorder or shorten them.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, Final, TypeVar

import numpy as np

_T = TypeVar("_T")

GIVEN: Final = (
    *("Adela", "Bruno", "Carmen", "Dario", "Edith", "Felix", "Greta", "Hugo", "Irene", "Jonas"),
    *("Katja", "Leon", "Maya", "Nils", "Olga", "Petra", "Quinn", "Rafael", "Selma", "Tomas"),
    *("Ulrika", "Viktor", "Wanda", "Xenia", "Yannick", "Zora"),
)
FAMILY: Final = (
    *("Albrecht", "Berg", "Cruz", "Dahl", "Eriksen", "Ferrari", "Gomez", "Horvat", "Ivanov"),
    *("Janssen", "Keller", "Lindqvist", "Marino", "Nowak", "Oliveira", "Popescu", "Quist"),
    *("Rossi", "Svensson", "Thorne", "Urban", "Vargas", "Wolff", "Young", "Zimmer"),
)
CITIES: Final = (
    *("Aarhus", "Basel", "Coimbra", "Delft", "Evora", "Freiburg", "Gdansk", "Haarlem", "Innsbruck"),
    *("Jena", "Kosice", "Linz", "Malmo", "Nantes", "Ostrava", "Padua", "Rouen", "Siena", "Trieste"),
    *("Uppsala", "Verona", "Winterthur"),
)
STREETS: Final = (
    *("Acacia Lane", "Bridge Street", "Castle Road", "Dock Street", "Elm Avenue", "Forest Walk"),
    *("Garden Street", "Harbour Road", "Mill Lane", "North Quay", "Old Market", "Park Terrace"),
    *("Quarry Road", "River Street", "Station Road", "Temple Row", "Windmill Hill"),
)
GOODS: Final[dict[str, tuple[tuple[str, float], ...]]] = {
    "Garden": (
        *(("Watering can", 18), ("Pruning shears", 24), ("Seed tray", 9), ("Garden hose", 32)),
        *(("Bird feeder", 21), ("Leaf rake", 17)),
    ),
    "Kitchen": (
        *(("Cast iron pan", 46), ("Bread knife", 27), ("Salad spinner", 22), ("Pepper mill", 19)),
        *(("Cake tin", 14), ("Tea strainer", 7)),
    ),
    "Lighting": (
        *(("Reading lamp", 39), ("Lantern", 28), ("Clip light", 16), ("Paper shade", 12)),
        *(("Night light", 11), ("Wall lamp", 52)),
    ),
    "Travel": (
        *(("Day pack", 58), ("Travel mug", 20), ("Neck pillow", 15), ("Luggage tag", 6)),
        *(("Folding umbrella", 25), ("Wash bag", 18)),
    ),
    "Office": (
        *(("Fountain pen", 34), ("Letter tray", 13), ("Desk clock", 29), ("Hole punch", 10)),
        *(("Index cards", 5), ("Cork board", 23)),
    ),
}
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def pick(rng: np.random.Generator, items: Sequence[_T], count: int) -> list[_T]:
    """Draw items that differ."""
    return [items[int(i)] for i in rng.choice(len(items), size=count, replace=False)]


def one(rng: np.random.Generator, items: Sequence[_T]) -> _T:
    """Draw one item."""
    return items[int(rng.integers(len(items)))]


def names(rng: np.random.Generator, count: int) -> list[str]:
    """Draw full names, at most 25; given names and family names all differ."""
    pairs = zip(pick(rng, GIVEN, count), pick(rng, FAMILY, count), strict=True)
    return [f"{given} {family}" for given, family in pairs]


def mail_of(name: str, host: str = "post.example") -> str:
    """Return a person's e-mail address."""
    return f"{name.lower().replace(' ', '.')}@{host}"


def street(rng: np.random.Generator) -> str:
    """Draw a street with a number."""
    return f"{int(rng.integers(2, 98))} {one(rng, STREETS)}"


def goods(rng: np.random.Generator, count: int) -> list[dict[str, Any]]:
    """Draw products that differ, with `id`, `name`, `category` and `price` in cents."""
    every = [(category, *each) for category, items in GOODS.items() for each in items]
    chosen = pick(rng, every, count)
    return [
        {
            "id": f"p{number}",
            "name": name,
            "category": category,
            "price": int(round(usual * float(rng.uniform(0.85, 1.2)) * 20)) * 5,
        }
        for number, (category, name, usual) in enumerate(chosen, 1)
    ]


def day(text: str, plus: int = 0) -> str:
    """Return the day that lies some days after another, as ISO texts."""
    return (datetime.date.fromisoformat(text) + datetime.timedelta(days=plus)).isoformat()


def spoken(text: str) -> str:
    """Return a day as people say it, such as "Tuesday, 3 March 2026"."""
    date = datetime.date.fromisoformat(text)
    return f"{date:%A}, {date.day} {date:%B} {date.year}"
