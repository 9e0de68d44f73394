"""The aspects of text documents; the modules of this folder offer them."""

from __future__ import annotations

from typing import Final

from cuagym.validators._aspects import Aspects
from cuagym.validators.document._read import Document
from cuagym.validators.document._select import Part

__all__ = ["ASPECTS"]

ASPECTS: Final = Aspects[Document, Part]()
