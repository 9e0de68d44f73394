"""The sandbox that validators run in, and what of the host it sees."""

from __future__ import annotations

import importlib.util
import json
import os
import select
import socket
import stat
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Final

from cuagym import formats, sandbox
from cuagym.errors import Fault, SetupError
from cuagym.grading.wire import Settings
from cuagym.packages import apt_line, missing
from cuagym.sandbox import Limits, Root

__all__ = ["Walls", "needed"]

FOLDER: Final = "/tmp/grader"
RECALCULATE: Final = Path(__file__).with_name("recalculate.py")
START: Final = 120.0
"""The most seconds that a start may take; a machine with every core busy takes tens of them."""
_UNO: Final = Path("/usr/lib/python3/dist-packages/uno.py")
_LIMITS: Final = Limits(memory=6 << 30, processes=512, disk=2 << 30)


def _check_machine() -> None:
    """Refuse a machine without the office, naming the command that installs it.

    Raises:
        SetupError: If it lacks something.
    """
    if not (Path("/usr/bin/soffice").exists() and _UNO.exists()):
        line = apt_line(missing("office") or ("python3-uno",))
        raise SetupError(f"grading needs LibreOffice and its Python bridge: {line}")


def _check_readable(places: Iterable[Path], backend: str) -> None:
    """Refuse folders that root may read, and the sandbox's user, who is nobody outside, may not.

    Raises:
        SetupError: If there is one; holds the command that mends it.
    """
    if sandbox.pick(backend)[0] != "runc":
        return
    for place in places:
        for inner in (place, *place.glob("*.py"), *place.glob("*/__init__.py")):
            if not inner.stat().st_mode & stat.S_IROTH:
                raise SetupError(
                    f"validators run as a user of their own, who may not read {inner}:"
                    f" chmod -R o+rX {place}"
                )


def _module_places(module: str) -> Iterable[Path]:
    """Yield where the top package of a module lies, and what links in it lead to."""
    try:
        spec = importlib.util.find_spec(module.partition(".")[0])
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        return
    for place in spec.submodule_search_locations or ([spec.origin] if spec.origin else []):
        yield Path(place)
        # Only links to folders of the same project: cuagym/envs -> ../envs.
        with suppress(OSError):
            yield from (p.resolve() for p in Path(place).iterdir() if p.is_symlink())


def needed(sources: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the folders that the validators' interpreter must see, none inside another.

    Args:
        sources: Where the validators are: modules, or files.
    """
    places = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.exec_prefix)]
    places += [Path(p) for p in sys.path if p.endswith(("site-packages", "dist-packages"))]
    places += _module_places("cuagym")
    for source in (*sources.values(), *formats.modules()):
        file = Path(source)
        places += [file.parent] if source.endswith(".py") else _module_places(source)
    kept: list[Path] = []
    for place in sorted({Path(os.path.abspath(p)) for p in places if p.exists()}):
        if not any(place.is_relative_to(k) for k in (Path("/usr"), *kept)):
            kept.append(place)
    return tuple(kept)


class Walls:
    """One sandbox with a zygote and recalculating LibreOffices in it.

    Args:
        backend: The sandbox's backend, or `auto`.
        settings: What the zygote is told.

    Raises:
        Fault: If it does not start.
        SetupError: If the machine lacks something.
    """

    def __init__(self, backend: str, settings: Settings) -> None:
        """Start it and wait until it takes grades; LibreOffice starts meanwhile."""
        _check_machine()
        self._settings = settings
        self._errors = os.memfd_create("grader", os.MFD_CLOEXEC)
        places = needed(settings.sources)
        _check_readable(places, backend)
        binds = [(str(p), str(p)) for p in places]
        self._sandbox = sandbox.start(
            backend, root=Root(clock=False).plus(read_only=binds), limits=_LIMITS
        )
        try:
            self._start()
        except BaseException as e:
            self.close()
            if isinstance(e, OSError):
                raise Fault(f"the grader could not be started: {e}") from e
            raise

    def _start(self) -> None:
        """Start LibreOffice's helper and the zygote, side by side, and wait for both."""
        paths = [p for p in sys.path if p.endswith(("site-packages", "dist-packages"))]
        modules = [s for s in self._settings.sources.values() if not s.endswith(".py")]
        for module in ("cuagym", *modules, *formats.modules()):
            paths += [str(p.parent) for p in _module_places(module)][:1]
        settings = self._settings
        helper = ["/usr/bin/python3", str(RECALCULATE), settings.office, settings.folder]
        helper += [str(settings.recalculation), str(settings.offices)]
        zygote = [sys.executable, "-P", "-m", "cuagym.grading.zygote", json.dumps(asdict(settings))]
        env = {
            "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        with ExitStack() as stack:
            for wait in [self._spawn(stack, helper, {}), self._spawn(stack, zygote, env)]:
                wait()

    def _spawn(
        self, stack: ExitStack, command: list[str], env: Mapping[str, str]
    ) -> Callable[[], None]:
        """Start a program inside, and return what waits until it says that it is ready."""
        ready, says_ready = os.pipe2(os.O_CLOEXEC)
        stack.callback(os.close, ready)
        try:
            pid = self._sandbox.spawn(
                command, env=env, cwd="/tmp", stdout=says_ready, stderr=self._errors
            )
        finally:
            os.close(says_ready)

        def wait() -> None:
            poll = select.poll()
            poll.register(ready, select.POLLIN)
            if not poll.poll(START * 1000):
                raise Fault(f"the grader was not ready after {START:g} s: {self.errors()}")
            if not os.read(ready, 16):
                code = self._sandbox.exits().get(pid)
                raise Fault(f"the grader ended at its start (status {code}): {self.errors()}")

        return wait

    def connect(self) -> socket.socket:
        """Return a connection that serves one grade.

        Raises:
            OSError: If the zygote is gone.
        """
        return self._sandbox.connect(self._settings.socket)

    def errors(self) -> str:
        """Return the last that was written to standard error inside."""
        with suppress(OSError):  # closed meanwhile by another thread
            size = os.fstat(self._errors).st_size
            tail = os.pread(self._errors, 2000, max(0, size - 2000)).decode(errors="replace")
            return tail.strip() or "it said nothing"
        return "it said nothing"

    def close(self) -> None:
        """End everything inside, and wait for it."""
        self._sandbox.close(wait=True)
        if self._errors >= 0:
            os.close(self._errors)
            self._errors = -1
