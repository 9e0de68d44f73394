"""The aspects of presentations; the modules of this folder offer them."""

from __future__ import annotations

from typing import Final

from cuagym.validators._aspects import Aspects
from cuagym.validators.slides._deck import Deck
from cuagym.validators.slides._part import Part

__all__ = ["ASPECTS"]

ASPECTS: Final = Aspects[Deck, Part]()
