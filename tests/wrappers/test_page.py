"""The page on wrappers: its examples run, and it names what there is."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from cuagym import wrappers

PAGE = (Path(__file__).parents[2] / "docs" / "wrappers.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.S)
CLASSES = [name for name, value in vars(wrappers).items() if inspect.isclass(value)]


def test_every_example_runs() -> None:
    given: dict[str, Any] = {}
    for block in BLOCKS:
        if "stable_baselines3" in block:
            pytest.importorskip("stable_baselines3")
        exec(block, given)


@pytest.mark.parametrize("name", CLASSES)
def test_every_wrapper_is_told_with_its_arguments_and_has_a_twin(name: str) -> None:
    one, many = getattr(wrappers, name), getattr(wrappers.vector, name)
    arguments = list(inspect.signature(one).parameters)
    [told] = re.findall(rf"^\| `{name}\(([^`]*)\)`", PAGE, re.M)
    named = [part.split("=")[0].strip() for part in re.sub(r"\([^)]*\)", "", told).split(",")]
    assert [n for n in named if n] == arguments
    assert list(inspect.signature(many).parameters) == arguments
    defaults = [p.default for p in inspect.signature(one).parameters.values()]
    assert [p.default for p in inspect.signature(many).parameters.values()] == defaults
