"""Documents spoilt at random places: what nobody thought of who wrote the validators."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cuagym import formats

__all__ = ["of"]


def of(
    document: str, files: Mapping[str, bytes], rng: np.random.Generator
) -> dict[str, dict[str, bytes]]:
    """Return the files with the document spoilt, by what was done to it.

    Args:
        document: The name of the document among the files.
        files: By name.
        rng: Says where it is spoilt.
    """
    format = formats.find(document)
    if document not in files or format is None:
        return {}
    return {
        name: {**files, document: spoil(files[document], rng)}
        for name, spoil in format.mutants.items()
    }
