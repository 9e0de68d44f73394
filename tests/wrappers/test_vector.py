"""Wrappers of many envs: the same as wrapped single ones, in every autoreset mode, and by recv."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers.vector import RecordEpisodeStatistics

from cuagym import wrappers
from cuagym.actions import Click
from cuagym.errors import ActionError, UsageError
from cuagym.wrappers import vector

from ..conftest import inside, same

TASK, OTHER = "miniwob/click-test", "miniwob/click-button"
GIVEN: dict[str, Any] = {
    **{"task": TASK, "size": (640, 480), "look": "plain", "prepare": 0, "max_steps": 20},
}
BAR = (0, 106, 160, 50)
"""The part of the page where the instruction stands: clicks on it move the pointer alone."""

CLICKS = [Click((0.1, 0.25)), Click((0.2, 0.25))]


def make() -> gym.Env[Any, Any]:
    return gym.make("CUA-Browser-v0", **GIVEN)


def acts(*columns: int | None) -> Any:
    """A batch of actions: click on the bar in this column, or end the episode."""
    return np.array([[2, 0, 0, 0] if n is None else [0, n, 1, 0] for n in columns])


@contextmanager
def made(num_envs: int = 2, **more: Any) -> Iterator[Any]:
    envs = gym.make_vec("CUA-Browser-v0", num_envs=num_envs, **{**GIVEN, "copy": False, **more})
    try:
        yield envs
    finally:
        envs.close()


def all_of(env: Any, names: Any) -> Any:
    """One of each theme around an env or a vector env; `names` is where they are."""
    kinds = ["click", "drag", "terminate"]
    env = names.PointAndType(env, 9, 3, ("Tab",), kinds=kinds, region=BAR)
    env = names.Screen(env, (80, 60), gray=True, keep=["instruction"])
    return names.TimeCost(names.TaskOneHot(names.FrameStack(env, 3), [OTHER, TASK]), 0.25)


def both(mode: AutoresetMode, mine: Any, theirs: Any, plans: list[Any]) -> None:
    """Two vector envs are the same on every step of a plan."""
    assert mine.observation_space == theirs.observation_space
    assert mine.action_space == theirs.action_space
    assert same(mine.reset(seed=5), theirs.reset(seed=5))
    over = np.zeros(mine.num_envs, np.bool_)
    for plan in plans:
        if mode is AutoresetMode.DISABLED and over.any():
            masks = [{"reset_mask": over.copy()} for _ in range(2)]
            assert same(mine.reset(options=masks[0]), theirs.reset(options=masks[1]))
        ours, other = mine.step(plan), theirs.step(plan)
        assert [same(*pair) for pair in zip(ours, other, strict=True)] == [True] * 5
        assert same(ours[0], other[0]) and ours[0] in mine.observation_space
        over = ours[2] | ours[3]


@pytest.mark.parametrize("mode", AutoresetMode)
def test_a_wrapped_pool_is_many_wrapped_desktops(mode: AutoresetMode) -> None:
    plans = [acts(1, 2), acts(3, 4), acts(None, 5), acts(6, None), acts(7, 8), acts(1, 2)]
    one = {"autoreset_mode": mode}
    theirs = SyncVectorEnv([lambda: all_of(make(), wrappers)] * 2, **one)
    try:
        with made(**one) as envs:
            both(mode, all_of(envs, vector), theirs, plans)
    finally:
        theirs.close()


class Counter(gym.Env[Any, Any]):
    """A stand-in for any env of another maker: an image of how many steps there were."""

    observation_space = spaces.Box(0, 255, (2, 2, 1), np.uint8)
    action_space = spaces.Discrete(2)

    def __init__(self, length: int) -> None:
        self._length, self._total, self._step = length, 0, 0

    def _see(self) -> Any:
        return np.full((2, 2, 1), self._total, np.uint8), {"task": f"t{self._total % 3}"}

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        super().reset(seed=seed)
        self._step, self._total = 0, self._total + 1
        return self._see()

    def step(self, action: Any) -> Any:
        self._step, self._total = self._step + 1, self._total + 1
        image, info = self._see()
        return image, 1.0, self._step >= self._length, False, info


@pytest.mark.parametrize("mode", AutoresetMode)
def test_other_vector_envs_can_be_wrapped_too(mode: AutoresetMode) -> None:
    def wrap(env: Any, names: Any) -> Any:
        env = names.TaskIndex(names.FrameStack(env, 3), ["t0", "t1", "t2"])
        return names.TimeCost(env, 0.5)

    lengths = (1, 2, 5)
    singles: list[Callable[[], Any]] = [lambda n=n: wrap(Counter(n), wrappers) for n in lengths]
    bare: list[Callable[[], Any]] = [lambda n=n: Counter(n) for n in lengths]
    theirs = SyncVectorEnv(singles, autoreset_mode=mode)
    ours = wrap(SyncVectorEnv(bare, autoreset_mode=mode), vector)
    both(mode, ours, theirs, [np.zeros(3, np.int64)] * 14)


def test_actions_of_other_vector_envs_become_elements_of_their_space() -> None:
    grid = vector.ClickGrid(SyncVectorEnv([make, make]), 4, 4, region=BAR)
    try:
        frames = [env.reset(seed=0)[0]["screenshot"] for env in (grid, grid)]
        assert np.array_equal(*frames)
        seen = grid.step(np.array([9, 2]))[0]["screenshot"]
        assert not np.array_equal(seen[0], seen[1])
    finally:
        grid.close()


@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_what_recv_returns_is_what_step_returns(mode: str) -> None:
    """An episode's stacks and rewards are the same, whoever is ready first."""
    plans = [acts(1, 2), acts(None, 4), acts(5, 6), acts(7, None), acts(8, 1)]
    with made(autoreset_mode=mode) as envs:
        env = all_of(envs, vector)
        first, _ = env.reset(seed=2)
        stepped = [env.step(plan) for plan in plans]
        env.async_reset(seed=2)
        begun: dict[int, Any] = {}
        while len(begun) < 2:
            seen, *_, infos = env.recv()
            begun |= {int(p): {k: v[i] for k, v in seen.items()} for i, p in rows(infos)}
        assert all(same(begun[p], {k: v[p] for k, v in first.items()}) for p in (0, 1))
        for place in (1, 0):  # one is ahead of the other all the time
            for plan, (seen, rewards, over, cut, infos) in zip(plans, stepped, strict=True):
                env.send(plan[place : place + 1], [place])
                got = env.recv()
                assert list(got[4]["env_id"]) == [place]
                assert all(np.array_equal(got[0][k][0], seen[k][place]) for k in seen)
                assert (got[1][0], got[2][0], got[3][0]) == (
                    *(rewards[place], over[place], cut[place]),
                )
                ended = "final_obs" in infos and infos["final_obs"][place] is not None
                assert ended == ("final_obs" in got[4])
                if ended:
                    assert same(got[4]["final_obs"][0], infos["final_obs"][place])


def rows(infos: Any) -> list[tuple[int, int]]:
    return list(enumerate(infos["env_id"]))


def test_what_is_handed_out_stays_as_it_is() -> None:
    with made() as envs:
        env = vector.FrameStack(vector.Screen(envs, (80, 60)), 2)
        before, _ = env.reset(seed=0)
        kept = before.copy()
        unwrapped: Any = env.unwrapped
        after = env.step(CLICKS)[0]
        assert np.array_equal(before, kept) and not np.array_equal(before, after)
        after[:] = 0  # whoever works on it in place spoils nothing
        assert env.step(CLICKS)[0][..., :3].any()
        assert unwrapped.frames.shape == (2, 480, 640, 3)


def test_a_fault_costs_nothing_and_the_next_episode_begins_with_a_stack_of_its_own() -> None:
    with made(autoreset_mode="SameStep") as envs:
        env = vector.TimeCost(vector.FrameStack(vector.Screen(envs, (80, 60)), 2), 0.25)
        env.reset(seed=0)
        os.kill(inside(envs._pool.envs[1], "Xvfb"), signal.SIGKILL)
        seen, rewards, _, truncated, infos = env.step(CLICKS)
        assert list(truncated) == [False, True] and infos["final_info"]["fault"][1]
        assert list(rewards) == [-0.25, 0.0]
        assert np.array_equal(seen[1][..., :3], seen[1][..., 3:])
        assert not np.array_equal(seen[0][..., :3], seen[0][..., 3:])


def test_each_desktop_has_its_task() -> None:
    with made(task=[TASK, OTHER]) as envs:
        env = vector.TaskIndex(vector.Screen(envs, (80, 60)), [OTHER, TASK])
        seen, _ = env.reset(seed=0)
        assert list(seen["task"]) == [1, 0] and seen in env.observation_space
        assert list(env.step(CLICKS)[0]["task"]) == [1, 0]


def test_gymnasiums_vector_wrappers_go_around_ours() -> None:
    with made(max_steps=2) as envs:
        env = RecordEpisodeStatistics(vector.TimeCost(envs, 0.5))
        env.reset(seed=0)
        env.step(CLICKS)
        infos = env.step(CLICKS)[4]
        assert list(infos["episode"]["r"]) == [-1.0, -1.0]
        with pytest.raises(UsageError, match=r"send\(\): .*DesktopVectorEnv's own"):
            vector.Screen(env, (80, 60)).send(CLICKS)


def test_wrong_actions_are_refused_before_anything_happens() -> None:
    with made() as envs:
        env = vector.ClickGrid(envs, 4, 4)
        assert env.single_action_space == spaces.Discrete(16) and env.meanings[0][15]
        assert env.action_space == spaces.MultiDiscrete([16, 16])
        env.reset(seed=0)
        before = envs.frames.copy()
        with pytest.raises(ActionError, match=r"env 1: action .*16.* is not in Discrete"):
            env.step(np.array([0, 16]))
        with pytest.raises(ActionError, match="env 0: action .*-1"):
            env.send(np.array([-1]), [0])
        with pytest.raises(ActionError, match="3 actions were given, 2 are wanted"):
            env.step(np.zeros(3, np.int64))
        assert np.array_equal(before, envs.frames)
        env.step(env.action_space.sample())


def test_who_asks_for_the_autoreset_mode_is_told_by_the_outermost_wrapper() -> None:
    pool = gym.make_vec("CUA-Browser-v0", num_envs=2, autoreset_mode="Disabled", **GIVEN)
    wrapped: Any = vector.Screen(vector.ClickGrid(pool, 4, 5), (80, 45))
    assert wrapped.autoreset_mode is pool.unwrapped.autoreset_mode is AutoresetMode.DISABLED
    wrapped.close()
