"""Which addresses the tabs show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from cuagym.artefacts import Artefacts
from cuagym.errors import TaskError
from cuagym.validators._checks import one_by_one
from cuagym.validators.web import _address, _read
from cuagym.validators.web._address import Address
from cuagym.verdict import Check

__all__ = ["address", "tabs"]


def address(
    artefacts: Artefacts, wanted: Annotated[Address, _address.refuse], anywhere: bool = False
) -> list[Check]:
    """Check the address of the tab in front.

    Args:
        artefacts: What the agent left.
        wanted: An address such as "shop.example/cart", "https://shop.example/find?q=lamp" or
            "chrome://settings/appearance": its host and path count, and its query and fragment
            where it has them. Or a table of `host`, `path`, `query` (by name), `fragment` and `url`
            (the whole), each a value, or what is wanted of it, as `web.storage` has it.
        anywhere: Whether any tab may show it.

    Raises:
        Unreadable: If the browser was closed, or no tab is in front.
    """
    seen = _read.state(artefacts).tabs if anywhere else (_read.tab(artefacts, "active"),)
    right = any(_address.fits(tab.url, wanted) for tab in seen)
    detail = f"expected {_address.said(wanted)}, found {_listed(t.url for t in seen)}"
    return [Check("address", right, "" if right else detail)]


def tabs(
    artefacts: Artefacts,
    wanted: Annotated[Iterable[Address], one_by_one(_address.refuse)] = (),
    absent: Annotated[Iterable[Address], one_by_one(_address.refuse)] = (),
    others: bool = True,
    count: int | None = None,
) -> list[Check]:
    """Check which pages are open in tabs, one check for each.

    Args:
        artefacts: What the agent left.
        wanted: Addresses, as `web.address` has them; of each there must be a tab of its own.
        absent: Addresses that no tab may show.
        others: Whether there may be other tabs beside those that are wanted.
        count: How many tabs there must be.

    Raises:
        Unreadable: If the browser was closed.
        TaskError: If nothing is wanted.
    """
    wanted, absent = list(wanted), list(absent)
    if not wanted and not absent and count is None and others:
        raise TaskError("nothing is wanted of the tabs")
    left = [tab.url for tab in _read.state(artefacts).tabs]
    every, checks = _listed(left), []
    number = len(left)
    for each in wanted:
        found = next((url for url in left if _address.fits(url, each)), None)
        if found is not None:
            left.remove(found)
        detail = "" if found is not None else f"no tab shows it (open: {every})"
        checks.append(Check(f"tab {_address.said(each)}", found is not None, detail))
    for each in absent:
        there = [url for url in left if _address.fits(url, each)]
        detail = f"a tab still shows {there[0]}" if there else ""
        checks.append(Check(f"no tab {_address.said(each)}", not there, detail))
    if not others:
        detail = f"there should be no tab with {_listed(left)}" if left else ""
        checks.append(Check("no other tabs", not left, detail))
    if count is not None:
        detail = "" if number == count else f"expected {count} tabs, found {number} ({every})"
        checks.append(Check("number of tabs", not detail, detail))
    return checks


def _listed(urls: Iterable[str]) -> str:
    return ", ".join(url[:200] for url in urls) or "none"
