"""Compiles the C sources at first use, into the cache, keyed by source, flags and libc.

A library that is preloaded must fit the libc of the programs that it is loaded into, so it is built
where it is used and never shipped: the wheel stays pure Python.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Literal

from cuagym import cache as user_cache
from cuagym.errors import SetupError

SOURCES = Path(__file__).parent
Name = Literal["clock.so", "controller.so", "image.so", "init"]

_LIBRARY = ("-shared", "-fPIC")
_RECIPES: dict[Name, tuple[str, tuple[str, ...]]] = {
    "clock.so": ("clock.c", ("-O2", *_LIBRARY)),
    "controller.so": ("controller.c", ("-O3", *_LIBRARY, "-fvisibility=hidden", "-pthread")),
    "image.so": ("image.c", ("-O3", *_LIBRARY, "-fvisibility=hidden")),
    "init": ("init.c", ("-O2",)),
}


def compiler() -> str | None:
    """The C compiler: $CC, cc or gcc; None if there is none."""
    return next((c for c in (os.environ.get("CC"), "cc", "gcc") if c and shutil.which(c)), None)


def _key(name: Name) -> str:
    libc = " ".join(platform.libc_ver())
    digest = hashlib.sha256(f"{name} {_RECIPES[name]} {libc} {platform.machine()}".encode())
    for source in sorted(SOURCES.glob("*.[ch]")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _compile(name: Name, target: Path) -> None:
    command = compiler()
    if command is None:
        raise SetupError(
            "no C compiler found (looked for $CC, cc, gcc), and cuagym compiles its clock once per "
            "machine; install one with: apt-get install gcc libc6-dev"
        )
    source, flags = _RECIPES[name]
    done = subprocess.run(
        [command, *flags, "-o", str(target), str(SOURCES / source)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise SetupError(
            f"{command} could not compile {source} (apt-get install gcc libc6-dev gives what it "
            f"needs):\n{done.stderr[-2000:]}"
        )
    target.chmod(0o755)  # whatever the umask: sandboxes' users run it too


@cache
def artifact(name: Name) -> Path:
    """The compiled library or program, built now if the cache lacks it.

    Raises:
        SetupError: there is no compiler, or it failed; the message says what to install.
    """
    stem = name.split(".")[0]
    folder = user_cache.entry("native", f"{stem}-{_key(name)}", lambda f: _compile(name, f / name))
    return folder / name
