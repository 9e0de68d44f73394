"""A model's text as the action: what is read is done, what is not costs a step and says why."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.vector import AutoresetMode

from cuagym import codecs, wrappers
from cuagym.actions import Action, Click, Move, Terminate, Type, action_space
from cuagym.env import DesktopEnv
from cuagym.errors import ActionError, UsageError
from cuagym.vector import DesktopVectorEnv
from cuagym.wrappers import vector

from ..conftest import make

P = (0.5 + 0.5 / 640, 0.5 + 0.5 / 480)
OBSERVED = spaces.Dict({"screenshot": spaces.Box(0, 255, (480, 640, 3), np.uint8)})
SEEN = {"screenshot": np.zeros((480, 640, 3), np.uint8)}
INFO = {"step": 1, "fault": "", "action_error": ""}


class NoDesktop(gym.Env[Any, Any]):
    """Stands in for a desktop: it notes its turns, so that each step is free."""

    def __init__(self) -> None:
        self.observation_space, self.action_space = OBSERVED, action_space()
        self.turns: list[list[Action]] = []

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        super().reset(seed=seed)
        return SEEN, {**INFO, "step": 0}

    def step(self, action: Any) -> Any:
        self.turns.append(DesktopEnv.check(action))
        return SEEN, 0.0, False, False, dict(INFO)


class NoDesktops(DesktopVectorEnv):
    """Stands in for two desktops in the same way; `began` and `ended` say how the next step is."""

    def __init__(self) -> None:
        self.num_envs = 2
        self.single_observation_space, self.single_action_space = OBSERVED, action_space()
        self.metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP}
        self.turns: list[Any] = []
        self.began, self.ended = [False, False], [False, False]

    def reset(self, *, seed: Any = None, options: Any = None) -> Any:
        return SEEN, {}

    def step(self, actions: Any) -> Any:
        self.turns.append(actions)
        no = np.zeros(2, np.bool_)
        steps = np.where(np.array(self.began) | np.array(self.ended), 0, 3)
        infos: dict[str, Any] = {"step": steps, "action_error": np.array(["", ""], object)}
        if any(self.ended):
            final = {"action_error": np.array(["", ""], object)}
            infos |= {"final_info": final, "_final_info": np.array(self.ended)}
        return SEEN, np.zeros(2), no, no, infos

    def close(self, **_: Any) -> None:
        pass

    def __del__(self) -> None:
        pass


def test_a_text_is_one_step_of_all_its_actions() -> None:
    inner = NoDesktop()
    env = wrappers.TextActions(wrappers.TimeCost(inner, 0.25), "pyautogui")
    env.reset(seed=0)
    said = "I type.\n```python\npyautogui.click(320, 240)\npyautogui.write('7')\nDONE\npass\n```"
    _, reward, *_, info = env.step(said)
    assert inner.turns == [[Click(P), Type("7"), Terminate("success")]]
    assert info["action_error"] == "" and reward == -0.25
    assert env.reply is not None and env.reply.thought == "I type."


def test_what_cannot_be_read_costs_a_step_and_is_told() -> None:
    inner = NoDesktop()
    env = wrappers.TextActions(wrappers.TimeCost(inner, 0.25), "pyautogui")
    env.reset(seed=0)
    for said, told in [
        ("pyautogui.clik(1, 2)", "did you mean 'pyautogui.click'"),
        ("pyautogui.write('\\x07')", "control character"),  # no format's fault: nobody can type it
        (None, "a text is wanted"),
    ]:
        _, reward, *_, info = env.step(said)
        assert told in info["action_error"] and reward == -0.25
        assert inner.turns[-1] == [] and env.reply is None
    *_, info = env.step("pyautogui.moveTo(0, 0)")
    assert info["action_error"] == ""


def test_offsets_count_from_where_the_pointer_was_put_in_this_episode() -> None:
    inner = NoDesktop()
    env = wrappers.TextActions(inner, "pyautogui")
    env.reset(seed=0)
    env.step("pyautogui.moveTo(310, 230)")
    env.step("pyautogui.moveRel(10, 10)")
    assert inner.turns[-1] == [Move(P)]
    env.reset()
    assert "where the pointer is" in env.step("pyautogui.moveRel(10, 10)")[4]["action_error"]


@pytest.mark.parametrize("name", codecs.names())
def test_samples_can_be_read(name: str) -> None:
    env = wrappers.TextActions(NoDesktop(), name)
    env.action_space.seed(0)
    said = [env.action_space.sample() for _ in range(20)]
    env.reset(seed=0)
    for text in said:
        assert text in env.action_space and env.step(text)[4]["action_error"] == ""
    env.action_space.seed(0)
    assert said == [env.action_space.sample() for _ in range(20)]
    assert "no such thing" in env.action_space and 7 not in env.action_space
    assert "x" * (codecs.MAX_LENGTH + 1) not in env.action_space


def test_wrong_arguments_are_told() -> None:
    for args, told in [
        (("quen",), "did you mean 'qwen'"),
        (("qwen", {"calls": -1}), "calls=-1"),
        ((7,), "codec=7"),
        ((codecs.load("qwen", (800, 600)),), "a screen of (800, 600)"),
        ((codecs.load("qwen", (640, 480)), {"calls": 2}), "this one is made"),
    ]:
        with pytest.raises(UsageError) as caught:
            wrappers.TextActions(NoDesktop(), *args)
        assert told in str(caught.value)
    with pytest.raises(UsageError, match="its own actions"):
        wrappers.TextActions(wrappers.ClickGrid(NoDesktop(), 2, 2), "qwen")
    with pytest.raises(UsageError, match="vector.TextActions"):
        wrappers.TextActions(NoDesktops(), "qwen")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="is for a vector env"):
        vector.TextActions(NoDesktop(), "qwen")  # type: ignore[arg-type]


def test_many_are_read_alike_and_errors_stand_where_the_step_is_told() -> None:
    inner = NoDesktops()
    envs = vector.TextActions(inner, "pyautogui")
    envs.reset(seed=0)
    infos = envs.step(["pyautogui.click(320, 240)", "pyautogui.clik()"])[4]
    assert inner.turns == [[[Click(P)], []]]
    assert infos["action_error"][0] == "" and "click" in infos["action_error"][1]
    assert envs.replies[0] is not None and envs.replies[1] is None
    inner.began = [False, True]  # the second takes no step: it begins its next episode
    infos = envs.step(["pyautogui.clik()", "pyautogui.clik()"])[4]
    assert infos["action_error"][0] and not infos["action_error"][1]
    inner.began, inner.ended = [False, False], [False, True]  # and here it ended one with it
    infos = envs.step(["DONE", "pyautogui.clik()"])[4]
    assert list(infos["action_error"]) == ["", ""]
    assert "click" in infos["final_info"]["action_error"][1]
    with pytest.raises(ActionError, match="1 texts were given, 2 are wanted"):
        envs.step(["DONE"])
    assert len(envs.action_space.sample()) == 2


def test_a_real_desktop_does_what_is_said_and_the_env_is_made_again_from_its_spec() -> None:
    env = wrappers.TextActions(make(), "pyautogui")
    again = gym.make(env.spec)  # type: ignore[arg-type]
    try:
        assert isinstance(again, wrappers.TextActions) and again.codec == env.codec
        before, _ = env.reset(seed=0)
        *_, info = env.step("pyautogui.clik(1, 2)")
        assert "did you mean" in info["action_error"] and info["step"] == 1
        after, *_, info = env.step("pyautogui.write('42')\npyautogui.press('enter')")
        assert info["action_error"] == "" and info["step"] == 2
        assert not np.array_equal(before["screenshot"], after["screenshot"])
    finally:
        env.close()
        again.close()
