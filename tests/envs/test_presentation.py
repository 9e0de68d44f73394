"""Presentations as files: hashes and differences of live exports, programs, random spoilings."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from pptx import Presentation

import cuagym  # noqa: F401 - registers the ids
from cuagym.actions import Click, Key, Type
from cuagym.formats import of

PPTX = of(".pptx")


def presentation() -> bytes:
    deck = Presentation()
    for title, lines in (("Results", "Sales grew\nCosts fell"), ("Plans", "Hire\nMove")):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = title, lines
        slide.notes_slide.notes_text_frame.text = f"About {title}"
    out = BytesIO()
    deck.save(out)
    return out.getvalue()


DECK = presentation()


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gym.Env[Any, Any]]:
    path = tmp_path_factory.mktemp("decks") / "deck.pptx"
    path.write_bytes(DECK)
    env = gym.make("CUA-PowerPoint-v0", open=str(path), look="plain", prepare=0)
    yield env
    env.close()


def test_a_hash_tells_what_was_changed_and_not_what_was_looked_at(env: Any, tmp_path: Path) -> None:
    def export() -> bytes:
        env.unwrapped.export(str(tmp_path / "live.pptx"))
        return (tmp_path / "live.pptx").read_bytes()

    env.reset(seed=0)
    first = export()
    assert export() != first and PPTX.digest(export()) == PPTX.digest(first)
    env.step(Click((0.066, 0.36)))  # the second slide, in the pane
    assert PPTX.digest(export()) == PPTX.digest(first)
    assert PPTX.differences(first, export()) == []
    env.step(Click((0.43, 0.25), count=2))  # the title, in the slide
    env.step(Key(("ctrl", "a")))
    env.step(Type("Other plans"))
    env.step(Key(("Escape",)))
    after = export()
    assert PPTX.digest(after) != PPTX.digest(first)
    assert PPTX.differences(first, after) == [
        "slide 2 ('Plans'), the title: 'Plans' is now 'Other plans'"
    ]
    for _ in range(4):
        env.step(Key(("ctrl", "z")))
    assert PPTX.differences(first, export()) == []
    assert PPTX.digest(export()) == PPTX.digest(first)


def test_when_and_by_whom_it_was_stored_makes_no_difference() -> None:
    deck = Presentation(BytesIO(DECK))
    deck.core_properties.author, deck.core_properties.revision = "Someone", 7
    out = BytesIO()
    deck.save(out)
    assert out.getvalue() != DECK and PPTX.digest(out.getvalue()) == PPTX.digest(DECK)
    assert PPTX.digest(b"no archive") != PPTX.digest(b"another one")


def test_python_pptx_stores_the_same_again() -> None:
    again = PPTX.programs["python-pptx"](DECK)
    assert PPTX.differences(DECK, again) == [] == PPTX.differences(again, DECK)


@pytest.mark.parametrize("name", sorted(PPTX.mutants))
def test_every_spoiling_spoils_at_a_place_drawn_from_the_generator(name: str) -> None:
    mutant = PPTX.mutants[name]
    spoilt = [mutant(DECK, np.random.default_rng(seed)) for seed in range(6)]
    assert all(PPTX.differences(DECK, each) for each in spoilt)
    places = {tuple(PPTX.differences(DECK, each)) for each in spoilt}
    assert len(places) > 1 or name == "two slides swapped"
    again = mutant(DECK, np.random.default_rng(3))
    assert PPTX.digest(again) == PPTX.digest(spoilt[3])
