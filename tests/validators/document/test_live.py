"""Documents as a real Writer leaves them after a user's hands were at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest

import cuagym  # noqa: F401 - registers the ids
from cuagym.actions import Key, Type

from .conftest import REPORT, Judge, changed, failures, xml

Played = Callable[..., bytes]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Open a document in Writer, act, and export it as it stands."""
    folder: Path = tmp_path_factory.mktemp("live")
    envs: dict[bytes, Any] = {}

    def played(*actions: Any, document: bytes = REPORT) -> bytes:
        if document not in envs:
            path = folder / f"{len(envs)}.docx"
            path.write_bytes(document)
            envs[document] = gym.make("CUA-Word-v0", open=str(path), look="plain", prepare=0)
        env = envs[document]
        env.reset(seed=0)
        for action in (Key(("ctrl", "Home")), *actions):
            env.step(action)
        env.unwrapped.export(str(folder / "out.docx"))
        return (folder / "out.docx").read_bytes()

    yield played
    for env in envs.values():
        env.close()


DOWN, END = Key(("Down",)), Key(("End",))
TO_SHIPS = (DOWN, DOWN, DOWN, Key(("Home",)))
LINE = (*TO_SHIPS, Key(("shift", "End")))


def test_looks_and_settings_by_keys(judge: Judge, played: Played) -> None:
    left = played(*LINE, Key(("ctrl", "b")), Key(("ctrl", "u")), Key(("ctrl", "e")))
    look = {"texts": {"#4": {"bold": True, "underline": True}}, "only": True}
    setting = {"wanted": {"#4": {"align": "center"}}, "only": True}
    for validator, args in (("characters", look), ("paragraphs", setting)):
        verdict = judge(REPORT, left, validator, **args)
        assert verdict.success, failures(verdict)
        assert not judge(REPORT, REPORT, validator, **args).success
    aspects = ["text", "tables", "styles", "characters", "layout", "lists", "headings", "page"]
    assert judge(REPORT, left, "unchanged", aspects=aspects, outside="#4").success
    told = failures(judge(REPORT, left, "unchanged", aspects=aspects))
    assert set(told) == {"characters", "layout"}


def test_numbers_headings_and_breaks_by_keys(judge: Judge, played: Played) -> None:
    left = played(*TO_SHIPS, Key(("F12",)), DOWN, Key(("ctrl", "3")))
    wanted = {"#4": {"kind": "number", "label": "1."}, "#5": "none"}
    verdict = judge(REPORT, left, "lists", wanted=wanted)
    assert verdict.success, failures(verdict)
    master = [3, "The harbour master asks for two more cranes."]
    wanted_headings = [[1, "Overview"], master, [2, "Needs"], [1, "Ships"]]
    assert judge(REPORT, left, "headings", wanted=wanted_headings).success

    left = played(*TO_SHIPS, Key(("ctrl", "Return")))
    verdict = judge(REPORT, left, "paragraphs", wanted={"Ships came": {"page_break": True}})
    assert verdict.success, failures(verdict)
    assert judge(REPORT, left, "unchanged", outside="#empty").success


def test_text_that_was_typed_and_undone(judge: Judge, played: Played) -> None:
    left = played(*TO_SHIPS, END, Type(" Nobody minded.\nNot even the seals."))
    wanted = {"contains": ["closed twice. Nobody minded."], "counts": {"Not even the seals.": 1}}
    assert judge(REPORT, left, "text", **wanted).success
    told = failures(judge(REPORT, left, "unchanged"))
    assert set(told) == {"text"} and "paragraph 5 ('Not even the seals.') is new" in told["text"]
    assert judge(REPORT, left, "unchanged", outside=["#4", "seals"]).success
    left = played(*TO_SHIPS, Type("x"), Key(("ctrl", "z")))
    assert judge(REPORT, left, "unchanged", aspects=["text", "characters", "layout"]).success


def test_changes_that_are_recorded(judge: Judge, played: Played) -> None:
    recorded = changed(REPORT, lambda d: d.settings.element.insert(1, xml("w:trackRevisions/")))
    left = played(*TO_SHIPS, Type("Few "), Key(("Delete",)), document=recorded)
    wanted = [{"kind": "insertion", "text": "Few"}, {"kind": "deletion", "text": "S"}]
    verdict = judge(REPORT, left, "changes", wanted=wanted, recording=True)
    assert verdict.success, failures(verdict)
    assert judge(REPORT, left, "text", contains="Few hips came").success
