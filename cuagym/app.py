"""The seam between the engine and applications: what an adapter says.

An adapter (envs/excel.py, say) knows how to start its program, when it is ready, how to export the
live state. It is found through the entry-point group `cuagym.apps`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import entry_points
from pathlib import PurePath
from typing import Any, ClassVar, Literal, Protocol

from cuagym.actions import Action
from cuagym.desktop.x11 import Window
from cuagym.desktop.xvfb import XvfbDesktop
from cuagym.errors import UsageError, nearest
from cuagym.sandbox import Sandbox
from cuagym.task import Element

Look = Literal["gtk3", "plain"]
LOOKS: tuple[Look, ...] = ("gtk3", "plain")
HOME = "/home/agent"
WORKSPACE = "/home/agent/Documents"
"""Where a task's files lie; the same path in every sandbox, since paths show on the screen."""


class Live(Protocol):
    """What an adapter is given of a running session of its application."""

    @property
    def document(self) -> str:
        """The path inside of the document that was opened; "" for an empty one."""

    @property
    def notes(self) -> dict[str, Any]:
        """What the adapter notes of the session, as plain data."""

    @property
    def sandbox(self) -> Sandbox:
        """Where it runs. Raises Fault if it is not there any more."""

    def spawn(self, command: Sequence[str]) -> int:
        """Starts a program as the application was started; its pid inside.

        Raises:
            Fault: the sandbox is not there any more.
        """

    @property
    def screen(self) -> XvfbDesktop:
        """What it is seen on, and its clock. Raises Fault if the session is closed."""


class Application(ABC):
    """What the engine asks of an application. Stateless: one object serves all sessions."""

    name: ClassVar[str]
    """The name that tasks use: excel, word ..."""
    suffixes: ClassVar[tuple[str, ...]]
    """The endings of the documents that it opens, such as ".xlsx"."""
    folders: ClassVar[tuple[str, ...]]
    """Where its program's files lie, programs that it starts, and names of libraries that it loads
    of its own accord ("libgtk-3.so.0"): held in memory while in use."""

    @abstractmethod
    def home(self, look: Look) -> Mapping[str, bytes]:
        """Configuration files below the home folder, as they are before the first start."""

    @abstractmethod
    def version(self) -> str:
        """The installed program's version: a warm profile belongs to one.

        Raises:
            SetupError: it is not installed; the message says what to install.
        """

    @abstractmethod
    def tools(self) -> Mapping[str, bytes]:
        """Files for the sandbox that the agent's user can read and not change, by path."""

    @abstractmethod
    def environment(self, look: Look) -> Mapping[str, str]:
        """Environment variables of the program."""

    @abstractmethod
    def launch(self) -> list[str]:
        """The command line that starts the program, without any document or window."""

    def visible(self, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """Those of a task's files, by name, that lie in the workspace for the agent to see."""
        return files

    @abstractmethod
    def open(self, session: Live, files: Mapping[str, bytes], document: str) -> None:
        """Has the program that runs open a document, as for a user who double-clicks on a file.

        Args:
            session: The session; `visible` files lie in its workspace.
            files: All of the task's files, by name.
            document: The name of one of them; "" for an empty document.


        Raises:
            Fault: it does not answer.
        """

    @abstractmethod
    def ready(self, windows: list[Window], document: str) -> bool:
        """Whether the window of the document (its name; "" for an empty one) is there."""

    @abstractmethod
    def quit(self, session: Live) -> None:
        """Asks the program to end as its user would, so that it writes its profile."""

    @abstractmethod
    def export(self, session: Live, suffix: str) -> bytes:
        """The document as it stands, in the format of a file name's suffix such as ".xlsx".

        Neither the document nor the screen is changed by it.

        Raises:
            UsageError: the application cannot write that format, or no document is open.
            Fault: it does not answer.
        """

    def area(self, session: Live) -> tuple[int, int, int, int] | None:
        """The part of the screen that the document alone fills: left, top, width, height.

        None, if that is not known; such a session is never renewed.
        """
        return None

    def spoils(self, session: Live, action: Action) -> bool:
        """Whether an action may have reached anything but the document in its area."""
        return True

    def renew(self, session: Live, files: Mapping[str, bytes], document: str) -> bool:
        """Has a session whose episode is over show another document, as a fresh one would.

        Returns:
            Whether it does, and nothing is left of the earlier one. False gives the session up.

        Raises:
            Fault: it does not answer.
        """
        return False

    def asks(self, session: Live, settled: bool) -> str | None:
        """What the document that was opened asks of the agent itself; "" for most.

        A document that waits to begin, so that the agent sees all of it, begins now.

        Args:
            session: The session.
            settled: Whether all that a document does by itself has been waited for. If not, None is
                the answer of one that does not wait to begin.
        """
        return "" if settled else None

    def over(self, session: Live) -> bool:
        """Whether the document itself says that the episode is over; only games and exams do."""
        return False

    def elements(self, session: Live, selector: str) -> list[Element]:
        """What shows on the screen, for oracles, by a CSS selector.

        Neither the document nor the screen is changed by it.

        Raises:
            UsageError: the application has no such elements, or the selector is wrong.
            Fault: it does not answer.
        """
        raise UsageError(f"{self.name} cannot be asked for elements: {selector!r}")

    files_tell: ClassVar[bool] = True
    """Whether a task's files tell all of the state that it begins with."""

    def judged(self, document: str) -> str:
        """The name of the file, among those that were left, that tells the live state."""
        return document

    @abstractmethod
    def left(
        self, session: Live, document: str, *, saved: bool, quit: bool, over: bool
    ) -> Mapping[str, bytes]:
        """What is judged beside the workspace's files as they lie there, or instead of them.

        Neither the document nor the screen is changed by it while the episode goes on.

        Args:
            session: The session.
            document: The name of the file that was opened; "" for none.
            saved: Whether the task asks to save: the file on disk is judged.
            quit: Whether the application has ended.
            over: Whether the episode is over: then application time may pass.

        Raises:
            Fault: it does not answer.
        """

    compared: ClassVar[str]
    """The suffix of the format in which documents are hashed and compared, such as ".xlsx"."""

    @abstractmethod
    def content(self, session: Live) -> bytes:
        """The document as it stands, in the format `compared`; what is being typed is not in it.

        Neither the document nor the screen is changed by it, and no application time passes.

        Raises:
            Fault: it does not answer.
        """

    @abstractmethod
    def state(self, session: Live) -> Mapping[str, Any]:
        """What the application tells of itself, as plain data by topic.

        Neither the document nor the screen is changed by it, and no application time passes.

        Returns:
            "open", whether there is a document, and more if there is: "modified", "undo", "redo",
            "selection" ... Neither what the document holds nor where the pointer is.

        Raises:
            Fault: it does not answer.
        """


@cache
def load(name: str) -> Application:
    """The adapter of an application, by name.

    Raises:
        UsageError: no installed distribution offers it; names the nearest.
    """
    known = {p.name: p for p in entry_points(group="cuagym.apps")}
    if name not in known:
        raise UsageError(
            f"unknown application {name!r}{nearest(name, known)} (known: {sorted(known)})"
        )
    adapter = known[name].load()()
    assert isinstance(adapter, Application)
    return adapter


def unsuited(app: str, document: str) -> str:
    """Why an application does not open a document of such a name, as a clause; "" if it does."""
    suffixes = load(app).suffixes
    if PurePath(document).suffix.lower() in suffixes:
        return ""
    return f"its ending is none of {', '.join(suffixes)}"


def names() -> list[str]:
    """The names of all applications."""
    return sorted({p.name for p in entry_points(group="cuagym.apps")})
