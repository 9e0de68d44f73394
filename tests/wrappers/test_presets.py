"""Small action spaces: what each action stands for, and what is refused."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from cuagym.actions import Click, Drag, Key, Scroll, Terminate, Type, Wait, parse
from cuagym.errors import ActionError, UsageError
from cuagym.wrappers import KINDS, ClickGrid, ContinuousPointer, PointAndType

from ..conftest import ID


@pytest.fixture(scope="module")
def env() -> Any:
    """Never started: spaces and meanings need no desktop."""
    return gym.make(ID)


def test_a_grid_counts_from_the_upper_left_row_by_row(env: Any) -> None:
    grid = ClickGrid(env, 4, 2)
    assert grid.action_space == spaces.Discrete(8)
    assert grid.action(0) == Click((0.125, 0.25)) and grid.action(5) == Click((0.375, 0.75))
    assert grid.meanings[0][5] == "click column 1, row 1"
    assert grid.action(np.int64(7)) == grid.action(np.array([7])) == Click((0.875, 0.75))


def test_a_grid_may_lie_in_a_part_of_the_screen_and_end_the_episode(env: Any) -> None:
    grid = ClickGrid(env, 2, 1, region=(0, 106, 160, 210), terminate=True)
    assert grid.action_space == spaces.Discrete(3)
    assert grid.action(0) == Click((40 / 1280, 211 / 720))
    assert grid.action(2) == Terminate("success") and grid.meanings == [
        ["click column 0, row 0", "click column 1, row 0", "terminate"]
    ]


def test_point_and_type_says_all_that_it_names(env: Any) -> None:
    office = PointAndType(
        env, 10, 5, keys=["Enter", "ctrl+shift+s", "ctrl++", "+"], texts="42", kinds=KINDS
    )
    assert office.action_space == spaces.MultiDiscrete([11, 10, 5, 5])
    at = (0.35, 0.5)

    def meant(kind: str, key: int = 0) -> Any:
        return office.action(np.array([office.meanings[0].index(kind), 3, 2, key]))

    assert meant("click") == Click(at) and meant("double_click") == Click(at, count=2)
    assert meant("right_click") == Click(at, "right") and meant("drag") == Drag(at)
    assert meant("scroll_down") == Scroll(at, (0, 3)) and meant("scroll_up") == Scroll(at, (0, -3))
    assert meant("wait") == Wait() and meant("give_up") == Terminate("failure")
    typed = [meant("type", key) for key in range(5)]
    assert typed[:2] == [Key(("Return",)), Key(("ctrl", "shift", "s"))]
    assert typed[2:] == [Key(("ctrl", "+")), Key(("+",)), Type("42")]
    assert office.meanings[3] == ["Return", "ctrl+shift+s", "ctrl++", "+", "type '42'"]


def test_a_continuous_pointer_does_what_scores_highest(env: Any) -> None:
    pointer = ContinuousPointer(
        env, ["click", "drag"], keys=["Tab"], texts=["x"], region=(100, 100, 200, 100)
    )
    assert pointer.action_space == spaces.Box(-1, 1, (6,), np.float32)
    low, high = (100 / 1280, 100 / 720), (300 / 1280, 200 / 720)
    assert pointer.action(np.float32([-1, -1, 0.5, 0, 0.1, 0.2])) == Click(low)
    assert pointer.action(np.float32([1, 1, 0, 0.5, 0.1, 0.2])) == Drag(high)
    assert pointer.action(np.float32([1, 1, 0, 0, 0.1, 0])) == Key(("Tab",))
    assert pointer.action(np.float32([1, 1, -1, -0.5, -0.5, 0])) == Type("x")
    one = ContinuousPointer(env)
    assert one.action_space.shape == (2,) and one.action(np.zeros(2)) == Click((0.5, 0.5))


def test_every_sample_means_something(env: Any) -> None:
    for wrapped in (
        ClickGrid(env, 7, 3, region=(1279, 719, 1, 1), terminate=True),
        PointAndType(env, 3, 3, kinds=KINDS),
        ContinuousPointer(env, KINDS, region=(0, 0, 1280, 720)),
    ):
        wrapped.action_space.seed(1)
        for _ in range(200):
            primitive = wrapped.action(wrapped.action_space.sample())
            assert parse(primitive) == primitive


@pytest.mark.parametrize("wrong", [8, -1, 1.5, "1", None, [1, 2], np.array([0.0])])
def test_an_action_outside_a_grid_is_refused(env: Any, wrong: Any) -> None:
    with pytest.raises(ActionError, match=r"is not in Discrete\(8\)"):
        ClickGrid(env, 4, 2).action(wrong)


@pytest.mark.parametrize("wrong", [[0, 0, 0], [0, 3, 0, 0], [0, 0, 0, -1], [0.5] * 4, 0])
def test_an_action_outside_point_and_type_is_refused(env: Any, wrong: Any) -> None:
    with pytest.raises(ActionError, match="is not in MultiDiscrete"):
        PointAndType(env, 3, 3).action(wrong)


@pytest.mark.parametrize("wrong", [[0, 0, 0], [1.5, 0], [np.nan, 0], ["a", "b"]])
def test_an_action_outside_a_pointers_box_is_refused(env: Any, wrong: Any) -> None:
    with pytest.raises(ActionError, match="is not in Box"):
        ContinuousPointer(env).action(wrong)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda env: ClickGrid(env, 0, 2), "columns=0: a whole number of at least 1"),
        (lambda env: ClickGrid(env, 2, 2.5), "rows=2.5"),
        (lambda env: ClickGrid(env, 2, 2, (0, 0, 1281, 9)), "inside the screen of 1280x720"),
        (lambda env: ClickGrid(env, 2, 2, (0, 0, 9)), r"region=\(0, 0, 9\): \(left, top"),
        (lambda env: ClickGrid(gym.make("CartPole-v1"), 2, 2, (0, 0, 9, 9)), "no 'screenshot'"),
        (lambda env: PointAndType(env, 2, 2, kinds=["clikc"]), "did you mean 'click'"),
        (lambda env: PointAndType(env, 2, 2, kinds=[]), "at least one of"),
        (lambda env: PointAndType(env, 2, 2, kinds=["wait"] * 2), "each of them once"),
        (lambda env: PointAndType(env, 2, 2, keys=["ctlr+s"]), "keys: 'ctlr.s': .*ctlr"),
        (lambda env: PointAndType(env, 2, 2, keys=["a", "A"]), "there twice"),
        (lambda env: PointAndType(env, 2, 2, keys=[]), "at least one key or text"),
        (lambda env: PointAndType(env, 2, 2, texts=["\x07"]), "texts: .*control character"),
        (lambda env: ContinuousPointer(env, ["type"]), "kinds: 'type' is none of"),
        (lambda env: ContinuousPointer(env, texts=[3]), "texts: 3: "),
    ],
)
def test_bad_arguments_say_what_would_be_right(env: Any, make: Any, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        make(env)


@pytest.mark.parametrize(
    "make",
    [
        lambda env: ClickGrid(env, 4, 2, region=(0, 106, 160, 210), terminate=True),
        lambda env: PointAndType(env, 6, 5, keys=["Return", "ctrl+s"], texts=["42"], kinds=KINDS),
        lambda env: ContinuousPointer(env),
        lambda env: ContinuousPointer(env, ["click", "drag", "wait"], keys=["Return"], texts=["a"]),
    ],
)
def test_what_an_action_means_is_encoded_as_an_action_that_means_the_same(
    env: Any, make: Any
) -> None:
    wrapped = make(env)
    wrapped.action_space.seed(0)
    for _ in range(60):
        meant = wrapped.action(wrapped.action_space.sample())
        again = wrapped.encode(meant)
        assert wrapped.action_space.contains(again)
        found = wrapped.action(again)
        assert type(found) is type(meant)
        if getattr(meant, "point", None):
            assert found.point == pytest.approx(meant.point, abs=1e-6)
        else:
            assert found == meant


def test_a_demonstrations_point_is_moved_to_the_nearest_that_there_is(env: Any) -> None:
    office = PointAndType(env, 10, 5, keys=["Return"])
    assert list(office.encode(Click((0.37, 0.52), count=2))) == [1, 3, 2, 0]
    assert list(office.encode(Click((1.0, 1.0)))) == [0, 9, 4, 0]
    left = ClickGrid(env, 2, 2, region=(0, 0, 640, 720))
    assert left.encode(Click((0.9, 0.1))) == 1  # outside: the nearest column


def test_what_has_no_counterpart_is_refused_in_words(env: Any) -> None:
    office = PointAndType(env, 10, 5, keys=["Return"])
    with pytest.raises(ActionError, match=r"text='Total'.* has no counterpart among: click, "):
        office.encode(Type("Total"))
    with pytest.raises(ActionError, match="no counterpart"):
        office.encode(Click())
    with pytest.raises(ActionError, match="no counterpart"):
        ClickGrid(env, 2, 2).encode(Click((0.5, 0.5), count=2))
