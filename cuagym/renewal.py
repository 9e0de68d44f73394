"""A desktop that shows its next document without being made anew, as if it had been.

Some documents are complete in themselves, web pages above all, and an agent that clicks on one and
types into it reaches nothing else. Where every action of an episode was such, the next document is
opened in the same session; then all of the screen around it must be, pixel by pixel, what it was
around the same document in a fresh session. Else, and where anything is not known for sure, the
session is given up for a fresh one.
"""

from __future__ import annotations

import threading
from hashlib import blake2b

from cuagym.errors import Fault
from cuagym.session import Session
from cuagym.task import TaskInstance

__all__ = ["note", "renewed"]

_TIME = 10 * 3600 * 10**9
"""Application time, in ns, after which a session is not renewed: pages may show the date, which
begins at nine in the morning."""

_around: dict[tuple[str, tuple[int, int], str, str], str] = {}
_lock = threading.Lock()


def note(session: Session, instance: TaskInstance) -> None:
    """Remember what a fresh session shows around a document that was just opened in it."""
    if instance.ends:
        around = _surroundings(session)
        with _lock:
            if around is not None:
                _around.setdefault(_key(session, instance), around)


def renewed(session: Session, instance: TaskInstance) -> bool:
    """Open a task's document in a session whose episode is over; False where it is to be given up.

    The session may be spoilt by it, and is closed by whoever asked.
    """
    if not instance.ends or session.spoilt or session.screen.clock.now > _TIME:
        return False
    with _lock:
        wanted = _around.get(_key(session, instance))
    try:
        return (
            wanted is not None
            and not session.has_quit()
            and session.renew(instance.files, instance.open)
            and _surroundings(session) == wanted
        )
    except Fault:
        return False


def _key(session: Session, instance: TaskInstance) -> tuple[str, tuple[int, int], str, str]:
    return session.app.name, session.size, session.look, instance.open


def _surroundings(session: Session) -> str | None:
    """A hash of the screen but for the document; None if nobody knows where that is."""
    area = session.app.area(session)
    if area is None:
        return None
    left, top, width, height = area
    frame = session.screen.frame()
    total = blake2b(digest_size=16)
    inner = slice(top, top + height)
    for part in (
        frame[:top],
        frame[top + height :],
        frame[inner, :left],
        frame[inner, left + width :],
    ):
        total.update(part.tobytes())
    return total.hexdigest()
