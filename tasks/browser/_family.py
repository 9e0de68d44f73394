"""What families on web sites share."""

from __future__ import annotations

import zlib
from typing import Any, ClassVar

import numpy as np

from cuagym.task import Params, TaskFamily

from . import _data, _site

__all__ = ["SiteFamily", "coin"]


class SiteFamily(TaskFamily):
    """A family on sites of several brands, the last of which is held out for testing.

    Attributes:
        brands: What the site may be called.
        wordings: The instructions that there are.
    """

    app = "browser"
    brands: ClassVar[tuple[str, ...]]
    wordings: ClassVar[tuple[str, ...]]

    def site(self, rng: np.random.Generator) -> dict[str, Any]:
        """Draw what every site has: a brand, a look, and the wording of the instruction.

        A seed gives other ones to each family.
        """
        rng = np.random.default_rng([zlib.crc32(self.id.encode()), int(rng.integers(2**32))])
        return {
            "brand": _data.one(rng, self.brands),
            "look": _site.look(rng),
            "wording": int(rng.integers(len(self.wordings))),
        }

    def held_out(self, params: Params) -> bool:
        """The last brand is for testing."""
        return self.split == "train" and bool(params["brand"] == self.brands[-1])

    @staticmethod
    def host(params: Params) -> str:
        """Return the host of a brand's site."""
        plain = "".join(c for c in params["brand"].lower() if c.isalnum())
        return f"{plain}.example"


def coin(rng: np.random.Generator) -> bool:
    """Draw true or false."""
    return bool(rng.integers(2))
