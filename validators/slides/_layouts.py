"""Layouts: one name for what programs call differently.

LibreOffice has layouts of its own, and gives a slide of any other one "Blank Slide" when it stores
it; what it has stored as "Title Slide" it takes for "Title, Content" when it reads it again. So
where a file says one of these, what the slide has placeholders for is looked at instead: its frame.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from cuagym.errors import TaskError, nearest
from cuagym.validators.slides._deck import BODY, Slide

__all__ = ["LAYOUTS", "frame", "layout", "refuse", "same", "said"]

_NAMES: Final = {
    **{"Title Slide": "title slide", "Title, Content": "title and content"},
    **{"Title and Content": "title and content", "Title, 2 Content": "two content"},
    **{"Two Content": "two content", "Title Only": "title only", "Centered Text": "centered text"},
    **{"Blank": "blank", "Blank Slide": "blank", "Section Header": "section header"},
    **{"Comparison": "comparison", "Content with Caption": "content with caption"},
    **{"Picture with Caption": "picture with caption"},
    **{"Title and Vertical Text": "title and vertical text"},
    **{"Vertical Title and Text": "vertical title and text"},
    **{"Title, 2 Content and Content": "2 contents and content"},
    **{"Title Content and 2 Content": "content and 2 contents"},
    **{"Title, 2 Content over Content": "2 contents over content"},
    **{"Title, Content over Content": "content over content"},
    **{"Title, 4 Content": "four contents", "Title, 6 Content": "six contents"},
}
_TYPES: Final = {
    **{"title": "title slide", "obj": "title and content", "tx": "title and content"},
    **{"twoObj": "two content", "twoColTx": "two content", "titleOnly": "title only"},
    **{"blank": "blank", "secHead": "section header", "twoTxTwoObj": "comparison"},
    **{"objTx": "content with caption", "picTx": "picture with caption"},
    **{"vertTx": "title and vertical text", "vertTitleAndTx": "vertical title and text"},
    **{"objOnly": "centered text", "fourObj": "four contents"},
}
_FRAMES: Final = {
    **{"two content": ("title and 2 contents",), "comparison": ("title and 4 contents",)},
    **{"section header": ("title and content",)},
    **{"content with caption": ("title and 2 contents",)},
    # Once there is a picture, LibreOffice has no placeholder for it any more.
    **{"picture with caption": ("title and 2 contents", "title and content")},
    **{"title and vertical text": ("title and content",)},
    **{"vertical title and text": ("title and content",)},
    **{"2 contents and content": ("title and 3 contents",)},
    **{"content and 2 contents": ("title and 3 contents",)},
    **{"2 contents over content": ("title and 3 contents",)},
    **{"content over content": ("title and 2 contents",)},
    **{"four contents": ("title and 4 contents",), "six contents": ("title and 6 contents",)},
}
"""What slides of a layout have placeholders for, where that is not the layout's own name."""
LAYOUTS: Final = tuple(sorted(set(_NAMES.values())))


def layout(name: str, kind: str, slide: Slide) -> str:
    """Return the layout that a file says a slide has; "" where it cannot be believed.

    Args:
        name: What the layout is called in the file.
        kind: Its type in the file.
        slide: What is on the slide.
    """
    subtitle = any(s.role == "subtitle" for s in slide.all_shapes)
    if name == "Blank Slide" and frame(slide) != "blank":
        return ""
    if name == "Title, Content" and subtitle:
        return ""
    return _NAMES.get(name) or _TYPES.get(kind) or name.lower()


def frame(slide: Slide) -> str:
    """Return the layout that a slide's placeholders make."""
    roles = Counter(s.role for s in slide.all_shapes)
    bodies, subtitle = roles[BODY], bool(roles["subtitle"])
    if not roles["title"]:
        return "centered text" if bodies or subtitle else "blank"
    if not bodies:
        return "title slide" if subtitle else "title only"
    return "title and content" if bodies == 1 else f"title and {bodies} contents"


def said(slide: Slide) -> str:
    """Return what errors say of a slide's layout."""
    return f"the layout {slide.layout or frame(slide)!r}"


def same(one: Slide, other: Slide) -> bool:
    """Whether two slides have the same layout, as far as their files tell."""
    if one.layout and other.layout:
        return one.layout == other.layout
    return frame(one) == frame(other)


def wrong(slide: Slide, wanted: str) -> bool:
    """Whether a slide's layout is not as wanted, as far as its file tells."""
    if slide.layout:
        return slide.layout != wanted
    return frame(slide) not in _FRAMES.get(wanted, (wanted,))


def refuse(name: object) -> str:
    """Return the name of a layout as it is known here: any program's will do.

    Raises:
        TaskError: There is none of this name; it names the nearest.
    """
    spellings = {n.lower(): kind for n, kind in _NAMES.items()} | {n: n for n in LAYOUTS}
    if isinstance(name, str) and name.lower() in spellings:
        return spellings[name.lower()]
    raise TaskError(
        f"there is no layout {name!r}{nearest(name, spellings)} (known: {', '.join(LAYOUTS)})"
    )
