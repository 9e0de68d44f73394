"""Downloaded files: that they were, and lie where they should; their content is `files.*`'s."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from cuagym.artefacts import Artefacts
from cuagym.errors import TaskError
from cuagym.validators._checks import by_key
from cuagym.validators.web import _address, _read
from cuagym.verdict import Check

__all__ = ["downloads"]

_FOLDER: Final = "Downloads"


def _refuse(name: str, wanted: Any) -> None:
    if wanted != "":
        _address.refuse(wanted)


def downloads(
    artefacts: Artefacts,
    wanted: Annotated[Mapping[str, Any], by_key(_refuse)],
    others: bool = True,
    folder: str = _FOLDER,
) -> list[Check]:
    """Check which files were downloaded to the end, one check for each.

    Args:
        artefacts: What the agent left.
        wanted: By the file's name as it was stored, the address that it came from, as `web.address`
            has it; "" for any.
        others: Whether other files may have been downloaded.
        folder: Where in the workspace they must lie.

    Raises:
        Unreadable: If the browser was closed.
        TaskError: If nothing is wanted.
    """
    if not wanted and others:
        raise TaskError("nothing is wanted of the downloads")
    rows = _read.state(artefacts).rows("downloads")
    checks = []
    for name, source in wanted.items():
        own = [r for r in rows if r.get("file") == name]
        done = [r for r in own if r.get("state") == "completed"]
        right = [r for r in done if not source or _address.fits(str(r.get("url")), source)]
        detail = ""
        if not own:
            detail = f"it was not downloaded (downloaded: {_listed(rows)})"
        elif not done:
            detail = f"its download is {own[0].get('state')}"
        elif not right:
            detail = f"it came from {done[0].get('url')}, expected {_address.said(source)}"
        elif not (artefacts.folder / folder / name).is_file():
            detail = f"it was downloaded, but there is no file {folder}/{name}"
        checks.append(Check(f"download {name}", not detail, detail))
    if not others:
        more = [r for r in rows if r.get("file") not in wanted]
        detail = f"there should be no download of {_listed(more)}" if more else ""
        checks.append(Check("no other downloads", not more, detail))
    return checks


def _listed(rows: list[dict[str, Any]]) -> str:
    return ", ".join(str(r.get("file"))[:80] for r in rows[:6]) or "nothing"
