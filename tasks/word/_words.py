"""What documents say, drawn from a generator: people, firms, places, dates, and whole reports.

The lists are our own, so that a seed gives the same task for ever: never reorder or shorten them,
and append only with a new number of the pack's set. Everything comes as plain Python values that
json can hold. What oracles look for occurs once: no title of a section is said in a sentence, and
of one report no two sentences are the same.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from . import _sentences

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
"""The months' names, in their order."""

CITIES: Final = (
    *("Aarhus", "Almeria", "Basel", "Braga", "Bristol", "Cardiff", "Debrecen", "Dunedin"),
    *("Eindhoven", "Galway", "Gdansk", "Halifax", "Innsbruck", "Kyoto", "Linz", "Ljubljana"),
    *("Malmo", "Montreal", "Nantes", "Odense", "Ostrava", "Padua", "Rennes", "Rosario"),
    *("Salzburg", "Sibiu", "Tampere", "Toledo", "Trieste", "Uppsala", "Valparaiso", "Zaragoza"),
)
"""Names of cities."""

STREETS: Final = (
    *("Harbour Street", "Mill Lane", "Station Road", "Chapel Hill", "Garden Row", "Castle Square"),
    *("Bridge Street", "Orchard Avenue", "Lindenweg", "Quay Road", "Market Place", "Abbey Close"),
)
"""Names of streets."""

_GIVEN: Final = (
    *("Adele", "Arjun", "Astrid", "Bruno", "Camila", "Dario", "Edda", "Emeka", "Fatima", "Felix"),
    *("Greta", "Hugo", "Ilse", "Joana", "Kamal", "Katja", "Leon", "Magda", "Milan", "Naomi"),
    *("Oscar", "Petra", "Rafael", "Saskia", "Selma", "Stefan", "Tamara", "Umberto", "Vera"),
    *("Walter", "Xenia", "Yannick"),
)
_FAMILY: Final = (
    *("Adeyemi", "Albrecht", "Barros", "Bianchi", "Carlsen", "Demir", "Eriksen", "Farkas"),
    *("Ferreira", "Gruber", "Horvat", "Ibrahim", "Jansen", "Keller", "Lindholm", "Madsen"),
    *("Nowak", "Oliveira", "Pereira", "Quist", "Rossi", "Sandoval", "Thorsen", "Ueda", "Varga"),
    *("Wagner", "Yildiz", "Zimmer"),
)
_FIRST: Final = (
    *("Amber", "Argent", "Bluebell", "Bramble", "Cedar", "Clover", "Corvus", "Dune", "Elm"),
    *("Fjord", "Garnet", "Heron", "Iris", "Jasper", "Kestrel", "Linden", "Marlin", "Nova"),
    *("Onyx", "Pelican", "Quartz", "Rowan", "Sorrel", "Tamarind", "Ursa", "Violet", "Wren"),
)
_SECOND: Final = (
    *("Analytics", "Bakeries", "Bicycles", "Ceramics", "Consulting", "Energy", "Film", "Gardens"),
    *("Insurance", "Kitchens", "Lighting", "Optics", "Packaging", "Press", "Robotics", "Travel"),
)
_SUBJECTS: Final = (
    *("Annual report", "Half-year report", "Progress report", "Status report", "Site report"),
    *("Branch report", "Review of the year", "Situation report"),
)


def pick(rng: np.random.Generator, texts: Sequence[str], count: int) -> list[str]:
    """Draw texts that differ, such as `pick(rng, CITIES, 5)`."""
    return [str(text) for text in rng.choice(list(texts), size=count, replace=False)]


def one(rng: np.random.Generator, texts: Sequence[str]) -> str:
    """Draw a text."""
    return str(rng.choice(list(texts)))


def names(rng: np.random.Generator, count: int) -> list[str]:
    """Draw full names, at most 28: given names and family names all differ."""
    given, family = pick(rng, _GIVEN, count), pick(rng, _FAMILY, count)
    return [f"{a} {b}" for a, b in zip(given, family, strict=True)]


def companies(rng: np.random.Generator, count: int) -> list[str]:
    """Draw firms, at most 16: all the words differ."""
    first, second = pick(rng, _FIRST, count), pick(rng, _SECOND, count)
    return [f"{a} {b}" for a, b in zip(first, second, strict=True)]


def day(rng: np.random.Generator, year: int = 2025) -> datetime.date:
    """Draw a day of a year."""
    return datetime.date(year, 1, 1) + datetime.timedelta(days=int(rng.integers(365)))


def date(rng: np.random.Generator, year: int = 2025) -> str:
    """Draw a date as a letter has it, such as `4 March 2025`."""
    return written(day(rng, year))


def written(day: datetime.date) -> str:
    """Return a date as a letter has it."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def address(rng: np.random.Generator, city: str) -> list[str]:
    """Draw a street with a number, and a postcode before a city: two lines."""
    street, number = one(rng, STREETS), int(rng.integers(2, 190))
    return [f"{number} {street}", f"{int(rng.integers(1000, 9999))} {city}"]


def site(company: str) -> str:
    """Return the address of a firm's web site."""
    return f"https://www.{''.join(c for c in company.lower() if c.isalnum())}.example"


def email(name: str, company: str) -> str:
    """Return the e-mail address of a person at a firm."""
    split = unicodedata.normalize("NFKD", f"{name.replace(' ', '.')}@{company.replace(' ', '')}")
    return "".join(c for c in split.lower() if c.isascii()) + ".example"


def report(rng: np.random.Generator, count: int, sentences: int = 5) -> dict[str, Any]:
    """Draw a report.

    Args:
        rng: The generator.
        count: How many sections it has.
        sentences: How many sentences each has, at most 6, in two paragraphs.

    Returns:
        `title`, `author`, `date`, `company`, and `sections`: each its `title` and `paragraphs`.
    """
    (company,), (author,) = companies(rng, 1), names(rng, 1)
    titles = pick(rng, list(_sentences.SECTIONS), count)
    return {
        "title": f"{one(rng, _SUBJECTS)} of {company}",
        "author": author,
        "date": date(rng),
        "company": company,
        "sections": [
            {"title": title, "paragraphs": _paragraphs(rng, title, sentences)} for title in titles
        ],
    }


def _paragraphs(rng: np.random.Generator, title: str, count: int) -> list[str]:
    """Draw two paragraphs of a section; numbers and places are filled in."""
    chosen = pick(rng, _sentences.SECTIONS[title], count)
    filled = [
        sentence.format(
            n=int(rng.integers(3, 60)),
            p=f"{int(rng.integers(3, 45))} percent",
            city=one(rng, CITIES),
            month=one(rng, MONTHS),
        )
        for sentence in chosen
    ]
    half = (count + 1) // 2
    return [" ".join(filled[:half]), " ".join(filled[half:])]
