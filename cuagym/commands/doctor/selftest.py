"""The proof of the doctor's findings: a sandbox, a display on its clock, a second of its time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from cuagym.commands.doctor.finding import Finding
from cuagym.errors import CuagymError, Fault

if TYPE_CHECKING:
    from cuagym.desktop.xvfb import XvfbDesktop
    from cuagym.sandbox import Sandbox

SIZE = (1280, 720)
_UNORDERED = (
    "; threads do not run in strict turns, since real-time scheduling is not permitted here: on a"
    " crowded machine a caret may blink at another moment"
)
_UNTOLD = (
    "; which of them run is not told (that takes CAP_PERFMON and a cgroup v1 controller), so each"
    " is looked at: a browser's steps take longer"
)


def selftest(backend: str, lacking: Sequence[str], say: Callable[[str], None]) -> Iterator[Finding]:
    """Starts a desktop without an application, lets a second pass in it, and copies it.

    Args:
        backend: The sandbox, "auto" for the one that is picked.
        lacking: What is known to be missing: then it is not tried.
        say: Gets a line before each part.

    Yields:
        "self-test"; and "copies", where the machine is said to allow them.
    """
    if lacking:
        yield Finding("self-test", False, f"not tried: first mend {', '.join(lacking)}")
        return
    from cuagym.errors import SetupError

    try:
        yield from _try(backend, say)
    except SetupError as e:
        what, _, cures = str(e).partition("\n")
        yield Finding("self-test", False, what, cures)
    except (CuagymError, OSError) as e:
        yield Finding("self-test", False, f"{type(e).__name__}: {e}", "report it as a bug")


def _try(backend: str, say: Callable[[str], None]) -> list[Finding]:
    from cuagym.desktop.xvfb import DISPLAY, FRAMEBUFFER, XvfbDesktop
    from cuagym.sandbox import Root, start, unfreezable
    from cuagym.session import tar

    began = time.perf_counter()
    say("self-test: starting a sandbox with a clock ...")
    with start(backend, Root(clock=True)) as box:
        folders = (FRAMEBUFFER.lstrip("/"), "tmp/.X11-unix")
        box.unpack(tar({}, folders), "/")
        say(f"self-test: starting a display ({DISPLAY}) in {box.backend} ...")
        desktop = XvfbDesktop(box, SIZE)
        try:
            say("self-test: granting a second of application time ...")
            # A sleeper whose timer is inside the grant: time must really reach it.
            sleeper = box.spawn(["sleep", "0.5"])
            report = desktop.grant(1.0)
            woke = box.exits().get(sleeper) == 0
            shape = desktop.frame().shape
            ordered, is_told = desktop.clock.ordered, desktop.clock.told
            took = time.perf_counter() - began
            copies = [] if unfreezable(box.backend) else [_copies(box, desktop, say)]
        finally:
            desktop.close()
        name = box.backend
        box.close(wait=True)
    if not (report.settled and woke):
        state = "did not settle" if not report.settled else "did not reach a program that sleeps"
        return [Finding("self-test", False, f"a second of application time {state}"), *copies]
    told = f"a second of application time took {report.real * 1e3:.0f} ms"
    told += f"; screen {shape[1]}x{shape[0]} by {name}, there in {took:.1f} s"
    told += "; threads run in turns" if ordered else _UNORDERED
    if ordered:
        told += ", and the kernel tells which" if is_told else _UNTOLD
    return [Finding("self-test", True, told), *copies]


def _copies(box: Sandbox, desktop: XvfbDesktop, say: Callable[[str], None]) -> Finding:
    """Freezes the desktop and makes a copy live."""
    say("self-test: freezing it and restoring a copy ...")
    try:
        return Finding("copies", True, _try_copy(box, desktop), needed=False)
    except (CuagymError, OSError) as e:
        told = f"a desktop could not be frozen and restored: {e}"
        return Finding("copies", False, told, "report it as a bug", needed=False)


def _try_copy(box: Sandbox, desktop: XvfbDesktop) -> str:
    from cuagym.desktop.clock import Place
    from cuagym.desktop.xvfb import XvfbDesktop
    from cuagym.sandbox import memory, restore

    folder = memory.claim(box.memory())
    try:
        began = time.perf_counter()
        with desktop.frozen() as frozen:
            image = box.freeze(folder.path)
        froze, place = time.perf_counter(), Place()
        with restore(image, place.cpu) as copy:
            other = XvfbDesktop(copy, SIZE, frozen, place)
            try:
                settled = other.grant(1.0).settled
            finally:
                other.close()
        took = time.perf_counter() - froze
    finally:
        folder.remove()
    if not settled:
        raise Fault("a copy of it did not settle")
    return f"a desktop was frozen in {froze - began:.2f} s, a copy lived within {took:.2f} s"
