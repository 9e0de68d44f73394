"""Writes a task file for a workbook of yours: an example that works, to be made your own.

The example asks for something simple in the sheet that the workbook opens with. Its comments say
how to go on; docs/tasks.md tells all keys, docs/validators.md all validators.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from cuagym.commands import add_json, emit, stdout_kept_clean
from cuagym.errors import UsageError

if TYPE_CHECKING:
    from cuagym.commands._wish import Wish

TEMPLATE = """\
# A task without code; docs/tasks.md tells all keys. Paths are relative to this file.

id = {id}
app = "excel"

# What the agent is asked. Name the sheet and the cells, and say what the validators look at.
instruction = {instruction}

# A copy of this document is opened. `files` may list others that lie beside it.
open = {document}

# {save_why}
save = {save}
max_steps = 30
capabilities = {capabilities}

# One way to do it, as actions: `cuagym check` plays it in the real application, and it must pass.
# An action is a step of its own; a list of actions is one step.
solve = [
    [
        {{ action = "key", keys = ["ctrl", "shift", "t"] }}, # into the Name Box
        {{ action = "key", keys = ["ctrl", "a"] }},
        {{ action = "type", text = {go_to} }},
    ],
    {{ action = "type", text = {typed} }},
{save_action}]

# What must be true of the workbook at the end. All checks of all validators must pass.
[[validators]]
name = "workbook.cells"
weight = 3
{cells}

# Nothing else may have changed.
[[validators]]
name = "workbook.unchanged"
outside = {outside}

# Instead of saying what cells hold, you can do the task yourself, store the result under another
# name, and write (`cuagym check` proves that it passes, and what the task begins with does not):
#     [[validators]]
#     name = "workbook.equals_gold"
#     gold = {gold}
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("workbook", type=Path, metavar="WORKBOOK", help="xlsx, ods, xls or csv")
    parser.add_argument(
        "--id", default="", metavar="PACK/NAME", help="(default: my/ and the workbook's name)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="where to write it (default: NAME.toml beside the workbook)",
    )
    parser.add_argument("--force", action="store_true", help="overwrite FILE if it is there")
    add_json(parser)


def main(args: argparse.Namespace) -> int:
    """Does the work and returns the exit code."""
    with stdout_kept_clean():
        id = args.id or f"my/{_slug(args.workbook.stem)}"
        out = args.out or args.workbook.parent / f"{id.partition('/')[2]}.toml"
        _check(id, out, args.force)
        text = _text(args.workbook, id, out)
        _write(out, text)
    if args.json:
        emit({"id": id, "file": str(out)})
    else:
        print(f"{out} is the task {id}. Now make it yours, and then:")
        print(f"    cuagym check {out}     # proves it")
        print(f"    cuagym play CUA-Excel-v0 --task {out}     # do it yourself, see the verdict")
    return 0


def _slug(stem: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or "task"


def _check(id: str, out: Path, force: bool) -> None:
    """Refuses what could not be written, before anything is read."""
    from cuagym.task import ID

    if not ID.fullmatch(id):
        raise UsageError(
            f"--id {id!r} must be PACK/NAME in lower case, such as 'my/{_slug(id)}':"
            " letters, digits, '.', '_' and '-', and one '/'"
        )
    if out.suffix != ".toml":
        raise UsageError(f"--out {str(out)!r} must end with .toml, such as {out.stem + '.toml'!r}")
    if not out.parent.is_dir():
        raise UsageError(f"there is no folder {str(out.parent)!r}")
    if out.exists() and not (force and out.is_file()):
        raise UsageError(f"{str(out)!r} is there already; --force overwrites a file")


def _text(workbook: Path, id: str, out: Path) -> str:
    """Returns the task file's text."""
    from cuagym import documents, formats
    from cuagym.app import unsuited
    from cuagym.commands._wish import wish

    data = documents.read(workbook, "workbook")
    if what := unsuited("excel", workbook.name) or formats.problem(workbook.name, data):
        raise UsageError(f"workbook {str(workbook)!r} cannot be opened: {what}")
    suffix = workbook.suffix.lower()
    try:
        book = data if suffix == ".xlsx" else _as_xlsx(workbook.name, data)
        wanted = wish(book, formulas=suffix != ".csv")
    except UsageError as e:
        raise UsageError(f"nothing can be asked of {str(workbook)!r}: {e}") from None
    gold = f"{workbook.stem}-gold{workbook.suffix}"
    relative = os.path.relpath(os.path.abspath(workbook), os.path.abspath(out.parent))
    # Calc asks back when it saves as xls or csv: those tasks are judged on the live workbook.
    save = suffix in (".xlsx", ".ods")
    clause = ", and save the workbook" if save else ""
    return TEMPLATE.format(
        id=quoted(id),
        instruction=quoted(f"In the sheet '{wanted.sheet}', {wanted.asked}{clause}."),
        document=quoted(relative),
        save=str(save).lower(),
        save_why="Judged is the file on disk: say in the instruction that it must be saved."
        if save
        else "Judged is the workbook as it stands on the screen, saved or not.",
        capabilities=_list(["formula-sum" if wanted.probe else "cell-entry"] + ["save"] * save),
        go_to=quoted(f"{wanted.cell}\n"),
        typed=quoted(f"{wanted.typed}\n"),
        save_action='    { action = "key", keys = ["ctrl", "s"] },\n' * save,
        cells=_cells(wanted),
        # As a list, since texts are split at commas, which a sheet's name may hold.
        outside=_list([_named(wanted.sheet, wanted.cell)]),
        gold=quoted(gold),
    )


def _as_xlsx(name: str, data: bytes) -> bytes:
    from cuagym.grading import Grader

    with Grader() as grader:
        return grader.stored_again(name, data)


def _cells(wanted: Wish) -> str:
    """Returns the table of cells, and what each must hold."""
    key = quoted(_named(wanted.sheet, wanted.cell))
    if wanted.probe is None:
        value = quoted(wanted.value) if isinstance(wanted.value, str) else wanted.value
        return f"cells = {{ {key} = {value} }}"
    cell, value, then = wanted.probe
    probe = quoted(_named(wanted.sheet, cell))
    return (
        "# A formula that shows this, and that follows when a number of the column changes: so a\n"
        "# number that somebody typed does not pass.\n"
        f"[validators.cells.{key}]\n"
        "formula = true\n"
        f"value = {wanted.value}\n"
        f"what_if = {{ set = {{ {probe} = {value} }}, value = {then} }}"
    )


def _named(sheet: str, cell: str) -> str:
    return f"{sheet}!{cell}"


def quoted(text: str) -> str:
    """Returns a text as TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(texts: list[str]) -> str:
    return "[" + ", ".join(map(quoted, texts)) + "]"


def _write(out: Path, text: str) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as e:
        raise UsageError(f"{str(out)!r} cannot be written: {e.strerror}") from None
    _prove(out)


def _prove(out: Path) -> None:
    """Reads what was written; an error in it would be ours."""
    from cuagym.pack import validator_sources
    from cuagym.taskfile import read

    read(out, validator_sources())
