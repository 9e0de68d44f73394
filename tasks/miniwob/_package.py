"""Where the pages are."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from cuagym.errors import SetupError

__all__ = ["html"]


@cache
def html() -> Path:
    """Return the folder of the pages.

    Raises:
        SetupError: The package is not installed.
    """
    spec = find_spec("miniwob")
    if spec is None or not spec.submodule_search_locations:
        raise SetupError("these tasks need the miniwob package: pip install 'cuagym[miniwob]'")
    return Path(spec.submodule_search_locations[0]) / "html"
