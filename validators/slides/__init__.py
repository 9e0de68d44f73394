"""Checks of a presentation. A module of this folder holds validators of one kind.

A slide is named by its number, its title, "last", or "*" for all; a shape on it follows after "!":
"2!title", "Results!body", "3!rectangle 2", "3!'Start'". See _places.py.

    deck.py        how many slides, their titles, order, visibility, size
    text.py        what they say; how often a text occurs
    formatting.py  how text looks
    shapes.py      shapes: kind, place, size, look
    arranged.py    how shapes lie to each other
    layouts.py     layouts, backgrounds, masters, numbers and footers
    notes.py       speaker's notes, comments
    shows.py       transitions, animations
    pictures.py    pictures: how many, which, distorted or not
    tables.py      tables
    charts.py      charts: type, categories, values
    links.py       where clicks lead
    unchanged.py   nothing else changed; equality with a gold presentation
    _aspects.py    in what two presentations may differ
    _deck.py       a presentation as values
    _read.py       a presentation as LibreOffice has stored it, and what it loses
    _match.py      which slide is which of another presentation
    _places.py     names of slides and shapes
"""

from cuagym.validators.slides.arranged import arranged
from cuagym.validators.slides.charts import charts
from cuagym.validators.slides.deck import deck, order
from cuagym.validators.slides.formatting import formatting
from cuagym.validators.slides.layouts import backgrounds, footers, layouts, masters
from cuagym.validators.slides.links import links
from cuagym.validators.slides.notes import comments, notes
from cuagym.validators.slides.pictures import pictures
from cuagym.validators.slides.shapes import shapes
from cuagym.validators.slides.shows import animations, transitions
from cuagym.validators.slides.tables import tables
from cuagym.validators.slides.text import occurrences, text
from cuagym.validators.slides.unchanged import equals_gold, unchanged

__all__ = [
    "animations",
    "arranged",
    "backgrounds",
    "charts",
    "comments",
    "deck",
    "equals_gold",
    "footers",
    "formatting",
    "layouts",
    "links",
    "masters",
    "notes",
    "occurrences",
    "order",
    "pictures",
    "shapes",
    "tables",
    "text",
    "transitions",
    "unchanged",
]
