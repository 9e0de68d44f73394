"""Task files: what they give, and what is said of those that are wrong: file, line and key."""

from __future__ import annotations

import io
import json
import os
import socket
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from cuagym import documents
from cuagym.actions import Key, Terminate, Type
from cuagym.documents import workbook_bytes
from cuagym.errors import TaskError
from cuagym.pack import find, pack_of, validator_sources
from cuagym.task import NearMiss, Screen
from cuagym.taskfile import FileTask, read
from cuagym.taskfile.lines import line, lines, named

TASK = """\
id = "sales/total"
app = "excel"
instruction = '''Put the total
into B4.'''
open = "book.xlsx"

[[validators]]
name = "workbook.cells"
cells = { B4 = 3 }
"""


def book(**cells: Any) -> bytes:
    made = Workbook()
    sheet = made.worksheets[0]
    for address, value in ({"A1": "Item", "B2": 1, "B3": 2} | cells).items():
        sheet[address] = value
    return workbook_bytes(made)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a workbook, a gold one and notes beside it."""
    monkeypatch.chdir(tmp_path)
    files = {"book.xlsx": book(), "gold.xlsx": book(B4="=SUM(B2:B3)"), "notes.txt": b"n"}
    files["notes.dwg"] = b"n"
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


@pytest.fixture
def load(folder: Path) -> Callable[..., FileTask]:
    def load(text: str = TASK, more: str = "") -> FileTask:
        (folder / "task.toml").write_text(more + text)
        return read(Path("task.toml"), validator_sources())

    return load


def test_a_task_file_is_a_family(load: Callable[..., FileTask]) -> None:
    task = load(
        more='files = ["notes.txt"]\nsave = true\nmax_steps = 7\ncapabilities = ["x", "y"]\n'
        'difficulty = "hard"\nsplit = "test"\n'
    )
    made = task.instance(3)
    assert (made.id, made.app, made.seed, made.params) == ("sales/total", "excel", 3, {})
    assert made.instruction == "Put the total\ninto B4." and made.save and made.max_steps == 7
    assert list(made.files) == ["book.xlsx", "notes.txt"] and made.open == "book.xlsx"
    assert (made.capabilities, made.difficulty, made.split) == (("x", "y"), "hard", "test")
    [spec] = made.validators
    assert (spec.name, spec.args, spec.weight) == ("workbook.cells", {"cells": {"B4": 3}}, 1.0)
    assert task.instance(3) == made and task.offers("test") and not task.offers("train")
    assert not task.has_oracle and task.gold_states() == {}
    with pytest.raises(TaskError, match="no way to the goal"):
        task.solve({}, Screen())


def test_defaults(load: Callable[..., FileTask]) -> None:
    made = load().instance(0)
    assert (made.max_steps, made.save, made.feasible) == (50, False, True)
    assert (made.difficulty, made.split, made.capabilities) == ("easy", "train", ())


def test_without_a_document(load: Callable[..., FileTask]) -> None:
    made = load(TASK.replace('open = "book.xlsx"', 'files = ["notes.txt"]')).instance(0)
    assert made.open == "" and list(made.files) == ["notes.txt"]


def test_an_infeasible_task_needs_no_validators(load: Callable[..., FileTask]) -> None:
    task = load(TASK.partition("[[")[0] + 'feasible = false\nsolve = [{ action = "wait" }]\n')
    assert list(task.solve({}, Screen()))[-1] == (Terminate("failure"),)


GOLD = """
[[validators]]
name = "any"
weight = 2
of = [
    { name = "workbook.equals_gold", gold = "gold.xlsx", weight = 3 },
    { name = "all", of = [{ name = "workbook.equals_gold", gold = "other/second.xlsx" }] },
]
"""


def test_gold_files_are_read_wherever_they_are_named(
    load: Callable[..., FileTask], folder: Path
) -> None:
    (folder / "other").mkdir()
    (folder / "other" / "second.xlsx").write_bytes(book(B4=3))
    task = load(TASK + GOLD)
    made = task.instance(0)
    assert set(made.gold) == {"gold.xlsx", "second.xlsx"} and set(made.files) == {"book.xlsx"}
    first, second = made.validators[1].args["of"]
    assert (first["gold"], first["weight"]) == ("gold.xlsx", 3)
    assert second["of"] == [{"name": "workbook.equals_gold", "gold": "second.xlsx", "weight": 1.0}]
    assert task.gold_states() == {
        f"gold {name}": {"book.xlsx": data} for name, data in made.gold.items()
    }


def test_two_gold_files_that_go_together_are_no_end_states(
    load: Callable[..., FileTask], folder: Path
) -> None:
    (folder / "second.xlsx").write_bytes(book(B4=3))
    tables = "".join(
        f'[[validators]]\nname = "workbook.equals_gold"\ngold = "{g}.xlsx"\nranges = "A1"\n'
        for g in ("gold", "second")
    )
    assert load(TASK + tables).gold_states() == {}


def test_the_oracle_and_near_misses(load: Callable[..., FileTask], folder: Path) -> None:
    (folder / "wrong.xlsx").write_bytes(book(B4=4))
    task = load(
        more='solve = [{ action = "key", keys = "Home" }, [{ action = "type", text = "a" },'
        ' { action = "key", keys = ["ctrl", "s"] }]]\n',
        text=TASK + '[near_misses.typed]\nfile = "wrong.xlsx"\nsays = "found 4"\n',
    )
    turns = [(Key(("Home",)),), (Type("a"), Key(("ctrl", "s"))), (Terminate("success"),)]
    assert task.has_oracle and list(task.solve({}, Screen())) == turns
    miss = task.near_misses({}, Screen())["typed"]
    assert isinstance(miss, NearMiss) and miss.says == "found 4" and callable(miss.how)
    assert miss.how({"book.xlsx": b"", "x": b"y"}) == {"book.xlsx": book(B4=4), "x": b"y"}


def test_dates_become_texts(load: Callable[..., FileTask]) -> None:
    [spec] = load(TASK.replace("B4 = 3", "B4 = 2026-03-01")).instance(0).validators
    assert spec.args == {"cells": {"B4": "2026-03-01"}}


def edited(old: str, new: str) -> str:
    assert old in TASK
    return TASK.replace(old, new)


SOLVE = 'solve = [\n    { action = "wait" },\n    %s,\n]\n' + TASK
OF = TASK + '[[validators]]\nname = "any"\nof = [\n    { name = "workbook.cells", cells = {} },\n'
WRONG = {
    "not TOML": ("id = \n", "task.toml, line 1: not TOML: Invalid value (column 6)"),
    "not TOML, further down": (TASK + "x y", "task.toml, line 10: not TOML: Expected '='"),
    "unfinished": (TASK + 'x = "', "task.toml, line 10: not TOML: "),
    "a key twice": (TASK + 'name = "x"\n', "line 10: not TOML: Cannot overwrite a value"),
    "nested too deep": ("x = " + "[" * 5000, "line 1: not TOML that can be read: nested"),
    "unknown key": (
        edited("instruction", "instrucion"),
        "task.toml, line 3, key 'instrucion': there is no such key; did you mean 'instruction'?",
    ),
    "missing key": (
        edited('app = "excel"\n', ""),
        "task.toml, line 1, key 'app': it is missing; a text is wanted",
    ),
    "no id": (edited('id = "sales/total"\n', ""), "task.toml, line 1, key 'id': it is missing"),
    "no name": (
        edited('name = "workbook.cells"\n', ""),
        "task.toml, line 7, key 'validators[0].name': it is missing",
    ),
    "no validators": (TASK.partition("[[")[0], "key 'validators': it is missing or empty"),
    "id": (edited("sales/total", "Total"), "line 1, key 'id': 'Total' must be PACK/NAME"),
    "wrong type": (
        edited('app = "excel"', "app = 3"),
        "task.toml, line 2, key 'app': a text is wanted, got 3",
    ),
    "app": (
        edited('"excel"', '"exel"'),
        "key 'app': 'exel' is none of browser, excel, powerpoint, word; did you mean 'excel'?",
    ),
    "blank": (edited('"excel"', '" "'), "line 2, key 'app': it is empty"),
    "no bool": ("save = 1\n" + TASK, "line 1, key 'save': true or false is wanted, got 1"),
    "bool for a number": ("max_steps = true\n" + TASK, "line 1, key 'max_steps': a whole number"),
    "no steps": ("max_steps = 0\n" + TASK, "line 1, key 'max_steps': it must be at least 1, got 0"),
    "tags": (
        'capabilities = [\n  "a",\n  1,\n]\n' + TASK,
        "task.toml, line 3, key 'capabilities[1]': a text is wanted, got 1",
    ),
    "split": ('split = "tests"\n' + TASK, "key 'split': 'tests' is none of train, test; did you"),
    "long": (
        edited("Put the total", "é" * 512),
        "task.toml, line 3, key 'instruction': it has 1033 bytes in UTF-8, at most 1024 fit",
    ),
    "NUL": (edited("'''Put the total\ninto B4.'''", '"a\\u0000"'), "line 3, key 'instruction': it"),
    "missing document": (
        edited("book.xlsx", "bok.xlsx"),
        "task.toml, line 5, key 'open': there is no file 'bok.xlsx'; did you mean 'book.xlsx'?",
    ),
    "no document": (edited('"book.xlsx"', '""'), "line 5, key 'open': it is empty; leave the key"),
    "missing file": (
        'files = [\n  "book.xlsx",\n  "note.txt",\n]\n' + TASK,
        "task.toml, line 3, key 'files[1]': there is no file 'note.txt'; did you mean 'notes.txt'?",
    ),
    "no document at all": (
        edited("book.xlsx", "notes.txt"),
        "key 'open': document 'notes.txt' cannot be opened: its ending is none of",
    ),
    "unknown validator": (
        edited("workbook.cells", "workbook.cell"),
        "task.toml, line 8, key 'validators[0].name': there is no validator 'workbook.cell'",
    ),
    "unknown argument": (
        edited("cells = {", "cels = {"),
        "task.toml, line 9, key 'validators[0].cels': validator 'workbook.cells' takes no argument"
        " 'cels'; did you mean 'cells'?",
    ),
    "missing argument": (
        edited("cells = { B4 = 3 }\n", ""),
        "task.toml, line 8, key 'validators[0].name': validator 'workbook.cells' needs the argument"
        " 'cells'",
    ),
    "argument of a wrong type": (
        edited("{ B4 = 3 }", '"B4"'),
        "task.toml, line 9, key 'validators[0].cells': validator 'workbook.cells': the argument"
        " 'cells' must be a table, got 'B4'",
    ),
    "argument that makes no sense": (
        edited("{ B4 = 3 }", "{ B4 = { formla = true } }"),
        "task.toml, line 9, key 'validators[0].cells': validator 'workbook.cells': the argument"
        " 'cells': cell B4: 'formla' is none of formula, tolerance, value, what_if; did you mean"
        " 'formula'?",
    ),
    "no table": ("validators = 3\n" + TASK.partition("[[")[0], "line 1, key 'validators': a list"),
    "a list of others": (
        "validators = [\n  3,\n]\n" + TASK.partition("[[")[0],
        "task.toml, line 2, key 'validators[0]': a list of tables is wanted",
    ),
    "weight": (
        TASK + "weight = 0\n",
        "task.toml, line 10, key 'validators[0].weight': a finite number above 0 is wanted, got 0",
    ),
    "infinite weight": (TASK + "weight = inf\n", "a finite number above 0 is wanted, got inf"),
    "composed of nothing": (
        TASK + '[[validators]]\nname = "any"\n',
        "task.toml, line 11, key 'validators[1].name': validator 'any' takes 'of'",
    ),
    "composed of what is unknown": (
        OF + '    { name = "workbook.cels" },\n]\n',
        "task.toml, line 14, key 'validators[1].of[1].name': there is no validator 'workbook.cels'",
    ),
    "composed with a missing gold file": (
        OF + '    { name = "workbook.equals_gold", gold = "god.xlsx" },\n]\n',
        "task.toml, line 14, key 'validators[1].of[1].gold': there is no file 'god.xlsx'; did you"
        " mean 'gold.xlsx'?",
    ),
    "gold is what it begins with": (
        TASK + '[[validators]]\nname = "workbook.equals_gold"\ngold = "book.xlsx"\n',
        "task.toml, line 12, key 'validators[1].gold': 'book.xlsx' is what the task begins with",
    ),
    "gold is no workbook": (
        TASK + '[[validators]]\nname = "workbook.equals_gold"\ngold = "notes.dwg"\n',
        "task.toml, line 12, key 'validators[1].gold': document 'notes.dwg' cannot be opened",
    ),
    "action": (
        SOLVE % '{ action = "clik" }',
        "task.toml, line 3, key 'solve[1]': no action is called 'clik'; did you mean 'click'?",
    ),
    "action in a turn": (
        SOLVE % '[\n    { action = "wait" },\n    { action = "wait", secs = 2 }]',
        "task.toml, line 5, key 'solve[1][1]': action 'wait' has no field 'secs'",
    ),
    "empty turn": (SOLVE % "[]", "task.toml, line 3, key 'solve[1]': the turn is empty"),
    "no actions": ("solve = []\n" + TASK, "line 1, key 'solve': it is empty"),
    "early end": (
        SOLVE % '{ action = "terminate" },\n  { action = "wait" }',
        "task.toml, line 3, key 'solve[1]': 'terminate' must be the last action of all",
    ),
    "near miss without a reason": (
        TASK + '[near_misses.a]\nfile = "gold.xlsx"\n',
        "task.toml, line 10, key 'near_misses.a.says': it is missing",
    ),
    "near miss of an unknown key": (
        TASK + '[near_misses."a b"]\nfiles = 3\n',
        "task.toml, line 11, key 'near_misses.\"a b\".files': there is no such key; did you mean",
    ),
    "near miss that is no table": (
        TASK + "[near_misses]\na = 3\n",
        "task.toml, line 11, key 'near_misses.a': a table is wanted, got 3",
    ),
    "near miss is what it begins with": (
        TASK + '[near_misses.a]\nfile = "book.xlsx"\nsays = "x"\n',
        "task.toml, line 11, key 'near_misses.a.file': it is what the task begins with",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_with_file_line_and_key(
    load: Callable[..., FileTask], name: str
) -> None:
    text, says = WRONG[name]
    with pytest.raises(TaskError) as told:
        load(text)
    assert says in str(told.value)


def test_what_is_no_text_is_told_with_its_line(folder: Path) -> None:
    (folder / "task.toml").write_bytes(TASK.encode() + b'x = "\xff"')
    with pytest.raises(TaskError, match="task.toml, line 10: not TOML: it is no UTF-8"):
        read(Path("task.toml"), {})


def test_windows_line_ends_count_once(folder: Path) -> None:
    (folder / "task.toml").write_bytes(
        TASK.replace("cells =", "cels =").encode().replace(b"\n", b"\r\n")
    )
    with pytest.raises(TaskError, match=r"line 9, key 'validators\[0\]\.cels'"):
        read(Path("task.toml"), validator_sources())


def folder_of(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def cyclic(path: Path) -> None:
    path.symlink_to(path.name)


def dangling(path: Path) -> None:
    path.symlink_to("nowhere.xlsx")


def unreadable(path: Path) -> None:
    path.symlink_to("/proc/self/mem")  # even root gets an error


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


def large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(documents.MAX_BYTES + 1)


def empty(path: Path) -> None:
    path.touch()


def torn(path: Path) -> None:
    path.write_bytes(book()[:-9])


def protected(path: Path) -> None:
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"EncryptedPackage")


def with_macros(path: Path) -> None:
    out = io.BytesIO(book())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Sub Auto_Open")
    path.write_bytes(out.getvalue())


def bomb(path: Path) -> None:
    data = bytearray(book())
    at = data.rindex(b"PK\x01\x02")  # the last entry of the directory: what it unpacks to
    data[at + 24 : at + 28] = (2**32 - 2).to_bytes(4, "little")
    path.write_bytes(data)


NO_DOCUMENTS = [
    (folder_of, "cannot be read: it is a folder, not a regular file"),
    (pipe, "cannot be read: it is a named pipe, not a regular file"),
    (device, "cannot be read: it is a device, not a regular file"),
    (listening, "cannot be read: No such device or address"),
    (cyclic, "cannot be read: its symbolic links are cyclic"),
    (dangling, "is a link to nothing: 'nowhere.xlsx'"),
    (unreadable, "cannot be read: Input/output error"),
    (large, "has more than the 67,108,864 bytes allowed"),
    (empty, "cannot be opened: it is empty"),
    (torn, "cannot be opened: it is not a readable zip archive"),
    (protected, "cannot be opened: it is an OLE file, as an older format or a password gives"),
    (with_macros, "cannot be opened: it holds macros (xl/vbaProject.bin)"),
    (bomb, "cannot be opened: it unpacks to"),
]


@pytest.mark.parametrize(("make", "says"), NO_DOCUMENTS)
@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('open = "book.xlsx"', 'open = "odd.xlsx"', "task.toml, line 5, key 'open': "),
        (
            "cells = { B4 = 3 }",
            'gold = "odd.xlsx"',
            "task.toml, line 9, key 'validators[0].gold': ",
        ),
    ],
)
def test_documents_that_are_none(
    load: Callable[..., FileTask],
    folder: Path,
    make: Callable[[Path], None],
    says: str,
    old: str,
    new: str,
    where: str,
) -> None:
    make(folder / "odd.xlsx")
    with pytest.raises(TaskError) as told:
        load(edited(old, new))
    assert str(told.value).startswith(where) and says in str(told.value)


@pytest.mark.parametrize(("make", "says"), NO_DOCUMENTS[1:7])
def test_task_files_that_are_none(folder: Path, make: Callable[[Path], None], says: str) -> None:
    make(folder / "odd.toml")
    with pytest.raises(TaskError) as told:
        find("odd.toml")
    assert "odd.toml" in str(told.value) and says in str(told.value)


def test_two_files_of_one_name(load: Callable[..., FileTask], folder: Path) -> None:
    (folder / "b").mkdir()
    (folder / "b" / "notes.txt").write_text("other")
    same = load(more='files = ["notes.txt", "./notes.txt", "book.xlsx"]\n')
    assert list(same.instance(0).files) == ["book.xlsx", "notes.txt"]
    with pytest.raises(TaskError, match=r"line 1, key 'files\[1\]': two files are called 'notes"):
        load(more='files = ["notes.txt", "b/notes.txt"]\n')
    (folder / "b" / "gold.xlsx").write_bytes(book(B4=3))
    more = '[[validators]]\nname = "workbook.equals_gold"\ngold = "%sgold.xlsx"\n'
    with pytest.raises(TaskError, match=r"line 15, key 'validators\[2\].gold': two gold files"):
        load(TASK + more % "" + more % "b/")


def test_absolute_paths(load: Callable[..., FileTask], folder: Path) -> None:
    made = load(edited('"book.xlsx"', f'"{folder}/gold.xlsx"')).instance(0)
    assert made.open == "gold.xlsx"


def test_a_path_is_a_spec_and_a_changed_file_is_read_again(
    load: Callable[..., FileTask], folder: Path
) -> None:
    load()
    [task] = find("task.toml")
    assert find("task.toml")[0] is task is find(str(folder / "task.toml"), app="excel")[0]
    assert find("sales/total")[0] is task  # known by its id from then on
    pack = pack_of("sales/total")
    assert pack is not None and (pack.name, pack.version) == ("sales", "0")
    before = pack.hash
    (folder / "book.xlsx").write_bytes(book(B2=9))
    [again] = find("task.toml")
    assert again is not task and again.instance(0).files["book.xlsx"] == book(B2=9)
    changed = pack_of("sales/total")
    assert changed is not None and changed.hash != before
    with pytest.raises(TaskError, match="it is for 'excel'"):
        find("task.toml", app="word")
    with pytest.raises(TaskError, match="no task file 'tsk.toml'; did you mean 'task.toml'"):
        find("tsk.toml")


def test_an_id_that_is_taken(load: Callable[..., FileTask]) -> None:
    load(edited("sales/total", "excel/monthly-total"))
    with pytest.raises(TaskError, match="'excel/monthly-total' is taken by a task of the pack in"):
        find("task.toml")


LINES = '''\
# [no.table]
a.b = 1 # a comment with = and [
"quoted key" = { x = 1, "y.z" = [ 1,
    2, { deep = "}" } ] }

[t."u.v"]
text = """
[not.a.table]
key = "no key" \\""" still """""
after = \'\'\'it's
]\'\'\'
date = 2026-01-05 09:00:00
[[list]]
x = 1
[[list]]
[list.inner]
x = "2" # ]
[[list.more]]
y = [
  # a comment, with ]
  "a,]", 'b',

  [3],
]
'''


def test_lines() -> None:
    found = lines(LINES)
    tomllib.loads(LINES)
    for where, at in {
        ("a", "b"): 2,
        ("quoted key", "y.z", 0): 3,
        ("quoted key", "y.z", 1): 4,
        ("quoted key", "y.z", 2, "deep"): 4,
        ("t", "u.v"): 6,
        ("t", "u.v", "text"): 7,
        ("t", "u.v", "after"): 10,
        ("t", "u.v", "date"): 12,
        ("list", 0): 13,
        ("list", 0, "x"): 14,
        ("list", 1): 15,
        ("list", 1, "inner", "x"): 17,
        ("list", 1, "more", 0, "y", 0): 21,
        ("list", 1, "more", 0, "y", 2, 0): 23,
        ("list", 1, "inner", "absent"): 16,  # the nearest table's
        ("absent",): 1,
    }.items():
        assert line(found, where) == at, where
    assert named(("list", 1, "a b", "y")) == 'list[1]."a b".y'


KEY = st.from_regex(r"[a-zA-Z0-9_-]{1,4}", fullmatch=True) | st.text("a.\"'#[]= é\n", max_size=4)
VALUE = st.recursive(
    st.integers() | st.booleans() | st.text("ab\"'\\\n#]}{[,=é", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEY, inner, max_size=3),
    max_leaves=5,
)


def written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[\n" + ",\n# ]\n".join(map(written, value)) + "]"
    return json.dumps(value)


def places(value: Any, where: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    yield where
    if isinstance(value, (dict, list)):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(each, (*where, key))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(KEY, VALUE, max_size=3))
def test_every_key_of_any_document_is_found(data: dict[str, Any]) -> None:
    text = "".join(f"{json.dumps(k)} = {written(v)}\n" for k, v in data.items())
    assert tomllib.loads(text) == data
    found = lines(text)
    assert {w for k, v in data.items() for w in places(v, (k,))} == set(found)
