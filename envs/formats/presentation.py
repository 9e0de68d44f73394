"""Presentations: pptx, odp, ppt."""

from __future__ import annotations

from cuagym.envs.formats._containers import Odf, Ole, Ooxml

__all__ = ["Odp", "Ppt", "Pptx"]


class Pptx(Ooxml):
    """A presentation of PowerPoint 2007 and later."""

    suffix = copy = ".pptx"
    filter = "Impress MS PowerPoint 2007 XML"
    kind, main, folder = "presentation", b"presentationml.presentation.main+xml", "ppt"


class Odp(Odf):
    """An OpenDocument presentation."""

    suffix, copy = ".odp", ".pptx"
    filter = "impress8"
    kind = "presentation"


class Ppt(Ole):
    """A presentation of PowerPoint before 2007."""

    suffix, copy = ".ppt", ".pptx"
    filter = "MS PowerPoint 97"
    kind = "a PowerPoint 97 presentation"
