"""Shows or clears the cache: compiled parts and warm profiles.

All of it can be made again, and is when it is needed next. It lies in $CUAGYM_CACHE, or in cuagym
below $XDG_CACHE_HOME or ~/.cache, and keeps the most recently used entries of each kind.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict

from cuagym import cache
from cuagym.commands import add_json, emit
from cuagym.commands._units import size


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "what",
        nargs="?",
        choices=("show", "clear"),
        default="show",
        help="show what it holds, or remove all of it (default: show)",
    )
    add_json(parser)


def main(args: argparse.Namespace) -> int:
    """Does the work and returns the exit code."""
    folder, entries = cache.root(), cache.entries()
    total = sum(entry.size for entry in entries)
    if args.what == "clear":
        freed = cache.clear()
        if args.json:
            emit({"folder": str(folder), "cleared": freed, "entries": len(entries)})
        else:
            print(f"{folder}: {len(entries)} entries, {size(freed)} removed")
        return 0
    if args.json:
        emit({"folder": str(folder), "size": total, "entries": [asdict(e) for e in entries]})
        return 0
    for entry in entries:
        print(f"{entry.kind:8}  {size(entry.size):>8}  {entry.name}")
    print(f"{folder}: {len(entries)} entries, {size(total)}")
    return 0
