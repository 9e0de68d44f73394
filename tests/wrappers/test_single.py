"""Wrappers of one desktop: what is seen, what it costs, and an env made again from its spec."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env

import cuagym
from cuagym import wrappers
from cuagym.actions import Terminate, Type, Wait
from cuagym.env import DesktopEnv
from cuagym.errors import UsageError
from cuagym.sandbox import criu

from ..conftest import TASK, make


@pytest.fixture(scope="module")
def desktop() -> Iterator[gym.Env[Any, Any]]:
    env = make()
    yield env
    env.close()


def all_of(env: Any) -> Any:
    """One of each theme around an env."""
    env = wrappers.PointAndType(env, 16, 9, keys=("Return",), texts=["7\n"])
    env = wrappers.Screen(env, (80, 45), (0, 0, 1280, 720), gray=True, keep=["instruction"])
    env = wrappers.FrameStack(env, 3)
    return wrappers.TimeCost(wrappers.TaskOneHot(env, ["excel/named-range", TASK]), 0.25)


def test_the_screen_alone_is_that_of_the_screenshot(desktop: Any) -> None:
    full, _ = desktop.reset(seed=0)
    for args, part in [
        ({"size": (160, 90)}, full["screenshot"]),
        ({"size": (40, 30), "crop": (10, 20, 640, 360)}, full["screenshot"][20:380, 10:650]),
        ({"crop": (10, 20, 33, 44)}, full["screenshot"][20:64, 10:43]),
        ({"size": (84, 84), "method": "nearest"}, full["screenshot"]),
    ]:
        env = wrappers.Screen(desktop, **args)
        seen, _ = env.reset(seed=0)
        size = args.get("size") or args["crop"][2:]
        assert seen in env.observation_space and seen.shape == (size[1], size[0], 3)
        same = wrappers.resize(part, size, method=args.get("method", "area"))
        assert np.array_equal(seen, same)


def test_a_stack_holds_the_last_images_of_the_episode(desktop: Any) -> None:
    screen = wrappers.Screen(desktop, (80, 45), gray=True)
    env = wrappers.FrameStack(screen, 3)
    assert env.observation_space == spaces.Box(0, 255, (45, 80, 3), np.uint8)
    seen, _ = env.reset(seed=0)
    images = [seen[..., 2]] * 3
    assert np.array_equal(seen, np.stack(images, -1))
    for text in ("1\n", "2\n", "3\n"):
        before, (seen, *_) = seen, env.step(Type(text))
        images = [*images[1:], wrappers.resize(env.unwrapped.peek(), (80, 45), gray=True)[..., 0]]
        assert np.array_equal(seen, np.stack(images, -1))
        assert not np.array_equal(before, seen)
    seen, _ = env.reset()
    assert np.array_equal(seen, np.stack([seen[..., 2]] * 3, -1))


def test_full_screenshots_can_be_stacked_too(desktop: Any) -> None:
    env = wrappers.FrameStack(desktop, 2)
    seen, _ = env.reset(seed=0)
    assert seen in env.observation_space and seen["screenshot"].shape == (720, 1280, 6)


def test_the_task_is_told_as_a_number(desktop: Any) -> None:
    others = ["excel/named-range", TASK]
    one_hot = wrappers.TaskOneHot(wrappers.Screen(desktop, (64, 36)), others)
    seen, info = one_hot.reset(seed=3)
    assert seen in one_hot.observation_space and set(seen) == {"screen", "task"}
    assert seen["task"].dtype == np.float32 and list(seen["task"]) == [0.0, 1.0]
    index = wrappers.TaskIndex(desktop, [info["instruction"], "Do nothing."], by="instruction")
    seen, _ = index.reset(seed=3)
    assert seen in index.observation_space and seen["task"] == 0
    assert set(seen) == {"screenshot", "instruction", "task"}
    assert index.step(Wait())[0]["task"] == 0


def test_a_task_that_is_not_in_the_list_is_named(desktop: Any) -> None:
    env = wrappers.TaskOneHot(desktop, ["excel/monthly-totals"])
    with pytest.raises(UsageError, match=r"'excel/monthly-total', which .* did you mean"):
        env.reset(seed=0)


def test_each_step_costs_and_the_reset_does_not(desktop: Any) -> None:
    env = wrappers.TimeCost(desktop, 0.25)
    env.reset(seed=0)
    assert env.step(Wait())[1] == -0.25
    _, reward, terminated, _, info = env.step(Terminate("success"))
    assert terminated and reward == info["score"] * info["is_success"] - 0.25


def test_a_spec_makes_the_same_env_again(desktop: Any) -> None:
    env = all_of(desktop)
    spec = env.spec
    assert spec is not None
    for again in (spec, EnvSpec.from_json(spec.to_json())):
        made = gym.make(again)
        try:
            assert str(made) == str(env) and made.observation_space == env.observation_space
            assert made.action_space == env.action_space
        finally:
            made.close()
    made = gym.make(spec)
    try:
        actions = [np.array([0, 4, 5, 0]), np.array([6, 0, 0, 1])]
        results = [(env.reset(seed=5), made.reset(seed=5))]
        results += [(env.step(action), made.step(action)) for action in actions]
        for ours, theirs in results:
            assert all(np.array_equal(ours[0][k], theirs[0][k]) for k in ours[0])
            assert ours[1:] == theirs[1:]
    finally:
        made.close()


def test_gymnasiums_checker_is_content() -> None:
    env = all_of(make(max_steps=3).unwrapped)
    try:
        check_env(env, skip_render_check=True)
    finally:
        env.close()


@pytest.mark.skipif(bool(criu.unusable()), reason="this machine makes no snapshots")
def test_forks_have_stacks_of_their_own(desktop: Any) -> None:
    env = wrappers.FrameStack(wrappers.Screen(desktop, (80, 45), gray=True), 2)
    env.reset(seed=0)
    env.step(Type("1\n"))
    [copy] = cuagym.fork(env, 1)
    try:
        theirs, ours = copy.step(Type("2\n"))[0], env.step(Type("2\n"))[0]
        assert np.array_equal(theirs, ours)
        kept = ours.copy()
        copy.step(Type("3\n"))
        assert np.array_equal(env.step(Wait())[0][..., 0], kept[..., 1])
    finally:
        copy.close()


@pytest.mark.parametrize(
    ("wrap", "told"),
    [
        (lambda e: wrappers.Screen(e, (2000, 90)), "larger than the 1280x720"),
        (lambda e: wrappers.Screen(e, 84), r"size=84: \(width, height\)"),
        (lambda e: wrappers.Screen(e, (84, 84), crop=(1200, 0, 160, 90)), "inside the screen"),
        (lambda e: wrappers.Screen(e, (84, 84), method="aera"), "did you mean 'area'"),
        (lambda e: wrappers.Screen(e, (84, 84), keep=["instructions"]), "mean 'instruction'"),
        (lambda e: wrappers.Screen(wrappers.Screen(e)), "'screenshot' to be observed"),
        (lambda e: wrappers.FrameStack(e, 0), "count=0"),
        (lambda e: wrappers.FrameStack(gym.make("CartPole-v1")), "FrameStack wants an image"),
        (lambda e: wrappers.TaskOneHot(e, []), "at least one"),
        (lambda e: wrappers.TaskOneHot(e, ["a", "a"]), "each of them once"),
        (lambda e: wrappers.TaskIndex(e, ["a"], by="tsak"), "did you mean 'task'"),
        (lambda e: wrappers.TaskIndex(wrappers.TaskIndex(e, ["a"]), ["a"]), "observed already"),
        (lambda e: wrappers.TimeCost(e, -1), "cost=-1"),
        (lambda e: wrappers.vector.TimeCost(e), "take cuagym.wrappers.TimeCost"),
    ],
)
def test_bad_arguments_say_what_would_be_right(wrap: Any, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        wrap(DesktopEnv("excel"))


def test_a_vector_env_wants_the_other_wrapper() -> None:
    envs = gym.make_vec("CUA-Excel-v0", num_envs=2)
    with pytest.raises(UsageError, match="take cuagym.wrappers.vector.Screen"):
        wrappers.Screen(envs)
    envs.close()
