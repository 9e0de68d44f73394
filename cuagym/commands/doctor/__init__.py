"""Says what this machine has and lacks, with the command that installs it, and tries it out.

The exit code is 0 only when everything needed is there. What is optional is marked so.
"""

from __future__ import annotations

import argparse
import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import cuagym
from cuagym.commands import add_json, emit, say

if TYPE_CHECKING:
    from cuagym.commands.doctor.finding import Finding


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "--sandbox",
        default="auto",
        help="look at this one: auto, runc or bubblewrap (default: auto)",
    )
    add_json(parser)


def main(args: argparse.Namespace) -> int:
    """Does the work and returns the exit code."""
    from cuagym.sandbox import promises

    if args.sandbox != "auto":
        promises(args.sandbox)  # an unknown name is better told now than half-way
    findings = []
    for finding in _findings(args.sandbox):
        findings.append(finding)
        if not args.json:
            print(_text(finding), flush=True)
    ok = all(f.ok for f in findings if f.needed)
    if args.json:
        emit(_document(findings, ok, args.sandbox))
    else:
        print()
        print("everything needed is there" if ok else _bad(findings))
    return int(not ok)


def _findings(backend: str) -> Iterator[Finding]:
    from cuagym.commands.doctor.checks import every, reset_mode
    from cuagym.commands.doctor.selftest import selftest

    lacking = []
    for finding in every(backend):
        if finding.needed and not finding.ok:
            lacking.append(finding.name)
        yield finding
    failed = ""
    for finding in selftest(backend, lacking, say):
        if finding.name == "copies" and not finding.ok:
            failed = finding.detail
        yield finding
    yield reset_mode(backend, failed)


def _bad(findings: list[Finding]) -> str:
    names = ", ".join(f.name for f in findings if f.needed and not f.ok)
    return f"not all is well: {names}"


def _text(finding: Finding) -> str:
    mark = "ok" if finding.ok else "MISSING" if finding.needed else "optional"
    head = f"{mark:9} {finding.name}: "
    wide = max(60, shutil.get_terminal_size((100, 24)).columns)
    lines = textwrap.wrap(
        head + finding.detail, wide, subsequent_indent=" " * 10, break_on_hyphens=False
    )
    # A command is never wrapped: it is there to be copied.
    return "\n".join([*lines, *(f"{'':10}mend it: {line}" for line in finding.fix.splitlines())])


def _document(findings: list[Finding], ok: bool, backend: str) -> dict[str, Any]:
    from cuagym import cache, desktops, sandbox
    from cuagym.errors import SetupError

    try:
        name, why = sandbox.pick(backend)
        picked: dict[str, str | None] = {
            "backend": name,
            "reason": why,
            "promises": sandbox.promises(name),
        }
    except SetupError as e:
        picked = {"backend": None, "reason": str(e), "promises": None}
    entries = cache.entries()
    copied = all(f.ok for f in findings if f.name == "copies")
    return {
        "ok": ok,
        "version": cuagym.__version__,
        "checks": [asdict(f) for f in findings],
        "sandbox": picked,
        "reset_mode": "restore" if copied and not desktops.why_not(backend) else "start",
        "cache": {
            "folder": str(cache.root()),
            "size": sum(e.size for e in entries),
            "profiles": sum(e.kind == "profile" for e in entries),
        },
    }
