"""The family monthly-total on a real screen: the oracle passes, near misses do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import gymnasium as gym
import pytest

import cuagym  # noqa: F401 - registers the ids
from cuagym.actions import Turn
from cuagym.pack import find
from cuagym.task import Screen

FAMILY = find("excel/monthly-total")[0]
SIZE = (1024, 640)


@contextmanager
def opened(look: str) -> Iterator[tuple[Any, Screen]]:
    env = gym.make("CUA-Excel-v0", task=FAMILY.id, size=SIZE, look=look, prepare=0)
    yield env.unwrapped, Screen(*SIZE, look)
    env.close()


@pytest.fixture(scope="module")
def plain() -> Iterator[tuple[Any, Screen]]:
    with opened("plain") as made:
        yield made


def play(env: Any, turns: Iterable[Turn]) -> tuple[float, dict[str, str]]:
    """Play turns to the end; return the reward and why checks failed."""
    for turn in turns:
        _, reward, terminated, truncated, info = env.step_turn(list(turn))
        assert not truncated, info["fault"]
        if terminated:
            break
    assert terminated
    return reward, {c.name: c.detail for c in env.verdict.checks if not c.passed}


@pytest.mark.parametrize("look", ["gtk3", "plain"])
def test_the_oracle_passes(look: str) -> None:
    with opened(look) as (env, screen):
        env.reset(seed=1)
        assert play(env, FAMILY.solve(env.instance.params, screen)) == (1.0, {})


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("number for formula", "a formula was asked for, found"),
        ("neighbouring cell", "a formula was asked for, found nothing"),
        ("not saved", "was it saved?"),
        ("other data lost", "A2 held the text"),
    ],
)
def test_near_misses_fail_for_their_reason(plain: tuple[Any, Screen], name: str, says: str) -> None:
    env, screen = plain
    env.reset(seed=7)
    turns = FAMILY.near_misses(env.instance.params, screen)[name]
    reward, failed = play(env, turns)
    assert reward == 0.0 and any(says in detail for detail in failed.values()), failed
