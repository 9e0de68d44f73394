"""`cuagym ...`: finds the command, parses its arguments, turns errors into lines and exit codes.

Exit codes: 0 all is well; 1 the command ran and something was not well; 2 it could not run, and one
line on stderr says why; 130 it was interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from typing import TextIO

import cuagym
from cuagym import commands
from cuagym.commands import Command
from cuagym.errors import CuagymError, nearest

WRONG, INTERRUPTED = 2, 130
_ABOUT = "Real desktop applications as Gymnasium environments for computer-use agents."


class _Parser(argparse.ArgumentParser):
    """No abbreviated options: a script that uses one would break when another option comes."""

    def __init__(self, prog: str, about: str, **more: str) -> None:
        super().__init__(
            prog=prog,
            description=about,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **more,  # type: ignore[arg-type]
        )


def _top() -> argparse.ArgumentParser:
    named = {name: commands.load(name) for name in commands.names()}
    wide = max(map(len, named))
    lines = [f"  {name:{wide}}  {_summary(module)}" for name, module in named.items()]
    parser = _Parser(
        "cuagym",
        _ABOUT,
        usage="cuagym COMMAND [ARGUMENT ...]",
        epilog="\n".join(["commands:", *lines, "", "`cuagym COMMAND --help` explains one."]),
    )
    parser.add_argument("--version", action="version", version=f"cuagym {cuagym.__version__}")
    return parser


def _summary(command: Command) -> str:
    return (command.__doc__ or "").partition("\n")[0]


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code.

    Args:
        argv: the words after `cuagym`; None: the program's own.

    Raises:
        SystemExit: argparse's, after --help and for wrong options.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["help"]:
        words = [*words[1:], "--help"]
    if not words or words[0].startswith("-"):
        parser = _top()
        parser.parse_args(words)
        parser.print_help()
        return WRONG
    known = commands.names()
    if words[0] not in known:
        near = nearest(words[0], known)
        _complain(f"there is no command {words[0]!r}{near} (known: {', '.join(known)})")
        return WRONG
    command = commands.load(words[0])
    parser = _Parser(f"cuagym {words[0]}", (command.__doc__ or "").strip())
    command.add_arguments(parser)
    args = parser.parse_args(words[1:])
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        return _run(command, args)


def _run(command: Command, args: argparse.Namespace) -> int:
    try:
        code = command.main(args)
        sys.stdout.flush()
        return code
    except CuagymError as e:
        if getattr(args, "json", False):
            commands.emit({"error": str(e)})
        _complain(str(e))
        return WRONG
    except KeyboardInterrupt:
        _complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # as in `cuagym list | head -1`; the exit must not write again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _complain(text: str) -> None:
    print(f"cuagym: {text}", file=sys.stderr, flush=True)


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Warnings for users as one line; others, for developers, as Python shows them."""
    if issubclass(category, UserWarning):
        _complain(f"warning: {message}")
    else:
        print(warnings.formatwarning(message, category, filename, lineno, line), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
