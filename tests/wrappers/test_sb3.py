"""Stable-Baselines3 on real desktops, and a loop as CleanRL writes it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from cuagym import wrappers
from cuagym.errors import SetupError, UsageError
from cuagym.wrappers import vector

from ..conftest import failing_resets, inside

PAGE = (0, 106, 160, 210)
"""Where a MiniWoB page lies on the screen."""
GIVEN: dict[str, Any] = {
    **{"task": "miniwob/click-test", "size": (640, 480), "look": "plain", "prepare": 0},
    "max_steps": 6,
}


def on_page(env: Any, names: Any = vector) -> Any:
    return names.Screen(names.ClickGrid(env, 3, 4, PAGE), (40, 52), PAGE, gray=True)


@contextmanager
def made(num_envs: int = 2, **more: Any) -> Iterator[Any]:
    given = {**GIVEN, "autoreset_mode": "SameStep", "copy": False, **more}
    envs = gym.make_vec("CUA-Browser-v0", num_envs=num_envs, **given)
    try:
        yield envs
    finally:
        envs.close()


def test_without_it_the_line_that_installs_it_is_told(monkeypatch: Any) -> None:
    monkeypatch.delitem(sys.modules, "cuagym.wrappers.sb3", raising=False)
    monkeypatch.setitem(sys.modules, "stable_baselines3", None)
    monkeypatch.setitem(sys.modules, "stable_baselines3.common.monitor", None)
    with pytest.raises(SetupError, match=r"pip install 'cuagym\[sb3\]'"):
        import cuagym.wrappers.sb3  # noqa: F401


@pytest.fixture
def sb3() -> Any:
    pytest.importorskip("stable_baselines3")
    import torch

    torch.set_num_threads(1)  # the other cores are the desktops'
    from cuagym.wrappers import sb3

    return sb3


def test_its_checker_is_content_with_one_desktop(sb3: Any) -> None:
    from stable_baselines3.common.env_checker import check_env

    env = on_page(gym.make("CUA-Browser-v0", **GIVEN), wrappers)
    try:
        check_env(env)
    finally:
        env.close()


def test_ends_of_episodes_are_told_as_sb3_tells_them(sb3: Any) -> None:
    with made(max_steps=[2, 3]) as envs:
        env = sb3.DesktopVecEnv(vector.TimeCost(on_page(envs), 0.5))
        env.seed(4)
        first = env.reset()
        assert first.shape == (2, 52, 40, 1) and first in spaces.Box(0, 255, first.shape, np.uint8)
        assert env.get_attr("np_random_seed") == [4, 5]
        assert [info["step"] for info in env.reset_infos] == [0, 0]
        kept = first.copy()
        corner = np.zeros(2, np.int64)  # the yellow bar: no button is there
        _, rewards, dones, infos = env.step(corner)
        assert rewards.dtype == np.float32 and list(dones) == [False, False]
        assert "terminal_observation" not in infos[0] and infos[0]["step"] == 1
        seen, rewards, dones, infos = env.step(corner)
        assert list(rewards) == [-0.5, -0.5] and list(dones) == [True, False]
        last = infos[0]
        assert last["step"] == 2 and not last["TimeLimit.truncated"] and last["horizon"]
        assert last["terminal_observation"].shape == (52, 40, 1)
        assert (last["episode"]["r"], last["episode"]["l"]) == (-1.0, 2)
        assert not last["is_success"] and env.reset_infos[0]["step"] == 0
        assert np.array_equal(first, kept)
        _, _, dones, infos = env.step(corner)
        assert list(dones) == [False, True] and infos[1]["episode"]["l"] == 3
        assert infos[0]["step"] == 1


def test_a_fault_is_no_failure_of_the_policy(sb3: Any) -> None:
    with made() as envs:
        env = sb3.DesktopVecEnv(on_page(envs))
        env.reset()
        os.kill(inside(envs._pool.envs[0], "Xvfb"), signal.SIGKILL)
        _, rewards, dones, infos = env.step(np.zeros(2, np.int64))
        assert list(dones) == [True, False] and rewards[0] == 0.0
        assert infos[0]["fault"] and infos[0]["TimeLimit.truncated"]
        assert "episode" not in infos[0] and "is_success" not in infos[0]
        assert "terminal_observation" in infos[0]
        env.step(np.zeros(2, np.int64))


def test_a_reset_that_fails_is_told_and_the_next_step_tries_again(
    sb3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = failing_resets(monkeypatch)
    with made(1, max_steps=1) as envs:
        env = sb3.DesktopVecEnv(vector.FrameStack(vector.TimeCost(on_page(envs), 0.5), 2))
        env.reset()
        failures[:] = [1] * 6  # three attempts at the end of the episode, three in the next step
        action = np.zeros(1, np.int64)
        _, rewards, dones, [info] = env.step(action)
        assert dones[0] and info["episode"]["l"] == 1 and rewards[0] == -0.5 and not info["fault"]
        _, rewards, dones, [info] = env.step(action)
        assert dones[0] and info["TimeLimit.truncated"] and rewards[0] == 0.0
        assert info["fault"] == "the machine stumbled" and "episode" not in info
        seen, rewards, dones, [info] = env.step(action)
        assert not dones[0] and info["step"] == 0 == env.reset_infos[0]["step"]
        assert rewards[0] == 0.0 and np.array_equal(seen[..., 0], seen[..., 1])
        _, _, dones, [info] = env.step(action)
        assert dones[0] and info["episode"]["l"] == 1


def test_desktops_can_be_asked_and_set_one_by_one(sb3: Any) -> None:
    from stable_baselines3.common.monitor import Monitor
    from stable_baselines3.common.vec_env import VecNormalize

    with made() as envs:
        env = sb3.DesktopVecEnv(on_page(envs))
        env.reset()
        assert env.get_attr("render_mode", 1) == [None]
        env.set_attr("note", "a")
        env.set_attr("note", "b", [1])
        assert env.get_attr("note") == ["a", "b"]
        [frame] = env.env_method("peek", indices=[1])
        assert np.array_equal(frame, env.get_images()[1])
        assert env.env_is_wrapped(Monitor) == [True, True]
        assert env.env_is_wrapped(vector.Screen, 0) == [True]
        assert env.env_is_wrapped(VecNormalize) == [False, False]


def test_ppo_learns_for_a_while(sb3: Any) -> None:
    from stable_baselines3 import PPO
    from stable_baselines3.common.evaluation import evaluate_policy

    with made() as envs:
        env = sb3.DesktopVecEnv(vector.FrameStack(on_page(envs), 2))
        model = PPO("CnnPolicy", env, n_steps=32, batch_size=32, n_epochs=1, seed=0, device="cpu")
        model.learn(128)
        assert model.num_timesteps == 128
        assert len(model.ep_info_buffer) == len(model.ep_success_buffer) > 10
        mean, _ = evaluate_policy(model, env, n_eval_episodes=4)
        assert 0.0 <= mean <= 1.0


def test_dict_observations_go_with_multi_input_policies(sb3: Any) -> None:
    from stable_baselines3 import A2C

    with made() as envs:
        env = sb3.DesktopVecEnv(vector.TaskOneHot(on_page(envs), ["miniwob/click-test"]))
        A2C("MultiInputPolicy", env, n_steps=4, seed=0, device="cpu").learn(16)


def test_off_policy_learners_can_have_continuous_actions(sb3: Any) -> None:
    from stable_baselines3 import SAC

    with made() as envs:
        env = vector.Screen(vector.ContinuousPointer(envs, region=PAGE), (40, 52), PAGE)
        model = SAC(
            "CnnPolicy", sb3.DesktopVecEnv(env), 1e-3, 200, 8, 4, device="cpu", train_freq=8
        )
        model.learn(32)
        assert model.replay_buffer.size() == 16


def test_what_is_no_pool_of_desktops_is_refused(sb3: Any) -> None:
    with pytest.raises(UsageError, match="wants a vector env of desktops"):
        sb3.DesktopVecEnv(gym.make_vec("CartPole-v1", num_envs=1))
    with made(autoreset_mode="NextStep") as envs:
        with pytest.raises(UsageError, match="autoreset_mode='SameStep'"):
            sb3.DesktopVecEnv(envs)


def test_a_loop_as_cleanrl_writes_it() -> None:
    """REINFORCE on a pool in Gymnasium's usual autoreset mode; steps that reset are left out."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    with made(autoreset_mode="NextStep") as envs:
        env = gym.wrappers.vector.RecordEpisodeStatistics(on_page(envs))
        shape, actions = env.single_observation_space.shape, env.single_action_space.n
        policy = torch.nn.Linear(int(np.prod(shape)), int(actions))
        optimizer = torch.optim.Adam(policy.parameters(), 1e-3)
        seen, _ = env.reset(seed=0)
        logs, paid, valid, returns = [], [], [], []
        over = np.zeros(2, np.bool_)
        for _ in range(40):
            flat = torch.as_tensor(seen, dtype=torch.float32).flatten(1) / 255
            chosen = torch.distributions.Categorical(logits=policy(flat))
            action = chosen.sample()
            logs.append(chosen.log_prob(action))
            valid.append(~over)
            seen, reward, terminated, truncated, infos = env.step(action.numpy())
            over = terminated | truncated
            paid.append(reward)
            if "episode" in infos:
                returns += infos["episode"]["r"][infos["_episode"]].tolist()
        weights = torch.as_tensor(np.array(paid) * np.array(valid), dtype=torch.float32)
        optimizer.zero_grad()
        (-(torch.stack(logs) * weights).mean()).backward()
        optimizer.step()
        assert len(returns) >= 8 and all(torch.isfinite(p).all() for p in policy.parameters())
