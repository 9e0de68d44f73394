"""Ways to the goal, by page: each is given the screen, and looks at the page through it.

They act with mouse and keyboard alone, and read what a person would: the query, and what the page
shows. Attributes tell them what a person sees as a colour, a shape or an icon.

    hands.py      what all of them do: click, fill in, scroll to, drag
    buttons.py    pages of which one thing is to be clicked
    choices.py    lists, menus, trees, dates, sliders
    fields.py     texts to type, to copy and to mark
    geometry.py   points to set by eye, lights that show for a moment
    shapes.py     what is drawn: shapes to tell apart, to count, to drag
    apps.py       small applications: mail, social media, a search engine, a terminal ...
    booking.py    tickets, flights, food, events
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cuagym.tasks.miniwob._oracles import apps, booking, buttons, choices, fields, geometry, shapes
from cuagym.tasks.miniwob._oracles.hands import Oracle

__all__ = ["ORACLES"]

ORACLES: Final[Mapping[str, Oracle]] = {
    **buttons.ORACLES,
    **choices.ORACLES,
    **fields.ORACLES,
    **geometry.ORACLES,
    **shapes.ORACLES,
    **apps.ORACLES,
    **booking.ORACLES,
}
