"""Mouse and keyboard on a real Calc, seen in the document and on the screen."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cuagym.actions import Click, Drag, Key, KeyDown, KeyUp, MouseDown, MouseUp, Move, Scroll, Type

from ..conftest import cell, cells_of, corner, exported, go_to, make, moved, save_book

ASCII = "".join(c for c in string.printable if c.isprintable())
UNICODE = "é€中😀ßñЖ"


@pytest.mark.parametrize("look", ["gtk3", "plain"])
def test_every_character_arrives_as_itself(blank: Path, tmp_path: Path, look: str) -> None:
    env = make(open=str(blank), look=look).unwrapped
    env.reset()
    texts = [
        f"x{ASCII[:48]}",
        f"x{ASCII[48:]}",
        f"x{UNICODE}",
        *(f"x {c} y" for c in "<>|~\"'`^\\"),
    ]
    for i, text in enumerate(texts):
        env.step_turn([*go_to(f"A{i + 1}", look), Type(f"{text}\n")])
    env.step(Key(("ctrl", "s")))
    data = env.sandbox.read(f"/home/agent/Documents/{blank.name}")
    env.close()
    (tmp_path / "saved.xlsx").write_bytes(data)
    found = cells_of(tmp_path / "saved.xlsx", *(f"A{i + 1}" for i in range(len(texts))))
    assert found == texts


def test_a_double_click_edits_the_cell_and_two_slow_clicks_do_not(
    sheet: Any, tmp_path: Path
) -> None:
    sheet.step_turn([*go_to("B2"), Type("one\n")])
    sheet.step(Click(cell("B2"), count=2))
    sheet.step(Type("+\n"))  # the editor holds "one": the text is added to
    sheet.step_turn([*go_to("B4"), Type("one\n")])
    sheet.step(Click(cell("B4")))
    sheet.step(Click(cell("B4")))
    sheet.step(Type("two\n"))  # no editor: the text replaces
    edited, replaced = exported(sheet, tmp_path, "B2", "B4")
    assert sorted(edited) == sorted("one+") and replaced == "two"


def test_a_drag_selects_a_range_and_the_clipboard_carries_it(sheet: Any, tmp_path: Path) -> None:
    sheet.step_turn([*go_to("A1"), Type("1\t2\n3\t4\n")])
    sheet.step(Drag(cell("B2"), start=cell("A1")))
    sheet.step(Key(("ctrl", "c")))
    sheet.step_turn([*go_to("D4"), Key(("ctrl", "v"))])
    assert exported(sheet, tmp_path, "D4", "E4", "D5", "E5") == [1, 2, 3, 4]


def test_the_fill_handle_drags_a_series(sheet: Any, tmp_path: Path) -> None:
    sheet.step_turn([*go_to("A1"), Type("7\n")])
    sheet.step(Click(cell("A1")))
    sheet.step(Drag(cell("A4", dy=8), start=corner("A1")))  # past its middle
    assert exported(sheet, tmp_path, "A1", "A2", "A3", "A4") == [7, 8, 9, 10]


def test_held_keys_and_buttons_last_across_steps_and_are_gone_after_reset(
    sheet: Any, tmp_path: Path
) -> None:
    sheet.step(Click(cell("A1")))
    sheet.step(KeyDown(("shift",)))
    sheet.step(Key(("Down",)))
    sheet.step(Key(("Right",)))
    sheet.step(KeyUp(("shift",)))
    sheet.step(Type("5"))
    sheet.step(Key(("alt", "Return")))  # fills the selection
    assert exported(sheet, tmp_path, "A1", "A2", "B1", "B2") == [5, 5, 5, 5]
    sheet.step(MouseDown(cell("D4")))
    sheet.step(Move(cell("E5")))
    sheet.step(MouseUp())
    sheet.step(Type("6"))
    sheet.step(Key(("alt", "Return")))
    assert exported(sheet, tmp_path, "D4", "E4", "D5", "E5") == [6, 6, 6, 6]
    sheet.step_turn([KeyDown(("shift",)), MouseDown(cell("A1"))])
    sheet.reset()
    sheet.step_turn([*go_to("A1"), Type("aB\n")])
    assert exported(sheet, tmp_path, "A1") == ["aB"]


def test_a_submenu_opens_on_hover(sheet: Any) -> None:
    """Some entry of the Sheet menu opens a second menu to the right of it, by hovering alone."""
    menu = sheet.step(Key(("alt", "s")))[0]["screenshot"].copy()
    opened = 0
    for y in range(60, 440, 20):
        frame = sheet.step(Move(((260 + y % 3) / 1280, y / 720)))[0]["screenshot"]
        box = moved(frame[:, 480:], menu[:, 480:])
        opened += box is not None and box[2] - box[0] > 80 and box[3] - box[1] > 40
    assert opened


def test_a_right_click_opens_a_menu_there(sheet: Any) -> None:
    before = sheet.step(Move(cell("C5")))[0]["screenshot"].copy()
    box = moved(sheet.step(Click(cell("C5"), button="right"))[0]["screenshot"], before)
    assert box is not None and box[2] - box[0] > 100 and box[3] - box[1] > 100


def test_scrolling_moves_the_sheet_and_back(sheet: Any) -> None:
    def rows(result: Any) -> np.ndarray:
        return result[0]["screenshot"][:, :34].copy()  # their numbers

    start = rows(sheet.step(Move(cell("C5"))))
    assert moved(rows(sheet.step(Scroll(cell("C5"), scroll=(0, 5)))), start) is not None
    assert moved(rows(sheet.step(Scroll(cell("C5"), scroll=(0, -5)))), start) is None


def test_the_pointer_is_in_the_frame(sheet: Any) -> None:
    a = sheet.step(Move((0.4, 0.6)))[0]["screenshot"].copy()
    b = sheet.step(Move((0.6, 0.6)))[0]["screenshot"].copy()
    box = moved(a, b)
    assert box is not None and box[0] >= 500 and box[2] <= 800, box


@pytest.mark.parametrize("size", [(640, 480), (1920, 1080), (1000, 700)])
def test_any_size_is_filled_by_the_application(blank: Path, size: tuple[int, int]) -> None:
    env = make(open=str(blank), size=size).unwrapped
    frame = env.reset()[0]["screenshot"]
    windows = env._episode.session.screen.windows()
    env.close()
    assert frame.shape == (size[1], size[0], 3)
    assert [w.title for w in windows] == ["book.xlsx - LibreOffice Calc"]
    assert (frame[-8:, :, :].mean(axis=(1, 2)) > 100).all(), "the status bar is cut off"


def test_users_documents_of_other_kinds_open(tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text("name,price\nÄpfel,3.5\n", encoding="utf-8")
    env = make(open=str(tmp_path / "prices.csv"))
    env.reset()
    assert exported(env, tmp_path, "A1", "B2", "A2") == ["name", 3.5, "Äpfel"]
    env.unwrapped.export(str(tmp_path / "prices.ods"))
    env.close()
    env = make(open=str(tmp_path / "prices.ods"))
    env.reset()
    assert exported(env, tmp_path, "A1", "B2") == ["name", 3.5]
    env.close()


def test_export_sees_unsaved_edits_and_changes_no_pixel(tmp_path: Path) -> None:
    path = save_book(tmp_path / "sales.xlsx", {"A1": "kept", "A2": 4})
    env = make(open=str(path), look="gtk3").unwrapped
    env.reset()
    away = Move(cell("E9", "gtk3"))  # from the Name Box, whose tooltip comes and goes
    env.step_turn([*go_to("B1", "gtk3"), Type("=A2*2\n"), away])
    before = env.peek()
    assert exported(env, tmp_path, "A1", "B1") == ["kept", "=A2*2"]
    assert cells_of(tmp_path / "exported.xlsx", "B1", values=True) == [8]
    assert moved(env.peek(), before) is None
    assert env.advance(2.0) and moved(env.peek(), before) is None
    saved = env.sandbox.read("/home/agent/Documents/sales.xlsx")
    env.close()
    assert saved == path.read_bytes(), "export wrote to the user's document"
