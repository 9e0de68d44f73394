"""What Impress makes of a presentation: by mouse and keyboard, and in other formats."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest

import cuagym  # noqa: F401 - registers the ids
from cuagym.actions import Click, Drag, Key, Type, Wait
from cuagym.grading import Grader
from cuagym.task import TaskInstance, ValidatorSpec
from cuagym.validators.slides._aspects import ASPECTS

from .conftest import DECK, Judge, failures


def at(x: int, y: int) -> tuple[float, float]:
    """The middle of a pixel of the plain look at 1280x720."""
    return (x + 0.5) / 1280, (y + 0.5) / 720


TWO_CONTENT, WHEEL = at(1008, 446), at(1176, 142)
ELLIPSE, TEXT_BOX = at(192, 78), at(704, 51)
SECOND, THIRD = at(84, 246), at(84, 338)
DONE: list[Any] = [
    *(Click(SECOND), Click(TWO_CONTENT)),
    *(Click(THIRD), Click(ELLIPSE), Drag(at(300, 550), at(400, 620)), Key(("Escape",))),
    *(Click(TEXT_BOX), Drag(at(750, 550), at(850, 620)), Type("Typed"), Key(("Escape",))),
    *(Click(at(220, 28)), Click(at(273, 491)), Click(WHEEL), Wait(3)),
    *(Click(at(1051, 588)), Wait(1)),
]
"""A layout, an ellipse, a text box, and a transition with seconds."""


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """The presentation as Impress has it, before and after."""
    folder = tmp_path_factory.mktemp("live")
    (folder / "deck.pptx").write_bytes(DECK)
    env: Any = gym.make(
        "CUA-PowerPoint-v0", open=str(folder / "deck.pptx"), look="plain", prepare=0
    )
    env.reset(seed=0)
    env.unwrapped.export(str(folder / "before.pptx"))
    for action in DONE:
        env.step(action)
    env.unwrapped.export(str(folder / "after.pptx"))
    env.close()
    return (folder / "before.pptx").read_bytes(), (folder / "after.pptx").read_bytes()


def test_opening_it_changes_nothing(judge: Judge, states: tuple[bytes, bytes]) -> None:
    assert not failures(judge(states[0], "unchanged", aspects=sorted(ASPECTS)))


@pytest.mark.parametrize(
    ("validator", "args"),
    [
        ("layouts", {"slides": {"2": "Two Content", "3": "Blank", "1": "Title Slide"}}),
        ("shapes", {"wanted": [{"slide": 3, "kind": "oval", "count": 2}]}),
        ("shapes", {"wanted": [{"slide": 3, "kind": "text box", "text": "Typed"}]}),
        ("transitions", {"slides": {"3": {"kind": "wheel", "after": 1}, "2": False}}),
        ("unchanged", {"outside": "2,3"}),
    ],
)
def test_what_was_done_is_seen(
    judge: Judge, states: tuple[bytes, bytes], validator: str, args: Any
) -> None:
    before, after = states
    assert not failures(judge(after, validator, **args))
    if validator != "unchanged":
        assert not judge(before, validator, **args).success
    assert not judge(after, "unchanged", outside="2").success


@pytest.mark.parametrize("suffix", ["odp", "ppt"])
def test_other_formats(grader: Grader, tmp_path: Path, suffix: str) -> None:
    (tmp_path / "deck.pptx").write_bytes(DECK)
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
        + ["--convert-to", suffix, "--outdir", str(tmp_path), str(tmp_path / "deck.pptx")],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=True,
        capture_output=True,
        timeout=60,
    )
    name, data = f"deck.{suffix}", (tmp_path / f"deck.{suffix}").read_bytes()
    titles = ["Year in review", "Results", "", "Figures", "Next steps"]
    body = ["Revenue grew", "\tmost in Oslo", "Costs fell"]
    # What was a placeholder is a text box, once it went through the old format.
    place = "2!body" if suffix == "odp" else "2!text box"
    specs = (
        ValidatorSpec("slides.deck", {"titles": titles}),
        ValidatorSpec("slides.text", {"places": {place: body, "2!notes": "Thank the team"}}),
        ValidatorSpec("slides.layouts", {"slides": {"1": "Title Slide", "4": "Title Only"}}),
        ValidatorSpec("slides.unchanged", {"aspects": sorted(ASPECTS)}),
    )
    task = TaskInstance(
        id="test/formats", app="powerpoint", files={name: data}, open=name, validators=specs
    )
    verdict = grader.grade(task, {name: data}, status="success")
    assert not verdict.fault and not failures(verdict)
