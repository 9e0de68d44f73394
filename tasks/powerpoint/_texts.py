"""Realistic contents of decks, drawn from a generator: offers, lessons, reports on projects.

The lists are our own, so that a seed gives the same task for ever: never reorder or shorten them,
and append only with a new number of the pack's set. No title is a part of another one, and no
line of a slide occurs on another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from ._deck import LOOKS

FIRMS: Final = (
    *("Alder Foods", "Beacon Freight", "Birch Interiors", "Cobalt Tools", "Ember Printing"),
    *("Falcon Labs", "Granite Works", "Harbour Supplies", "Juniper Textiles", "Larch Paper"),
    *("Maple Services", "Nimbus Systems", "Orchard Trading", "Quarry Partners", "Tidal Logistics"),
)
PEOPLE: Final = (
    *("Amara Okafor", "Anders Jensen", "Chiara Romano", "Divya Patel", "Elena Petrov"),
    *("Farid Haddad", "Hana Sato", "Ines Costa", "Jamal Edwards", "Kenji Tanaka"),
    *("Lucia Garcia", "Marek Novak", "Nadia Kaya", "Priya Weber", "Samuel Mbeki"),
)
CITIES: Final = (
    *("Antwerp", "Bergen", "Bilbao", "Calgary", "Cork", "Dresden", "Fukuoka", "Ghent", "Graz"),
    *("Izmir", "Krakow", "Leeds", "Lisbon", "Nairobi", "Porto", "Riga", "Tallinn", "Utrecht"),
)
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)

# By kind of deck: titles and subtitles of the cover, and slides: the title of each and what it
# says. Words in braces are drawn with the deck.
_KINDS: Final[dict[str, dict[str, Any]]] = {
    "offer": {
        "covers": ("Office supplies for {firm}", "An offer to {firm}", "Working with {firm}"),
        "subtitles": ("{person}, sales team", "{city}, {month} 2026", "Prepared by {person}"),
        "slides": """
        - Who we are: Family business since 1987; 84 people in three countries; Head office in
          {city}; Certified for quality and safety
        - Your needs: Deliveries within two days; One invoice per month; A contact who picks up
          the phone; Less packaging waste
        - Our proposal: A fixed range of 320 articles; Free delivery from 90 euros; Returns within
          30 days; A shop page of your own
        - Prices: Discount of 8 % on paper; Prices fixed until December; Payment within 21 days;
          No minimum quantity
        - References: The town hall of {city}; Two hospitals and a university; Schools in the
          whole region; Letters on request
        - Delivery: Own vans in the city; Evening slots for shops; Tracking by text message; Boxes
          are taken back
        - Support: Phone line from 7 to 19 h; Answers within one day; Spare parts in stock;
          Training on site
        - How to begin: Trial month in {month}; Contract for one year; Kick-off with your buyers;
          Review after 90 days
        """,
    },
    "lesson": {
        "covers": ("Volcanoes and earthquakes", "How volcanoes work", "The restless Earth"),
        "subtitles": ("Year 7 geography", "Lesson by {person}", "Geography, {month} 2026"),
        "slides": """
        - Inside the Earth: Crust, mantle and core; It gets hotter further down; Plates float on
          the mantle; Only the outer core is liquid
        - Where plates meet: Some plates move apart; Others slide past each other; Heavy plates
          sink under light ones; A few centimetres per year
        - Types of volcano: Shield volcanoes are flat; Cone volcanoes are steep; Calderas are left
          after collapse; Some lie under the sea
        - Eruptions: Gas drives magma upwards; Ash can stop air traffic; Lava flows destroy little
          by little; Hot clouds are the deadliest
        - Earthquakes: Rocks break and snap back; Waves spread in all directions; A seismograph
          records them; Aftershocks may last for weeks
        - Living with risk: Soils near volcanoes are rich; Houses can be made safer; Drills at
          schools save lives; Sirens warn the coast
        - Key words: Magma, lava, crater; Epicentre and focus; Plate boundary; Dormant and extinct
        - Homework: Read pages 34 to 39; Draw a cone volcano; Bring a map of {city}; Quiz on
          Friday
        """,
    },
    "status": {
        "covers": (
            "Warehouse move to {city}",
            "New website for {firm}",
            "Status of the ERP project",
        ),
        "subtitles": ("Steering group, {month} 2026", "Report by {person}", "Monthly review"),
        "slides": """
        - Summary: Two of three work packages done; Budget is kept so far; One risk needs
          attention; Mood in the team is good
        - Milestones: Concept approved in {month}; Contracts signed on time; Pilot begins next
          quarter; Handover before winter
        - Budget: 62 % of the money is spent; Travel is below the plan; Licences cost more than
          foreseen; Reserve has not been touched
        - Risks: Supplier may deliver late; Key people leave for holidays; Old data are
          incomplete; Test systems are slow
        - Team: {person} leads the project; Six colleagues work half time; Two students help with
          tests; A new architect joins soon
        - Quality: 412 test cases passed; Nine faults are still open; Users in {city} tried it;
          Reviews every second week
        - Decisions needed: Extend the rent by a month; Approve the training plan; Choose the
          hosting partner; Name a deputy
        - Next steps: Clean the customer data; Train the first group; Test the interfaces; Inform
          the works council
        """,
    },
}
KINDS: Final = tuple(_KINDS)


def pick(rng: np.random.Generator, texts: Sequence[str], count: int) -> list[str]:
    """Draw texts that differ, such as `pick(rng, CITIES, 5)`."""
    return [str(text) for text in rng.choice(list(texts), size=count, replace=False)]


def one(rng: np.random.Generator, texts: Sequence[str]) -> str:
    """Draw one text."""
    return pick(rng, texts, 1)[0]


def deck(rng: np.random.Generator, slides: int, kind: str = "") -> dict[str, Any]:
    """Draw the contents of a deck: `title`, `subtitle`, `look` and `slides` besides the cover.

    Args:
        rng: The generator.
        slides: How many slides follow the cover, at most eight; each is a `title` and three
            `lines`.
        kind: One of `KINDS`; any of them if not given.
    """
    about = _KINDS[kind or one(rng, KINDS)]
    words = {
        "firm": one(rng, FIRMS),
        "person": one(rng, PEOPLE),
        "city": one(rng, CITIES),
        "month": one(rng, MONTHS),
    }
    known = " ".join(about["slides"].split()).removeprefix("- ").split(" - ")
    listed = []
    for index in sorted(rng.choice(len(known), size=slides, replace=False).tolist()):
        title, _, said = known[index].format(**words).partition(": ")
        texts = said.split("; ")
        keep = sorted(rng.choice(len(texts), size=3, replace=False).tolist())
        listed.append({"title": title, "lines": [texts[k] for k in keep]})
    return {
        "title": one(rng, about["covers"]).format(**words),
        "subtitle": one(rng, about["subtitles"]).format(**words),
        "look": int(rng.integers(len(LOOKS))),
        "slides": listed,
    }


_HEADERS: Final = (
    *(("Site", "Staff", "Area"), ("Site", "Orders", "Returns"), ("Office", "Desks", "Rooms")),
    *(("Branch", "Visits", "Calls"), ("Depot", "Vans", "Drivers"), ("School", "Pupils", "Classes")),
)


def table(rng: np.random.Generator, rows: int) -> list[list[str]]:
    """Draw a table: a header, and rows that begin with a city; all numbers differ."""
    header = list(_HEADERS[int(rng.integers(len(_HEADERS)))])
    places = pick(rng, CITIES, rows)
    numbers = rng.choice(np.arange(12, 980), size=(rows, 2), replace=False).tolist()
    return [
        header,
        *([place, *map(str, pair)] for place, pair in zip(places, numbers, strict=True)),
    ]
