"""What `cuagym doctor` looks at: small functions, each of which returns a finding.

None of them starts a desktop: that is the self-test's.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from cuagym import app as apps
from cuagym import cache, desktops, packages, sandbox
from cuagym.commands import stdout_kept_clean
from cuagym.commands._extras import EXTRAS, Extra
from cuagym.commands._units import size
from cuagym.commands.doctor import kernel
from cuagym.commands.doctor.finding import Finding
from cuagym.errors import CuagymError, SetupError
from cuagym.native import build
from cuagym.sandbox import criu, memory, room, runc

# What tells that a package's content is there, however it came: dpkg does not know of everything.
_PROGRAMS = {
    "xvfb": "Xvfb",
    "openbox": "openbox",
    "x11-xkb-utils": "xkbcomp",
    "libreoffice-calc": "localc",
    "runc": "runc",
    "bubblewrap": "bwrap",
}
_GROUPS = ("screen", "office", "look")
_MANY = 16
"""Desktops that a machine for training should have room for."""
_PATH = os.pathsep.join(["/usr/local/sbin", "/usr/sbin", "/sbin"])


def every(backend: str) -> Iterator[Finding]:
    """Everything, in the order in which a machine is set up.

    Args:
        backend: The sandbox that is asked for, "auto" for the one that is picked.
    """
    yield python()
    yield machine()
    for group in _GROUPS:
        yield system_packages(group)
    yield compiler()
    yield from kernel.every()
    yield picked_sandbox(backend)
    yield office()
    yield browser()
    yield warm_profiles()
    yield snapshots()
    yield crowd()
    yield task_packs()
    for extra in EXTRAS.values():
        yield optional(extra)


def python() -> Finding:
    """The interpreter's version."""
    version = platform.python_version()
    return Finding(
        "Python",
        sys.version_info >= (3, 11),
        f"{version} ({sys.executable})",
        "" if sys.version_info >= (3, 11) else "install Python 3.11 or later",
    )


def machine() -> Finding:
    """The kind of machine: what the C sources were written for."""
    kind, kernel_version = platform.machine(), platform.release()
    known = sys.platform == "linux" and kind in ("x86_64", "aarch64")
    fix = "" if known else "use Linux on x86_64 or aarch64"
    return Finding("machine", known, f"{platform.system()} {kernel_version} on {kind}", fix)


def _absent(*groups: str) -> list[str]:
    """The packages of the groups that are not there; those without a trace count as there."""
    path = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}{_PATH}"
    has_dpkg = shutil.which("dpkg-query") is not None
    return [
        package
        for package in packages.missing(*groups)
        if (
            has_dpkg
            if package not in _PROGRAMS
            else not shutil.which(_PROGRAMS[package], path=path)
        )
    ]


def system_packages(name: str) -> Finding:
    """One group of the list of system packages."""
    group, absent = packages.groups()[name], _absent(name)
    return Finding(
        f"packages for the {name}",
        not absent,
        (f"missing: {' '.join(absent)}; " if absent else f"{' '.join(group.packages)}: ")
        + group.why,
        packages.apt_line(absent) if absent else "",
    )


def compiler() -> Finding:
    """A C compiler that works, and the parts that it makes."""
    try:
        for part in ("clock.so", "controller.so", "init"):
            build.artifact(part)
    except SetupError as e:
        line = packages.apt_line(packages.packages("compiler"))
        return Finding("compiler", False, str(e), line)
    except OSError as e:
        return Finding("compiler", False, f"the cache cannot be written: {e}", _writable_cache())
    found = build.compiler() or "none; the parts are in the cache"
    return Finding("compiler", True, f"{found}; the clock, its controller and init are compiled")


def _writable_cache() -> str:
    return "export CUAGYM_CACHE=/some/folder/that/is/writable"


def picked_sandbox(backend: str) -> Finding:
    """Which sandbox would be used, why, and what it does not promise."""
    try:
        name, why = sandbox.pick(backend)
    except SetupError as e:
        absent = _absent("sandbox")
        fix = packages.apt_line(absent) if absent else ""
        return Finding("sandbox", False, str(e), fix)
    asked = f"{backend} picks {name}: {why}" if backend == "auto" else f"{name}: {why}"
    return Finding("sandbox", True, f"{asked}. {sandbox.promises(name)}")


def office() -> Finding:
    """LibreOffice's version, and that a sandbox can see it."""
    try:
        version = apps.load("excel").version()
    except CuagymError as e:
        line = packages.apt_line(packages.packages("office"))
        return Finding("LibreOffice", False, str(e), line)
    program = Path(shutil.which("soffice") or "").resolve()
    if not program.is_relative_to("/usr"):
        detail = f"{version}, in {program.parent}: sandboxes see only programs below /usr"
        return Finding("LibreOffice", False, detail, packages.apt_line(packages.packages("office")))
    return Finding("LibreOffice", True, version.removeprefix("LibreOffice "))


def browser() -> Finding:
    """Chromium's version; everything but the browser works without it."""
    try:
        version = apps.load("browser").version()
    except CuagymError as e:
        line = packages.apt_line(packages.packages("browser"))
        return Finding("Chromium", False, str(e), line, needed=False)
    return Finding("Chromium", True, version.removeprefix("Chromium "), needed=False)


def warm_profiles() -> Finding:
    """The cache: how much, and whether it can be written."""
    folder, entries = cache.root(), cache.entries()
    total = size(sum(e.size for e in entries))
    warm = sorted({e.name.rpartition("-")[0] for e in entries if e.kind == "profile"})
    told = f"{folder}: {len(entries)} entries, {total}; "
    told += (
        f"warm profiles: {', '.join(warm)}" if warm else "no warm profile yet (made at first use)"
    )
    place = next(p for p in (folder, *folder.parents) if p.exists())
    writable = os.access(place, os.W_OK)
    return Finding("cache", writable, told, "" if writable else _writable_cache())


def reset_mode(backend: str, failed: str = "") -> Finding:
    """How a reset comes to a clean desktop.

    Args:
        backend: The sandbox that is asked for.
        failed: What the self-test says, if it could not copy a desktop.
    """
    reason = desktops.why_not(backend) or failed
    if reason:
        told = f"by start, from a warm profile: {reason}"
    else:
        told = (
            "by restore from snapshots: of the launched application, and of tasks that come again"
            f" with their document open (up to {size(desktops.budget())} of memory in each"
            f" process; {desktops.SETTING} sets it)"
        )
    return Finding("reset", True, f"{told}; ahead of time where there is time (prepare=1)")


def snapshots() -> Finding:
    """Whether live desktops can be frozen and forked, and by what."""
    reason = criu.unusable() or runc.unusable()
    if reason:
        fix = "" if os.geteuid() else f"sh {files('cuagym') / 'images' / 'criu.sh'}"
        told = f"desktops cannot be frozen or forked: {reason}"
        return Finding("snapshots", False, told, fix, needed=False)
    path, version = criu.program()
    told = f"CRIU {'.'.join(map(str, version))} ({path}); they lie in {memory.base()}"
    return Finding("snapshots", True, told, needed=False)


def crowd() -> Finding:
    """How many desktops fit at once, and what runs out first."""
    tightest, *others = room.limits()
    told = f"for about {tightest.desktops} desktops at once ({tightest.of})"
    told += "".join(f"; {limit.of}: {limit.desktops}" for limit in others)
    enough = tightest.desktops >= _MANY
    return Finding("room", enough, told, "" if enough else tightest.fix, needed=False)


def task_packs() -> Finding:
    """The packs that are found; a broken one breaks no other."""
    import warnings

    from cuagym.pack import discover

    with stdout_kept_clean(), warnings.catch_warnings(record=True) as broken:
        warnings.simplefilter("always")
        packs = discover()
    told = ", ".join(f"{p.name} {p.version} ({len(p.names)} tasks)" for p in packs.values())
    told = "; ".join([told or "none", *(str(w.message) for w in broken)])
    return Finding("task packs", bool(packs) and not broken, told, needed=False)


def optional(extra: Extra) -> Finding:
    """One optional dependency."""
    there = extra.present()
    told = f"{extra.why}" if there else f"not installed; it {extra.why}"
    return Finding(extra.module, there, told, "" if there else extra.line, needed=False)
