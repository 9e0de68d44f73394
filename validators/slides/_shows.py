"""What a slide does when it is shown: its transition and its animations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cuagym.validators.slides._deck import Transition
from cuagym.validators.slides._paint import P

__all__ = ["ALSO", "CLASSES", "EFFECTS", "SPEEDS", "STARTS", "TRANSITIONS", "effects", "transition"]

SPEEDS: Final = {"slow": "slow", "med": "medium", "fast": "fast"}
_SPELLED: Final = {
    **{"randomBar": "random bars", "pull": "uncover", "strips": "cover", "checker": "checkerboard"},
    **{"thruBlk": "fade through black"},
}
"""Transitions that files call otherwise than people; LibreOffice takes strips for a cover."""
TRANSITIONS: Final = (
    *("blinds", "checkerboard", "circle", "comb", "cover", "cut", "diamond", "dissolve", "fade"),
    *("newsflash", "plus", "push", "random", "random bars", "split", "uncover", "wedge", "wheel"),
    *("wipe", "zoom", "flash", "honeycomb", "prism", "ripple", "vortex"),
)
ALSO: Final = {
    **{"bars": ("random bars",), "checkers": ("checkerboard",), "venetian": ("blinds",)},
    **{"box": ("zoom",), "shape": ("circle", "diamond", "plus")},
}
"""What LibreOffice calls some of them."""
CLASSES: Final = {"entr": "entrance", "exit": "exit", "emph": "emphasis", "path": "motion path"}
STARTS: Final = {
    "clickEffect": "click",
    "withEffect": "with previous",
    "afterEffect": "after previous",
}
_MOVES: Final = {
    **{"1": "appear", "2": "fly in", "3": "blinds", "4": "box", "5": "checkerboard", "6": "circle"},
    **{"7": "crawl in", "8": "diamond", "9": "dissolve in", "10": "fade", "11": "flash once"},
    **{"12": "peek in", "13": "plus", "14": "random bars", "15": "spiral in", "16": "split"},
    **{"17": "stretch", "18": "strips", "19": "swivel", "20": "wedge", "21": "wheel", "22": "wipe"},
    **{"23": "zoom", "25": "boomerang", "26": "bounce", "27": "colored lettering", "28": "credits"},
    **{"30": "float", "31": "grow and turn", "37": "rise up", "42": "ascend", "47": "descend"},
    **{"45": "spin in", "49": "spinner", "53": "zoom", "55": "expand"},
}
_EMPHASES: Final = {
    **{"1": "fill color", "3": "font color", "4": "font size", "6": "grow and shrink", "7": "line"},
    **{
        "8": "spin",
        "9": "transparency",
        "26": "flash",
        "32": "teeter",
        "35": "blink",
        "36": "wave",
    },
}
EFFECTS: Final = tuple(sorted({*_MOVES.values(), *_EMPHASES.values()}))


def transition(slide: Any) -> Transition:
    """Return the transition that a slide's markup tells.

    Where there are two spellings, the richer one comes first, as programs write it.
    """
    found = next(slide.iter(f"{P}transition"), None)
    if found is None:
        return Transition()
    children = [c for c in found if isinstance(c.tag, str)]
    name = children[0].tag.rpartition("}")[2] if children else ""
    after = found.get("advTm", "")
    seconds = int(after) / 1000 if after.isdigit() else None
    if not children or name in ("extLst", "sndAc"):
        return Transition(after=seconds)
    speed = SPEEDS.get(found.get("spd", "fast"), "fast")
    return Transition(_SPELLED.get(name, name), speed, seconds)


def effects(slide: Any, names: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the animations of a slide in their order: `shape`, `effect`, `kind` and `start`.

    Args:
        slide: Its markup.
        names: What its shapes are called, by their keys.
    """
    for step in slide.iter(f"{P}cTn"):
        kind = step.get("presetClass", "")
        start = STARTS.get(step.get("nodeType", ""), "")
        target = next(step.iter(f"{P}spTgt"), None)
        if not kind or not start or target is None:
            continue
        number = step.get("presetID", "")
        known = _EMPHASES if kind == "emph" else _MOVES
        yield {
            "shape": names.get(target.get("spid", ""), ""),
            "effect": known.get(number, f"effect {number}"),
            "kind": CLASSES.get(kind, kind),
            "start": start,
        }
