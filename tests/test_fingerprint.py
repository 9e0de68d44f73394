"""Fingerprints: what makes two moments the same, and that taking one leaves no trace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference

from cuagym.actions import Click, Key, KeyDown, KeyUp, MouseDown, MouseUp, Move, Type, Wait
from cuagym.app import LOOKS
from cuagym.errors import UsageError
from cuagym.fingerprint import Fingerprint, compare

from .conftest import begun, cell, go_to, make, pixel, save_book


def after(env: Any, *actions: Any) -> Fingerprint:
    """The fingerprint after a turn."""
    env.step_turn(list(actions))
    return env.fingerprint()


def is_consistent(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether nothing differs if and only if they are equivalent, in both directions."""
    same = one.equivalent(other)
    return same == (not one.differences(other)) == other.equivalent(one)


def test_two_ways_to_the_same_state_are_equivalent(sheet: Any) -> None:
    one = after(sheet, *go_to("B2"), Type("5\n"))
    begun(sheet)
    other = after(sheet, Click(cell("B2")), Type("5"), Key(("Return",)))
    assert one.differences(other) == []
    assert one.equivalent(other)
    assert one.screen != other.screen, "the pointer is elsewhere"
    assert one.content != b""


def test_the_pointer_and_a_tooltip_belong_to_the_screen_alone(sheet: Any) -> None:
    start = sheet.fingerprint()
    hovering = after(sheet, Move(pixel(30, 60)), Wait(3))
    assert hovering.screen != start.screen
    assert start.differences(hovering) == []


@pytest.mark.parametrize(
    ("actions", "says"),
    [
        (go_to("A1:B3"), 'selection: "Data.A1" -> "Data.A1:B3"'),
        ([Type("7")], "paragraph '7', caret at 1"),
        ([Key(("Delete",))], "undo: [] -> "),
        ([KeyDown(("shift",))], 'held: [] -> ["shift"]'),
        ([Key(("ctrl", "1"))], "Format Cells, "),
        ([Key(("alt", "o"))], "a menu or list, "),
        ([MouseDown(cell("C3"))], 'held: [] -> ["left button"]'),
        ([Key(("Page_Down",))], "view row: 0 -> "),
        ([Click(pixel(50, 108)), Type("Q7")], "text 'Q7'"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_what_the_next_action_would_meet_is_told(sheet: Any, actions: list[Any], says: str) -> None:
    start = sheet.fingerprint()
    found = after(sheet, *actions)
    lines = start.differences(found)
    assert says in "\n".join(lines), lines
    assert is_consistent(start, found)


def test_an_undone_edit_is_not_as_if_it_had_never_been(sheet: Any) -> None:
    start = sheet.fingerprint()
    entered = after(sheet, Type("5\n"))
    assert "Data!A1 held nothing, now 5" in start.differences(entered)
    assert "modified: false -> true" in start.differences(entered)
    undone = after(sheet, Key(("ctrl", "z")))
    assert undone.told["document"] == start.told["document"]
    assert any("redo" in line for line in start.differences(undone))


def test_selecting_does_not_change_the_document(sheet: Any) -> None:
    start = sheet.fingerprint()
    elsewhere = after(sheet, *go_to("D40"))
    assert elsewhere.told["document"] == start.told["document"]
    assert elsewhere.content != start.content, "the file itself says what was selected"


def test_what_is_held_is_released_again(sheet: Any) -> None:
    start = sheet.fingerprint()
    after(sheet, KeyDown(("shift",)))
    assert after(sheet, KeyUp(("shift",))).equivalent(start)
    drag = after(sheet, MouseDown(cell("B2")), Move(cell("C3")))
    assert drag.told["pointer"], "where a drag is, is part of what is going on"
    assert after(sheet, MouseUp()).told["pointer"] is None


def test_a_chart_is_the_same_each_time_it_is_looked_at(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for n in range(1, 6):
        book.active.append([n, n * n])
    chart = BarChart()
    chart.add_data(Reference(book.active, min_col=2, min_row=1, max_row=5))
    book.active.add_chart(chart, "D2")
    book.create_sheet("Other $heet")
    book.save(tmp_path / "chart.xlsx")
    env = make(open=str(tmp_path / "chart.xlsx")).unwrapped
    try:
        env.reset(seed=0)
        start = env.fingerprint()
        other = after(env, Key(("ctrl", "Page_Down")))
        assert 'selection: "Sheet.A1" -> "\'Other $heet\'.A1"' in start.differences(other)
        assert start.differences(after(env, Key(("ctrl", "Page_Up")))) == []
        assert "open: true -> false" in start.differences(after(env, Key(("ctrl", "w"))))
    finally:
        env.close()


@pytest.mark.parametrize("look", LOOKS)
def test_taking_one_leaves_no_trace(look: Any, blank: Path) -> None:
    env = make(open=str(blank), look=look).unwrapped
    try:
        turns = [
            [],
            [Type("12")],
            [Type("\n")],
            [Key(("alt", "o"))],
            [Key(("Escape",)), Key(("Escape",))],
            [Key(("ctrl", "1"))],
            [Key(("Tab",))],
            [Key(("Escape",))],
            go_to("C4", look),
        ]
        env.reset(seed=0)
        alone = [env.step_turn(turn)[0]["screenshot"] for turn in turns]
        env.reset(seed=0)
        for turn, expected in zip(turns, alone, strict=True):
            frame = env.step_turn(turn)[0]["screenshot"]
            assert np.array_equal(frame, expected), f"an earlier fingerprint shows after {turn}"
            now = env._current().session.screen.clock.now
            first = env.fingerprint()
            assert np.array_equal(env.peek(), frame)
            assert env._current().session.screen.clock.now == now
            second = env.fingerprint()
            assert first == second and first.told == second.told
    finally:
        env.close()


def test_dialogs_differ_by_what_is_in_them_in_the_gtk3_look(blank: Path) -> None:
    env = make(open=str(blank), look="gtk3").unwrapped
    try:
        env.reset(seed=0)
        start = env.fingerprint()
        empty = after(env, Key(("ctrl", "h")))
        assert any("Find and Replace" in line for line in start.differences(empty))
        filled = after(env, Type("abc"))
        assert any(line.endswith("shows something else") for line in empty.differences(filled))
        assert is_consistent(empty, filled)
    finally:
        env.close()


def test_a_first_state_is_the_same_in_every_env_and_in_a_fork(task: Any) -> None:
    other = make().unwrapped
    copies: list[Any] = []
    try:
        other.reset(seed=0)
        assert task.fingerprint() == other.fingerprint()
        copies = other.fork(1)
        assert copies[0].fingerprint() == other.fingerprint()
        assert not after(copies[0], *go_to("H30")).equivalent(other.fingerprint())
    finally:
        for env in (other, *copies):
            env.close()


def test_an_application_that_has_quit_is_told(sheet: Any) -> None:
    start = sheet.fingerprint()
    sheet.step_turn([Key(("ctrl", "q"))])
    gone = sheet.fingerprint()
    assert gone.told["quit"] is True and gone.content == b""
    assert "the document is gone" in start.differences(gone)
    assert is_consistent(start, gone)


def test_there_is_none_without_an_episode_or_during_a_step(blank: Path) -> None:
    env = make(open=str(blank)).unwrapped
    try:
        with pytest.raises(ResetNeeded):
            env.fingerprint()
        env.reset(seed=0)
        env.begin_step(Move((0.5, 0.5)))
        with pytest.raises(UsageError, match="under way"):
            env.fingerprint()
        env.finish()
    finally:
        env.close()


def test_it_goes_through_json(sheet: Any) -> None:
    data = sheet.fingerprint().to_json()
    assert json.loads(json.dumps(data)) == data
    assert set(data) == {"app", "screen", "state", "told"}


def test_stored_documents_are_compared_in_words(sheet: Any, tmp_path: Path) -> None:
    sheet.step_turn([Type("Rent\t100\t=B1*2\n")])
    path = tmp_path / "one.xlsx"
    sheet.export(str(path))
    assert compare("excel", path, path) == []
    other = after(sheet, *go_to("B1"), Type("120\t=B1*3\n"))
    assert compare("excel", path, other.content) == [
        "Data!B1 held 100, now 120",
        "Data!C1 held =B1*2, now =B1*3",
    ]


def test_a_long_comparison_is_cut_and_counted(sheet: Any) -> None:
    start = sheet.fingerprint()
    filled = after(sheet, Type("1\n" * 30))
    lines = compare("excel", start.content, filled.content)
    assert len(lines) == 21 and lines[-1] == "and 10 more"
    assert lines[0] == "Data!A1 held nothing, now 1"


def test_what_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("a,b\n")
    with pytest.raises(UsageError, match=r"\.csv"):
        compare("excel", path, path)
    foreign = save_book(tmp_path / "foreign.xlsx", {"A1": "Rent"})
    with pytest.raises(UsageError, match="LibreOffice has stored"):
        compare("excel", foreign, foreign)
