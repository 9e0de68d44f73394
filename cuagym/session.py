"""One application with one document on one clean desktop in one sandbox."""

from __future__ import annotations

import errno
import hashlib
import io
import posixpath
import signal
import subprocess
import tarfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cuagym import cache as user_cache
from cuagym.actions import Action
from cuagym.app import HOME, WORKSPACE, Application, Look
from cuagym.artefacts import Unreadable
from cuagym.desktop import xvfb
from cuagym.desktop.clock import Place
from cuagym.desktop.xvfb import DISPLAY, XvfbDesktop
from cuagym.documents import MAX_BYTES
from cuagym.errors import Fault
from cuagym.sandbox import Image, Limits, Root, Sandbox, recipe, residence, restore, stamp, start

FILE_TIME = 1767603600
"""The time that all files bear at the start: application time 0, 2026-01-05 09:00 UTC."""
START_SECONDS = 60
"""Application time after which an application that has shown no window is broken."""


def tar(files: Mapping[str, bytes], folders: tuple[str, ...] = ()) -> bytes:
    """A tar of files and folders by path, every one of the same time and order."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for folder in folders:
            info = tarfile.TarInfo(folder)
            info.type, info.mode, info.mtime = tarfile.DIRTYPE, 0o755, FILE_TIME
            archive.addfile(info)
        for path, data in sorted(files.items()):
            info = tarfile.TarInfo(path)
            info.size, info.mode, info.mtime = len(data), 0o644, FILE_TIME
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@dataclass(frozen=True)
class Frozen:
    """A session at one moment.

    Attributes:
        image: its sandbox.
        desktop: what its desktop knows beside.
        document: the open document's path inside.
        pid: the application's, as the sandbox counts.
        asks: what the document asks of the agent.
        notes: what the adapter noted of it.
        spoilt: whether an action may have reached more than the document.
    """

    image: Image
    desktop: xvfb.Frozen
    document: str
    pid: int
    asks: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)
    spoilt: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain data for json: all but the files in the image's folder."""
        return {
            "image": self.image.to_json(),
            "desktop": self.desktop.to_json(),
            "document": self.document,
            "pid": self.pid,
            "asks": self.asks,
            "notes": dict(self.notes),
            "spoilt": self.spoilt,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], folder: Path, app: Application) -> Frozen:
        """What `to_json` wrote of a session of an application, its image's files in a folder.

        Raises:
            Fault: it was not taken on such a machine as this; says what differs.
        """
        image = Image.from_json(data["image"], folder, recipe(_root(app)))
        desktop = xvfb.Frozen.from_json(data["desktop"])
        document, pid, asks = str(data["document"]), int(data["pid"]), str(data.get("asks", ""))
        notes, spoilt = dict(data.get("notes", {})), bool(data.get("spoilt"))
        return cls(image, desktop, document, pid, asks, notes, spoilt)


def _root(app: Application) -> Root:
    return Root(clock=True).plus(files=app.tools())


class Session:
    """One application with one document, settled on a clean desktop. Nothing starts before `start`.

    Args:
        app: the adapter.
        size: of the screen, width and height in pixels.
        look: "gtk3" or "plain".
        sandbox: "auto", "runc" or "bubblewrap".
    """

    def __init__(
        self, app: Application, size: tuple[int, int], look: Look, sandbox: str = "auto"
    ) -> None:
        self.app, self.look = app, look
        self.size, self.backend = size, sandbox
        self.document = ""
        self.asks = ""
        """What the open document itself asks of the agent."""
        self.notes: dict[str, Any] = {}
        self.spoilt = False
        """Whether an action may have reached more than the open document."""
        self.pid = 0
        self._sandbox: Sandbox | None = None
        self.desktop: XvfbDesktop | None = None
        self._aborted = False
        self._lock = threading.Lock()

    def start(self, files: Mapping[str, bytes], document: str, home: bytes | None = None) -> None:
        """Starts all of it: `launch`, then `open`."""
        self.launch(home)
        self.open(files, document)

    def launch(self, home: bytes | None = None) -> None:
        """Starts the application without a document; after a failure nothing is left.

        What follows is the same whether it was launched or restored from a copy of this moment.

        Args:
            home: the warm profile as a tar; None to make or find it in the cache.

        Raises:
            Fault: something did not start, or `abort` was called meanwhile.
            SetupError: the machine lacks something.
        """
        if home is None:
            home = warm_home(self.app, self.look, self.backend)
        residence.begin(self.app.folders)
        try:
            self._open_sandbox()
            self.sandbox.unpack(home, HOME)
            self.sandbox.unpack(_workspace({}), "/")
            residence.wait(self.app.folders)
            self.desktop = XvfbDesktop(self.sandbox, self.size)
            self.pid = self.spawn(self.app.launch())
            for _ in range(2):
                self._settle(1.0)
                if self.has_quit():
                    raise Fault(f"{self.app.name} ended while it started")
        except BaseException:
            self.close()
            raise

    def open(self, files: Mapping[str, bytes], document: str) -> None:
        """Opens a document in what was launched, and waits until it has settled.

        After a failure nothing is left.

        Args:
            files: the workspace's files by name.
            document: the one of them to open; "" for an empty document.

        Raises:
            Fault: it was not opened, or `abort` was called meanwhile.
        """
        self.document = f"{WORKSPACE}/{document}" if document else ""
        try:
            self.sandbox.unpack(_workspace(self.app.visible(files)), "/")
            self.app.open(self, files, document)
            self._wait_until_ready(document)
            self.asks = self.app.asks(self, settled=True) or ""
            residence.complete(self.app.folders, self.sandbox.pid)
        except BaseException:
            self.close()
            raise

    def note(self, turn: Sequence[Action]) -> None:
        """Notes what an agent is about to do: whether it may reach more than the document."""
        self.spoilt = self.spoilt or any(self.app.spoils(self, action) for action in turn)

    def renew(self, files: Mapping[str, bytes], document: str) -> bool:
        """Shows another document in place of the one that was open, as a fresh session would.

        Args:
            files: as for `open`.
            document: the one of them to open.

        Returns:
            Whether the application is sure of it; if not, the session is of no more use.

        Raises:
            Fault: it does not answer.
        """
        if self.app.visible(files) or not self.screen.refresh():
            return False
        if not self.app.renew(self, files, document):
            return False
        self.document = f"{WORKSPACE}/{document}"
        asks = self.app.asks(self, settled=False)
        if asks is None:
            self._wait_until_ready(document)
            asks = self.app.asks(self, settled=True)
        self.asks = asks or ""
        return True

    def spawn(self, command: Sequence[str]) -> int:
        """Starts a program as the application was started; its pid inside.

        Raises:
            Fault: the sandbox died or is closed.
        """
        environment = {"DISPLAY": DISPLAY, **self.app.environment(self.look)}
        return self.sandbox.spawn(command, env=environment)

    def freeze(self, folder: Path) -> Frozen:
        """Writes all of it to an empty folder; it goes on living, and no application time passes.

        Raises:
            SetupError: this machine or backend cannot.
            Fault: it failed, or the desktop has died.
        """
        with self.screen.frozen() as desktop:
            image = self.sandbox.freeze(folder)
        told = self.document, self.pid, self.asks, dict(self.notes), self.spoilt
        return Frozen(image, desktop, *told)

    def restore(self, frozen: Frozen) -> None:
        """Goes on from where another session was frozen; after a failure nothing is left.

        Raises:
            SetupError: this machine or backend cannot.
            Fault: it failed, or `abort` was called meanwhile.
        """
        self.document, self.pid, self.asks = frozen.document, frozen.pid, frozen.asks
        self.notes, self.spoilt = dict(frozen.notes), frozen.spoilt
        residence.begin(self.app.folders)
        place = Place()
        try:
            sandbox = restore(frozen.image, place.cpu)
            with self._lock:
                self._sandbox = sandbox
                if self._aborted:
                    raise Fault("the restore was given up")
            self.desktop = XvfbDesktop(sandbox, self.size, frozen.desktop, place)
            self.screen.grant(0.0)
            residence.complete(self.app.folders, sandbox.pid)
        except BaseException:
            place.close()
            self.close()
            raise

    def _open_sandbox(self) -> None:
        sandbox = start(self.backend, _root(self.app), Limits())
        with self._lock:
            self._sandbox = sandbox
            if self._aborted:
                raise Fault("the start was given up")

    def abort(self) -> None:
        """Makes a `start` that another thread is in end soon, with a Fault."""
        with self._lock:
            self._aborted = True
            if self._sandbox is not None:
                self._sandbox.close()

    @staticmethod
    def stamp(app: Application) -> dict[str, str]:
        """What must be the same where a frozen session of an application goes on."""
        return stamp(recipe(_root(app)))

    @property
    def aborted(self) -> bool:
        """Whether `abort` was called."""
        return self._aborted

    @property
    def sandbox(self) -> Sandbox:
        """Where everything runs. Raises Fault before the start."""
        if self._sandbox is None:
            raise Fault("the session has not been started")
        return self._sandbox

    @property
    def screen(self) -> XvfbDesktop:
        """The desktop. Raises Fault if the session is closed."""
        if self.desktop is None:
            raise Fault("the desktop is closed")
        return self.desktop

    def _wait_until_ready(self, document: str) -> None:
        for _ in range(START_SECONDS):
            self._settle(1.0)
            if self.app.ready(self.screen.windows(), document):
                break
            if self.has_quit():
                raise Fault(f"{self.app.name} ended while it started")
        else:
            titles = [w.title for w in self.screen.windows()]
            raise Fault(
                f"{self.app.name} showed no window of its document; windows: {titles};"
                " it may ask whether to repair a damaged one"
            )
        self._settle(5.0)

    def _settle(self, seconds: float) -> None:
        if not self.screen.grant(seconds).settled:
            raise Fault(f"the desktop did not settle while {self.app.name} started")

    def has_quit(self) -> bool:
        """Whether the application has ended by itself, as when the agent closed it.

        Raises:
            Fault: it or the desktop ended in any other way; the message says how.
        """
        if self.sandbox.out_of_memory():
            raise Fault("the desktop ran out of memory")
        ends = self.sandbox.exits()
        for program, pid in self.screen.programs.items():
            if pid in ends:
                raise Fault(f"{program} died: {_how(ends[pid])}")
        if self.pid not in ends:
            return False
        if ends[self.pid] != 0:
            raise Fault(f"{self.app.name} died: {_how(ends[self.pid])}")
        return True

    def cause(self, symptom: str) -> str:
        """Why something failed: which program ended and how, or else what was noticed."""
        try:
            if not self.sandbox.alive():
                return "the sandbox's first process died"
            self.has_quit()
        except Fault as e:
            return str(e)
        return symptom

    def left(self) -> dict[str, bytes]:
        """The workspace's regular files as they lie on disk, by name; those that can be read.

        Raises:
            Unreadable: they are too much to be graded, which is the agent's doing.
            Fault: the sandbox died.
        """
        try:
            packed = self._pack_workspace()
        except OSError as e:
            if e.errno in (errno.EAGAIN, errno.EFBIG):  # it used up its processes; it left too much
                raise Unreadable(f"the workspace cannot be read: {e}") from e
            raise Fault(f"the workspace could not be read: {e}") from e
        except subprocess.TimeoutExpired as e:
            raise Fault(f"the workspace could not be read: {e}") from e
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            return {
                posixpath.normpath(m.name): file.read()
                for m in archive
                if m.isreg() and (file := archive.extractfile(m)) is not None
            }

    def _pack_workspace(self) -> bytes:
        find = ["find", WORKSPACE, "-xdev", "-type", "f", "-readable", "-printf", "%s %P\\0"]
        listed = self.sandbox.run(find, cwd="/", timeout=120.0).stdout.split(b"\0")[:-1]
        sizes, names = [], b""
        for line in listed:
            size, _, name = line.partition(b" ")
            sizes.append(int(size))
            names += name + b"\0"
        if sum(sizes) > MAX_BYTES:
            said = f"{sum(sizes):,} bytes, more than the {MAX_BYTES:,} that are graded"
            raise OSError(errno.EFBIG, said)
        return self.sandbox.pack(WORKSPACE, names) if names else tar({})

    def close(self, wait: bool = False) -> None:
        """Ends everything; may be called twice. The sandbox's leftovers go in the background."""
        if self._sandbox is not None:
            self._sandbox.close()  # first, so that a running program ends at once
        if self.desktop is not None:
            self.desktop.close()
            self.desktop = None
        if self._sandbox is not None:
            self._sandbox.close(wait=wait)


def _how(code: int) -> str:
    number = -code if code < 0 else code - 128  # a starter reports its program's signal as 128 + n
    with suppress(ValueError):
        return f"signal {signal.Signals(number).name}"
    return f"exit status {code}"


def _workspace(files: Mapping[str, bytes]) -> bytes:
    place = WORKSPACE.lstrip("/")
    return tar(
        {f"{place}/{name}": data for name, data in files.items()},
        (place, "tmp/.framebuffer", "tmp/.X11-unix"),
    )


def warm_home(app: Application, look: Look, sandbox: str = "auto") -> bytes:
    """The home folder as one finished start leaves it: from the cache, or made now.

    Raises:
        SetupError: the application is not installed.
        Fault: it does not start or does not end.
    """
    fresh = tar(app.home(look))
    how = f"{app.version()} {look} {app.launch()} {app.environment(look)}"
    key = hashlib.sha256(how.encode() + fresh).hexdigest()[:16]

    def make(folder: Path) -> None:
        session = Session(app, (1280, 720), look, sandbox)
        session.start({}, "", fresh)
        try:
            app.quit(session)
            for _ in range(START_SECONDS):
                if session.has_quit():
                    break
                session.screen.grant(1.0)
            else:
                raise Fault(f"{app.name} did not end after its first start")
            (folder / "home.tar").write_bytes(_still(session.sandbox.pack(HOME)))
        finally:
            session.close(wait=True)

    place = user_cache.entry("profile", f"{app.name}-{look}-{key}", make)
    return (place / "home.tar").read_bytes()


def _still(home: bytes) -> bytes:
    """The tar with all times set to the one start time, so that every copy is alike."""
    buffer = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(home)) as old,
        tarfile.open(fileobj=buffer, mode="w") as new,
    ):
        for info in sorted(old.getmembers(), key=lambda m: m.name):
            info.mtime = FILE_TIME
            info.uid = info.gid = 0
            info.uname = info.gname = ""
            if info.isfile() or info.isdir():
                new.addfile(info, old.extractfile(info) if info.isfile() else None)
    return buffer.getvalue()
