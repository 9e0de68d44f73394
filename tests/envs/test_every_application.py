"""What holds for Excel holds for its sisters: exact replays, screens that stand still, export."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import cuagym  # noqa: F401
from cuagym.actions import Click, Key, Type
from cuagym.errors import Fault
from cuagym.formats import problem
from cuagym.task import TaskInstance

from ..test_determinism import actions, assert_same, busy

PAGE = (
    "<!doctype html><title>Desk</title><h1>Orders</h1><form><input name=who><select><option>Red"
    "<option>Green</select><input type=checkbox><button type=button>Send</button></form>"
    "<textarea rows=9 cols=80>Some text to edit.</textarea><details><summary>More</summary>Inside."
    "</details><p>A <a href='#x'>link</a>.</p>" + "<p id=x>Many lines.</p>" * 40
)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    import docx
    import pptx

    folder = tmp_path_factory.mktemp("documents")
    text = docx.Document()
    text.add_heading("Quarterly review", 1)
    for _ in range(4):
        text.add_paragraph("The quick brown fox jumps over teh lazy dog, again and again. " * 3)
    text.save(str(folder / "review.docx"))
    deck = pptx.Presentation()
    for number in range(3):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = f"Slide {number + 1}"
        slide.placeholders[1].text = "First point\nSecond point"
    deck.save(str(folder / "deck.pptx"))
    (folder / "desk.html").write_text(PAGE)
    return {
        "Word": folder / "review.docx",
        "PowerPoint": folder / "deck.pptx",
        "Browser": folder / "desk.html",
    }


def make(documents: dict[str, Path], name: str, look: str = "gtk3") -> Any:
    how = {"open": str(documents[name]), "look": look, "prepare": 0}
    return gym.make(f"CUA-{name}-v0", **how).unwrapped


def play(env: Any, seed: int, pause: float = 0.0) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    frames = [env.reset(seed=seed)[0]["screenshot"].copy()]
    for action in actions(seed, 14):
        time.sleep(rng.uniform(0, pause) if pause else 0)
        observation, _, terminated, truncated, info = env.step(action)
        assert info["settled"] and not info["fault"], action
        frames.append(observation["screenshot"].copy())
        if terminated or truncated:
            break
    return frames


@pytest.mark.parametrize(
    ("name", "look"),
    [("Word", "gtk3"), ("PowerPoint", "gtk3"), ("PowerPoint", "plain"), ("Browser", "gtk3")],
)
def test_replays_are_identical(documents: dict[str, Path], name: str, look: str) -> None:
    env = make(documents, name, look)
    try:
        first = play(env, 4)
        assert sum((a != b).any() for a, b in zip(first, first[1:], strict=False)) > 5
        assert_same(first, play(env, 4, pause=0.3))
        with busy():
            assert_same(first, play(env, 4))
    finally:
        env.close()


@pytest.mark.parametrize("name", ["Word", "PowerPoint", "Browser"])
def test_a_caret_in_a_text_stands_still(documents: dict[str, Path], name: str) -> None:
    env = make(documents, name)
    try:
        env.reset(seed=0)
        env.step(Click((0.2, 0.45), count=2 if name == "PowerPoint" else 1))
        seen = env.step(Type("teh wrod"))[0]["screenshot"].copy()
        for seconds in (0.3, 0.5, 0.7, 5.0):
            env.advance(seconds)
            assert np.array_equal(env.peek(), seen), seconds
    finally:
        env.close()


def test_a_slide_show_settles_and_comes_back(documents: dict[str, Path]) -> None:
    env = make(documents, "PowerPoint")
    try:
        env.reset(seed=0)
        shown = []
        for key in ("F5", "Right", "Right", "Right", "Escape", "Escape"):
            observation, *_, info = env.step(Key((key,)))
            assert info["settled"] and not info["fault"]
            shown.append(observation["screenshot"].copy())
        assert all((a != b).any() for a, b in zip(shown[:4], shown[1:5], strict=True))
        env.advance(5.0)
        assert np.array_equal(env.peek(), shown[-1])
    finally:
        env.close()


@pytest.mark.parametrize(("name", "suffix"), [("Word", ".docx"), ("PowerPoint", ".pptx")])
def test_the_live_document_is_exported(
    documents: dict[str, Path], name: str, suffix: str, tmp_path: Path
) -> None:
    import docx
    import pptx

    env = make(documents, name)
    try:
        env.reset(seed=0)
        env.step(Click((0.4, 0.45), count=2 if name == "PowerPoint" else 1))
        env.step(Type("unmistakable"))
        before = env.peek()
        env.export(tmp_path / f"out{suffix}")
        data = (tmp_path / f"out{suffix}").read_bytes()
        assert problem(f"out{suffix}", data) == ""
        if name == "Word":
            texts = [p.text for p in docx.Document(io.BytesIO(data)).paragraphs]
        else:
            slides = pptx.Presentation(io.BytesIO(data)).slides
            texts = [s.text_frame.text for s in slides[0].shapes if s.has_text_frame]
        assert any("unmistakable" in text for text in texts)
        assert np.array_equal(env.peek(), before)
        env.export(tmp_path / "out.pdf")
        assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF")
        assert env.fingerprint().told["modified"]
    finally:
        env.close()


@pytest.mark.parametrize(("name", "suffix"), [("Word", ".docx"), ("PowerPoint", ".pptx")])
def test_a_dialog_keeps_nobody_from_the_document(
    documents: dict[str, Path], name: str, suffix: str, tmp_path: Path
) -> None:
    env = make(documents, name)
    try:
        before = env.reset(seed=0)[0]["screenshot"].copy()
        shown = env.step(Key(("ctrl", "o")))[0]["screenshot"].copy()
        assert (before != shown).any()
        env.export(tmp_path / f"out{suffix}")
        assert problem(f"out{suffix}", (tmp_path / f"out{suffix}").read_bytes()) == ""
        assert np.array_equal(env.peek(), shown)
    finally:
        env.close()


@pytest.mark.parametrize("name", ["Word", "PowerPoint"])
def test_a_document_that_is_to_be_repaired_is_a_fault(
    documents: dict[str, Path], name: str
) -> None:
    whole = documents[name]
    data = whole.read_bytes()
    files = {whole.name: data[: data.rindex(b"PK\x01\x02")]}  # without its table of contents
    broken = TaskInstance(id="", app=name.lower(), files=files, open=whole.name)
    env = make(documents, name)
    try:
        with pytest.raises(Fault, match="no window of its document.*damaged"):
            env.reset(seed=0, options={"task": broken})
        assert not env.reset(seed=0)[1]["fault"]
    finally:
        env.close()
