"""Judging an episode: what the agent left is gathered, and the grader asked about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cuagym.actions import Terminate
from cuagym.artefacts import Unreadable
from cuagym.documents import digest
from cuagym.grading import Grader
from cuagym.session import Session
from cuagym.task import TaskInstance
from cuagym.verdict import Check, Verdict

__all__ = ["Judge"]


class Judge:
    """Judges one episode, at its end or at every step.

    What was judged before is not judged again: a step that leaves the document as it was costs its
    export and nothing else.

    Args:
        grader: Who judges.
        instance: The task.
        session: Where it is done.
    """

    def __init__(self, grader: Grader, instance: TaskInstance, session: Session) -> None:
        self._grader, self._instance, self._session = grader, instance, session
        self._known: dict[tuple[str, str, str], Verdict] = {}
        self._beginning: Mapping[str, bytes] = instance.files
        self.files: dict[str, bytes] = {}
        """What was judged last, by name in the workspace."""

    def known(self) -> dict[str, Any]:
        """Return what was judged, for a copy of the episode."""
        beginning = dict(self._beginning)
        return {"known": dict(self._known), "files": dict(self.files), "beginning": beginning}

    def knows(self, known: Mapping[str, Any]) -> None:
        """Go on as the judge of which this is what was `known`."""
        self._known, self.files = dict(known["known"]), dict(known["files"])
        self._beginning = dict(known["beginning"])

    def begin(self) -> None:
        """Note what there is before anything was done, for `start`.

        Raises:
            Fault: It cannot be got at.
        """
        if not self._session.app.files_tell:
            self._beginning = self._gather(quit=False, over=False)

    def start(self) -> Verdict:
        """The verdict of having done nothing."""
        return self._judge(self._beginning, None)

    def verdict(self, end: Terminate | None, quit: bool, over: bool) -> Verdict:
        """The verdict of what there is now.

        Args:
            end: How the agent terminated; None if it has not.
            quit: Whether it has ended the application.
            over: Whether the episode is over.

        Raises:
            Fault: What it left cannot be got at.
        """
        try:
            self.files = self._gather(quit, over)
        except Unreadable as e:
            return Verdict((Check("files", False, str(e)),))
        return self._judge(self.files, end)

    def _gather(self, quit: bool, over: bool) -> dict[str, bytes]:
        """The workspace's files, and what the application tells."""
        session, instance = self._session, self._instance
        files = session.left()
        told = session.app.left(
            session, instance.open, saved=instance.save, quit=quit, over=over and not instance.ends
        )
        return {**files, **told}

    def _judge(self, files: Mapping[str, bytes], end: Terminate | None) -> Verdict:
        answer, status = (end.answer, end.status) if end else ("", "")
        key = _content(files), answer, status
        if key not in self._known:
            verdict = self._grader.grade(self._instance, files, answer, status)
            if verdict.fault:
                return verdict
            self._known[key] = verdict
        return self._known[key]


def _content(files: Mapping[str, bytes]) -> str:
    """What files hold, whenever it was stored; who stored it when is told in `docProps`."""
    held = {name: digest(data, without="docProps/") for name, data in sorted(files.items())}
    return json.dumps(held)
