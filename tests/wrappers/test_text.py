"""A model's text as the action: what is read is done, what is not costs a step and says why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from cuagym import codecs, wrappers
from cuagym.actions import Action, Click, Move, Type, Wait
from cuagym.env import DesktopEnv
from cuagym.errors import ActionError, UsageError
from cuagym.wrappers import vector

GIVEN: dict[str, Any] = {
    **{"task": "miniwob/click-test", "size": (640, 480), "look": "plain", "prepare": 0},
}
P, FAR = (320.5 / 640, 240.5 / 480), (600.5 / 640, 400.5 / 480)


def make(**more: Any) -> gym.Env[Any, Any]:
    return gym.make("CUA-Browser-v0", **{**GIVEN, **more})


def made(**more: Any) -> Any:
    return gym.make_vec("CUA-Browser-v0", num_envs=2, **{**GIVEN, "copy": False, **more})


class Noted(gym.ActionWrapper[Any, Any, Any]):
    """Notes the turns that are made of what is said."""

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        self.turns: list[list[Action]] = []

    def action(self, action: Any) -> Any:
        self.turns.append(DesktopEnv.check(action))
        return action


@pytest.fixture(scope="module")
def desktop() -> Iterator[gym.Env[Any, Any]]:
    env = make()
    yield env
    env.close()


def test_a_text_is_one_step_of_all_its_actions(desktop: gym.Env[Any, Any]) -> None:
    noted = Noted(desktop)
    env = wrappers.TextActions(wrappers.TimeCost(noted, 0.25), "pyautogui")
    before, _ = env.reset(seed=0)
    code = "```python\npyautogui.click(600, 400)\npyautogui.write('7')\npass\n```"
    said = f"I look.\n{code}\nThen wait."
    after, reward, *_, info = env.step(said)
    assert noted.turns == [[Click(FAR), Type("7")]]
    assert (info["action_error"], info["step"], reward) == ("", 1, -0.25)
    assert not np.array_equal(before["screenshot"], after["screenshot"])  # the pointer has gone
    assert env.reply is not None and env.reply.thought == "I look.\nThen wait."
    assert env.step("DONE")[2]


def test_what_cannot_be_read_costs_a_step_and_is_told(desktop: gym.Env[Any, Any]) -> None:
    noted = Noted(desktop)
    env = wrappers.TextActions(wrappers.TimeCost(noted, 0.25), "pyautogui")
    before, _ = env.reset(seed=0)
    for said, told in [
        ("pyautogui.clik(1, 2)", "did you mean 'pyautogui.click'"),
        ("pyautogui.write('\\x07')", "control character"),  # no format's fault: nobody can type it
        (None, "a text is wanted"),
    ]:
        after, reward, *_, info = env.step(said)
        assert told in info["action_error"] and reward == -0.25
        assert noted.turns[-1] == [] and env.reply is None
    assert info["step"] == 3 and np.array_equal(before["screenshot"], after["screenshot"])
    *_, info = env.step("pyautogui.moveTo(0, 0)")
    assert info["action_error"] == ""


def test_offsets_count_from_where_the_pointer_was_put_in_this_episode(
    desktop: gym.Env[Any, Any],
) -> None:
    noted = Noted(desktop)
    env = wrappers.TextActions(noted, "pyautogui")
    env.reset(seed=0)
    env.step("pyautogui.moveTo(310, 230)")
    env.step("pyautogui.moveRel(10, 10)")
    assert noted.turns[-1] == [Move(P)]
    env.reset()
    assert "where the pointer is" in env.step("pyautogui.moveRel(10, 10)")[4]["action_error"]


@pytest.mark.parametrize("name", codecs.names())
def test_samples_can_be_read(name: str) -> None:
    env = wrappers.TextActions(make(), name)  # starts nothing
    env.action_space.seed(0)
    said = [env.action_space.sample() for _ in range(20)]
    assert all(text in env.action_space and env.codec.parse(text).turn for text in said)
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
            wrappers.TextActions(make(), *args)
        assert told in str(caught.value)
    with pytest.raises(UsageError, match="its own actions"):
        wrappers.TextActions(wrappers.ClickGrid(make(), 2, 2), "qwen")
    with pytest.raises(UsageError, match="vector.TextActions"):
        wrappers.TextActions(made(), "qwen")
    with pytest.raises(UsageError, match="is for a vector env"):
        vector.TextActions(make(), "qwen")  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_of_many_errors_stand_where_the_step_is_told(mode: str) -> None:
    envs = vector.TextActions(made(autoreset_mode=mode, max_steps=2), "pyautogui")
    try:
        envs.reset(seed=0)
        infos = envs.step(["pyautogui.click(600, 400)", "pyautogui.clik()"])[4]
        assert infos["action_error"][0] == "" and "click" in infos["action_error"][1]
        assert envs.replies[0] is not None and envs.replies[1] is None
        _, _, over, _, infos = envs.step(["pyautogui.moveTo(0, 0)", "pyautogui.clik()"])
        assert over.all()  # the horizon
        told = infos["final_info"] if mode == "SameStep" else infos
        assert told["action_error"][0] == "" and "click" in told["action_error"][1]
        if mode == "SameStep":
            assert list(infos["action_error"]) == ["", ""]
        else:  # nobody takes this step: the next episodes begin
            infos = envs.step(["pyautogui.clik()"] * 2)[4]
            assert list(infos["action_error"]) == ["", ""] and list(infos["step"]) == [0, 0]
        infos = envs.step(["pyautogui.moveRel(1, 1)"] * 2)[4]  # the pointer of another episode
        assert all("where the pointer is" in error for error in infos["action_error"])
        with pytest.raises(ActionError, match="1 texts were given, 2 are wanted"):
            envs.step(["DONE"])
        assert len(envs.action_space.sample()) == 2
    finally:
        envs.close()


def test_who_is_ready_is_told_of_its_own_text() -> None:
    envs = vector.TextActions(made(), "computer_13")
    try:
        envs.async_reset(seed=0)
        ready = 0
        while ready < 2:
            ready += len(envs.recv()[4]["env_id"])
        envs.send(['{"action_type": "TYPING"}', "WAIT"], [1, 0])
        told: dict[int, str] = {}
        while len(told) < 2:
            infos = envs.recv()[4]
            told |= dict(zip(map(int, infos["env_id"]), infos["action_error"], strict=True))
        assert told[0] == "" and "'text'" in told[1]
        reply = envs.replies[0]
        assert reply is not None and reply.turn == (Wait(2.0),)
    finally:
        envs.close()


def test_the_env_is_made_again_from_its_spec() -> None:
    env = wrappers.TextActions(make(), "uitars", {"calls": 3})
    again = gym.make(env.spec)  # type: ignore[arg-type]
    assert isinstance(again, wrappers.TextActions) and again.codec == env.codec
    assert env.codec.parse("Action: wait()\n\nwait()").turn == (Wait(5.0), Wait(5.0))
