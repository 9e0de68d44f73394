"""The commands of `cuagym`: every module and package of this folder is one.

A command is a file with two functions, `add_arguments(parser)` and `main(args)`, which returns the
exit code. Its docstring is its help, the first line of it its summary; its name is the file's, with
`-` for `_` and without one at the end (`list_.py` is `cuagym list`). Files that begin with `_` are
helpers. A command imports what is heavy inside its functions, and prints what was asked for on
stdout, progress on stderr.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import pkgutil
import sys
from typing import Any, Protocol, cast

__all__ = ["Command", "add_json", "emit", "load", "names", "say", "stdout_kept_clean"]


class Command(Protocol):
    """What a module of this folder holds."""

    __doc__: str | None

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declares the arguments."""

    def main(self, args: argparse.Namespace) -> int:
        """Does the work and returns the exit code."""


def names() -> dict[str, str]:
    """The modules of all commands, by the commands' names; none is imported."""
    found = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
    return {name.rstrip("_").replace("_", "-"): name for name in found}


def load(name: str) -> Command:
    """Imports a command."""
    return cast(Command, importlib.import_module(f"{__name__}.{names()[name]}"))


def add_json(parser: argparse.ArgumentParser) -> None:
    """Adds the option of every command whose answer a machine may read."""
    parser.add_argument(
        "--json", action="store_true", help="print one JSON document on stdout, and nothing else"
    )


def emit(document: Any) -> None:
    """Prints a JSON document."""
    print(json.dumps(document, indent=2, ensure_ascii=False), flush=True)


def say(text: str = "") -> None:
    """Prints a line of progress."""
    print(text, file=sys.stderr, flush=True)


def stdout_kept_clean() -> contextlib.AbstractContextManager[Any]:
    """Within it, prints go to stderr: a pack's, say, which know nothing of --json."""
    return contextlib.redirect_stdout(sys.stderr)
