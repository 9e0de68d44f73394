"""What a page says of how it was done."""

from __future__ import annotations

import json

from cuagym.artefacts import Artefacts, Unreadable
from cuagym.verdict import Check

__all__ = ["raw_reward"]


def raw_reward(artefacts: Artefacts, enough: float = 1) -> list[Check]:
    """Check that the page gave its full reward, whenever it was earned.

    A part of it, as some pages give, is the score; below 0 counts as 0.

    Args:
        artefacts: What the agent left.
        enough: The reward that is full; pages give at most 1.

    Raises:
        Unreadable: If the browser was closed.
    """
    path = artefacts.folder / "browser" / "state.json"
    state = json.loads(path.read_bytes()) if path.is_file() else {}
    if not state.get("open"):
        raise Unreadable("the browser was closed")
    said = state["said"].get("over")
    if said is None:
        return [Check("reward", False, "the page has given no reward yet")]
    told = json.loads(said)
    raw, why = float(told["raw"]), told.get("reason") or "it gives no reason"
    if raw >= enough:
        return [Check("reward", True)]
    lost = Check(
        "reward", False, f"the page's raw reward is {raw:g} of {enough:g} ({why})", 1 - max(raw, 0)
    )
    return [Check("part of it", True, "", raw), lost] if raw > 0 else [lost]
