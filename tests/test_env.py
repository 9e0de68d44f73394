"""DesktopEnv as a Gymnasium user meets it."""

from __future__ import annotations

import json
import pickle
import re
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.error import DependencyNotInstalled, NameNotFound, ResetNeeded
from gymnasium.utils.env_checker import check_env
from gymnasium.wrappers import RecordEpisodeStatistics, RecordVideo, TimeLimit

from cuagym.actions import (
    Click,
    Drag,
    Key,
    Move,
    Scroll,
    Terminate,
    Type,
    Wait,
    mask,
    to_dict,
    to_json,
)
from cuagym.errors import ActionError, TaskError, UsageError
from cuagym.pack import find
from cuagym.task import Screen
from cuagym.tasks.excel import _calc

from .conftest import CENSUS, ID, TASK, cell, complete, exported, go_to, make, python, readable

INFO = {
    "task": str,
    "task_seed": int,
    "instruction": str,
    "step": int,
    "score": float,
    "is_success": bool,
    "settled": bool,
    "horizon": bool,
    "fault": str,
    "action_error": str,
}
FAMILY = find(TASK)[0]
CHORES = """
from cuagym.verdict import Check

__all__ = ["said"]


def said(artefacts, text: str):
    return [Check("said", artefacts.answer == text)]
"""


def now(env: Any) -> float:
    """Application time, as the programs of the desktop read it."""
    return float(env.unwrapped.sandbox.run(["date", "+%s.%N"]).stdout)


def play(env: Any, turns: Any) -> tuple[Any, ...]:
    for turn in turns:
        result = env.unwrapped.step_turn(list(turn))
        if result[2] or result[3]:
            return tuple(result)
    raise AssertionError("the turns did not end the episode")


# ---- making one


def test_the_checker_has_nothing_to_say() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        env = make(render_mode="rgb_array")
        check_env(env.unwrapped)
        env.close()
    own = [w for w in caught if "cuagym" in w.filename or "gymnasium" in w.filename]
    assert not own, [str(w.message) for w in own]


def test_the_id_works_without_an_import() -> None:
    said = python(
        "import gymnasium\n"
        "env = gymnasium.make('cuagym:CUA-Excel-v0', size=(800, 600))\n"
        "print(env.observation_space['screenshot'].shape)"
    )
    assert said == "(600, 800, 3)"


def test_nothing_starts_before_the_first_reset_and_close_may_be_called_twice() -> None:
    said = python(
        CENSUS + "env = gym.make('CUA-Excel-v0'); env.close()\n"
        "before = census()\n"
        "env = gym.make('CUA-Excel-v0')\n"
        "env.action_space.sample(), env.observation_space.sample()\n"
        "made = census()\n"
        "env.close(); env.close()\n"
        "made['descriptors'] = len(made['descriptors']) - len(before['descriptors'])\n"
        "print(json.dumps([made, before['threads']]))",
    )
    made, threads = json.loads(said)
    assert made["processes"] == [] and made["folders"] == [] and made["threads"] == threads
    assert made["descriptors"] <= 1  # what fileno() gives


def test_close_ends_everything_before_it_returns(tmp_path: Path) -> None:
    """With a desktop under way, one being prepared, and a grader being warmed."""
    said = python(
        CENSUS + "def run(then):\n"
        "    env = gym.make('CUA-Excel-v0', look='plain', prepare=1)\n"
        "    env.reset(seed=0)\n"
        "    then(env)\n"
        "    env.close(); env.close()\n"
        "    return census()\n"
        "ready = lambda env: env.unwrapped._supply._ahead._over.wait()\n"
        "print(json.dumps([run(t) for t in (ready, lambda env: None, ready)]))",
        TMPDIR=str(tmp_path),
    )
    first, hasty, ready = json.loads(said)
    assert first["processes"] == [] and first["folders"] == [] and first["temporary"] == []
    assert first["mapped"] == []
    assert hasty == first
    assert ready == first


def test_spaces_are_static_and_observations_lie_in_them(task: Any) -> None:
    spaces = task.observation_space, task.action_space
    observation, *_ = task.step(Move((0.5, 0.5)))
    assert task.observation_space.contains(observation)
    assert (task.observation_space, task.action_space) == spaces
    assert task.observation_space is spaces[0] and task.action_space is spaces[1]


def test_the_spec_survives_json_and_pickle(tmp_path: Path) -> None:
    env = make(size=(800, 600), reward="score", max_steps=7, task_seeds=[1, 2])
    for copy in (EnvSpec.from_json(env.spec.to_json()), pickle.loads(pickle.dumps(env.spec))):
        assert copy.kwargs == {**env.spec.kwargs, "size": copy.kwargs["size"]}
        again = gym.make(copy)
        assert again.observation_space == env.observation_space
        again.close()
    env.close()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"task": "excel/monthly-totl"}, "excel/monthly-total"),
        ({"task": "excle/*"}, "excel/"),
        ({"look": "gtk"}, "did you mean 'gtk3'"),
        ({"reward": "sucess"}, "did you mean 'success'"),
        ({"sandbox": "bublewrap"}, "did you mean 'bubblewrap'"),
        ({"render_mode": "rgb_aray"}, "rgb_array"),
        ({"size": (320, 240)}, r"\(640, 480\)"),
        ({"size": (4000, 2000)}, r"\(1920, 1080\)"),
        ({"size": "large"}, "'large'"),
        ({"size": (1280,)}, "width, height"),
        ({"size": (800.5, 600)}, "800.5"),
        ({"max_steps": 0}, "max_steps=0"),
        ({"max_steps": 2.5}, "max_steps=2.5"),
        ({"settle_cap": 0}, "settle_cap=0"),
        ({"settle_cap": "5"}, "settle_cap='5'"),
        ({"prepare": 2}, "prepare=2"),
        ({"task_seeds": ()}, r"task_seeds=\(\): whole numbers"),
        ({"task_seeds": 16}, r"task_seeds=16: .*range\(16\)"),
        ({"task_seeds": [1, -1]}, "task_seeds="),
        ({"task_seeds": [0.5]}, "task_seeds="),
        ({"task": TASK, "open": "sales.xlsx"}, "one of the two"),
    ],
)
def test_a_wrong_argument_is_told_when_the_env_is_made(
    arguments: dict[str, Any], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        make(**arguments)


def test_an_unknown_id_names_the_nearest() -> None:
    with pytest.raises(NameNotFound, match="Did you mean: `CUA-Excel`"):
        gym.make("CUA-Excell-v0")


# ---- resetting


def test_reset_describes_its_task(task: Any) -> None:
    observation, info = task.reset(seed=3)
    assert info["task"] == TASK == task.instance.id
    assert info["task_seed"] == task.instance.seed
    text = observation["instruction"]
    assert text.dtype == np.uint8 and text.shape == (1024,)
    assert text.tobytes().rstrip(b"\0").decode() == info["instruction"] != ""
    assert observation["screenshot"].std() > 10  # not one blank colour


def test_a_seed_fixes_the_task(task: Any) -> None:
    first = task.instance.seed
    second = task.reset()[1]["task_seed"]
    assert second != first
    assert task.reset(seed=0)[1]["task_seed"] == first
    assert task.reset()[1]["task_seed"] == second


def test_reset_options_choose_the_task_of_one_episode(task: Any) -> None:
    other = "excel/header-style"
    assert task.reset(options={"task": other, "colour": "red"})[1]["task"] == other
    assert task.reset(options={})[1]["task"] == TASK


@pytest.mark.parametrize(
    ("given", "says"),
    [("excel/monthly-totl", "did you mean 'excel/monthly-total'"), (5, "options.*task.*5")],
)
def test_an_unknown_task_in_the_options_is_told_and_the_env_goes_on(
    task: Any, given: Any, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        task.reset(options={"task": given})
    task.reset()
    assert task.step(Wait(1))[4]["fault"] == ""


def test_a_task_may_be_given_for_one_episode_of_a_document(sheet: Any) -> None:
    assert sheet.reset(options={"task": TASK})[1]["task"] == TASK
    assert sheet.reset()[1]["task"] == ""


def test_a_task_named_for_one_episode_brings_its_packs_validators(
    task: Any, blank: Path, tmp_path: Path
) -> None:
    task.step(Terminate("success"))  # the grader is up, and knows nothing of the pack
    pack = tmp_path / "chores"
    pack.mkdir()
    (pack / blank.name).write_bytes(blank.read_bytes())
    (pack / "pack.toml").write_text('name = "chores"\nversion = "1.0.0"\n')
    (pack / "validators.py").write_text(CHORES)
    (pack / "one.toml").write_text(
        f'id = "chores/one"\napp = "excel"\ninstruction = "Say done."\nopen = "{blank.name}"\n'
        '[[validators]]\nname = "chores.said"\ntext = "done"\n'
    )
    task.reset(options={"task": str(pack / "one.toml")})
    _, reward, terminated, _, info = task.step(Terminate("success", "done"))
    assert (reward, terminated, info["fault"]) == (1.0, True, "")


def test_calls_out_of_order_are_told(blank: Path) -> None:
    env = make(open=str(blank), render_mode="rgb_array").unwrapped
    for call in (lambda: env.step(Wait(1)), env.render, env.peek, lambda: env.advance(1)):
        with pytest.raises(ResetNeeded):
            call()
    with pytest.raises(UsageError, match="without begin"):
        env.finish()
    env.reset()
    env.step(Terminate())
    with pytest.raises(ResetNeeded, match="over"):
        env.step(Wait(1))
    env.reset()
    assert env.step(Wait(1))[4]["step"] == 1
    env.close()


def test_an_env_can_be_reset_after_close(blank: Path) -> None:
    env = make(open=str(blank)).unwrapped
    for leave in (
        lambda: None,
        lambda: env.begin_step(Wait(1)),
        lambda: env.begin_reset(),
    ):
        env.reset()
        leave()
        env.close()
        with pytest.raises(ResetNeeded):
            env.step(Wait(1))
    env.reset()
    assert env.step(Wait(1))[4]["fault"] == ""
    env.close()


# ---- stepping


def test_info_has_the_same_keys_and_types_at_every_step(task: Any) -> None:
    seen = [task.reset(seed=0)[1]]
    seen += [task.step(a)[4] for a in (Wait(1), Type("x"), Terminate())]
    seen.append(task.reset()[1])
    for info in seen:
        assert {key: type(value) for key, value in info.items()} == INFO
        json.dumps(info)
    assert [info["step"] for info in seen] == [0, 1, 2, 3, 0]


def test_an_action_is_a_dict_a_primitive_or_json(sheet: Any, tmp_path: Path) -> None:
    forms = [
        lambda a: a,
        to_dict,
        to_json,
        lambda a: json.dumps(to_json(a)),
        lambda a: {k: v.tolist() if hasattr(v, "tolist") else v for k, v in to_dict(a).items()},
    ]
    for row, form in enumerate(forms, 1):
        sheet.step(form(Click(cell(f"B{row}"))))
        sheet.step(form(Type("zu <tun>\n")))
    assert exported(sheet, tmp_path, *(f"B{r + 1}" for r in range(len(forms)))) == [
        "zu <tun>"
    ] * len(forms)


@pytest.mark.parametrize(
    "action",
    [
        "click",
        None,
        7,
        {"action": "clikc"},
        {"action": "click", "point": [0.5, 1.5]},
        {"action": "key", "keys": ["hyper"]},
        {"action": "type", "text": "a\x00"},
        {"action": "type", "text": "bell \a"},
        {**to_dict(Wait(1)), "action": np.int64(12)},
        {k: v for k, v in to_dict(Wait(1)).items() if k != "scroll"},
    ],
)
def test_an_action_outside_the_space_is_told_and_does_nothing(task: Any, action: Any) -> None:
    before = task.peek()
    with pytest.raises(ActionError):
        task.step(action)
    assert np.array_equal(task.peek(), before)
    assert task.step(Wait(1))[4]["step"] == 1


def test_a_turn_is_one_step(sheet: Any, tmp_path: Path) -> None:
    *_, info = sheet.step_turn(
        [Click(cell("A1")), Type("one\ttwo\n"), Key(("ctrl", "Home")), Key(("ctrl", "b"))]
    )
    assert info["step"] == 1
    assert exported(sheet, tmp_path, "A1", "B1") == ["one", "two"]
    assert sheet.step_turn([])[4]["step"] == 2


def test_what_follows_terminate_in_a_turn_is_not_done(task: Any) -> None:
    _, _, terminated, _, info = task.step_turn([Type("x\n"), Terminate(), "nonsense"])
    assert terminated and info["step"] == 1


def test_a_step_lives_one_second_and_wait_as_long_as_it_says(sheet: Any) -> None:
    start = now(sheet)
    assert now(sheet) == start  # it stands still between steps
    for action, low, high in (
        (Wait(1), 1, 1),
        (Wait(30), 30, 30),
        (Wait(0.25), 0.25, 0.25),
        (Click(cell("B2")), 1, 1.1),
        (Type("hello\n"), 1, 1.1),
        (Scroll(cell("B2"), (0, 3)), 1, 1.1),
    ):
        sheet.step(action)
        passed, start = now(sheet) - start, now(sheet)
        assert low <= round(passed, 6) <= high, action
    sheet.step_turn([Type("a"), Wait(5), Type("b\n")])
    assert 6 <= now(sheet) - start <= 6.1


def test_advance_grants_time_without_an_action(sheet: Any) -> None:
    start = now(sheet)
    assert sheet.advance(12.5) is True
    assert round(now(sheet) - start, 6) == 12.5
    assert sheet.step(Wait(1))[4]["step"] == 1


def test_what_never_sleeps_is_not_waited_for_longer_than_the_cap(blank: Path) -> None:
    env = make(open=str(blank), settle_cap=0.3).unwrapped
    env.reset()
    busy = env.sandbox.spawn(["sh", "-c", "while :; do :; done"])
    *_, terminated, truncated, info = env.step(Type("x\n"))
    assert not (terminated or truncated) and info["fault"] == ""
    assert info["settled"] is False
    assert env.advance(1) is False
    env.sandbox.kill(busy, 9)
    # The env's cap is real time, of which a busy machine may need more than 0.3 s: here a long one.
    assert env._episode.session.screen.grant(1.0).settled
    env.close()


def test_frames_are_the_callers(sheet: Any) -> None:
    first, _ = sheet.reset()
    kept = first["screenshot"].copy()
    second, *_ = sheet.step(Type("hello\n"))
    assert np.array_equal(first["screenshot"], kept)
    assert not np.array_equal(second["screenshot"], kept)
    second["screenshot"][:] = 0
    assert sheet.peek().any()
    assert np.array_equal(sheet.step(Wait(1))[0]["screenshot"], sheet.peek())


# ---- begin, poll, finish


def test_begin_poll_finish_is_step(sheet: Any) -> None:
    actions = [Click(cell("B2")), Type("hello\n"), Drag(cell("B2"), cell("D5")), Key(("F2",))]
    frames = [sheet.reset(seed=1)[0]["screenshot"]]
    results = [sheet.step(a) for a in actions]
    out = np.full((720, 1280, 3), 7, np.uint8)
    sheet.begin_reset(seed=1)
    observation, info = sheet.finish(out)
    assert observation["screenshot"] is out and np.array_equal(out, frames[0])
    assert sheet.observation_space.contains(observation)
    for action, whole in zip(actions, results, strict=True):
        sheet.begin_step(action)
        observation, *rest = sheet.finish(out)
        assert observation["screenshot"] is out
        assert np.array_equal(out, whole[0]["screenshot"]) and rest == list(whole[1:])


def test_finish_refuses_a_frame_of_another_kind(sheet: Any) -> None:
    for out in (
        np.empty((720, 1280), np.uint8),
        np.empty((600, 800, 3), np.uint8),
        np.empty((720, 1280, 3), np.float32),
        np.empty((720, 2560, 3), np.uint8)[:, ::2],
    ):
        sheet.begin_step(Wait(1))
        with pytest.raises(UsageError, match="out"):
            sheet.finish(out)
        assert sheet.finish()[4]["step"]  # the step was not lost


@pytest.mark.parametrize("end", [Wait(1), Terminate()])
def test_the_descriptor_tells_when_to_poll(task: Any, end: Any) -> None:
    """Through a reset, a step and a grade, without ever asking in vain more than once or twice."""
    task.begin_reset(seed=0)
    assert not task.poll()
    for begin in (lambda: None, lambda: task.begin_step(Type("x\n")), lambda: task.begin_step(end)):
        begin()
        asked = 0
        while not task.poll():
            assert readable(task)
            asked += 1
        assert asked <= 2
        task.finish()
    assert not readable(task, 0)  # nothing is under way


def test_only_one_thing_at_a_time(sheet: Any, tmp_path: Path) -> None:
    sheet.begin_step(Wait(1))
    for call in (
        lambda: sheet.begin_step(Wait(1)),
        lambda: sheet.step(Wait(1)),
        lambda: sheet.reset(),
        lambda: sheet.advance(1),
        lambda: sheet.export(str(tmp_path / "x.xlsx")),
    ):
        with pytest.raises(UsageError, match=r"finish\(\) it first"):
            call()
    assert complete(sheet)[4]["step"] == 1
    sheet.begin_reset()
    with pytest.raises(UsageError, match=r"finish\(\) it first"):
        sheet.begin_step(Wait(1))
    complete(sheet)


def test_an_env_may_be_used_from_another_thread(sheet: Any) -> None:
    frames: list[Any] = []
    worker = threading.Thread(target=lambda: frames.append(sheet.step(Type("x\n"))[4]["step"]))
    worker.start()
    worker.join()
    assert frames == [1] and sheet.step(Wait(1))[4]["step"] == 2


# ---- ends and rewards


def test_the_horizon_is_graded_and_terminates() -> None:
    env = make(max_steps=2).unwrapped
    env.reset(seed=0)
    assert env.verdict is None
    *_, terminated, truncated, info = env.step(Wait(1))
    assert not (terminated or truncated or info["horizon"])
    _, reward, terminated, truncated, info = env.step(Wait(1))
    assert (reward, terminated, truncated) == (0.0, True, False)
    assert info["horizon"] and not info["fault"] and not info["is_success"]
    assert env.verdict.checks and not env.verdict.success
    env.reset()
    env.step(Wait(1))
    info = env.step(Terminate())[4]
    assert not info["horizon"]  # the agent ended it, in its last step
    env.close()


def test_a_task_has_a_horizon_of_its_own(task: Any) -> None:
    assert task.spec.max_episode_steps is None  # no TimeLimit that would cut without a grade
    assert task.instance.max_steps == FAMILY.horizon == 40


@pytest.mark.parametrize("reward", ["success", "score"])
def test_rewards_come_at_the_end_and_say_what_the_verdict_says(reward: str) -> None:
    env = make(reward=reward).unwrapped
    screen = Screen(1280, 720, "plain")
    env.reset(seed=5)
    _, given, terminated, truncated, info = play(env, FAMILY.solve(env.instance.params, screen))
    assert (given, terminated, truncated) == (1.0, True, False)
    assert info["is_success"] and info["score"] == 1.0
    env.reset(seed=5)
    turns = FAMILY.near_misses(env.instance.params, screen)["not saved"].how
    _, given, *_, info = play(env, turns)
    assert 0 < env.verdict.score < 1 and info["score"] == env.verdict.score
    assert given == (env.verdict.score if reward == "score" else 0.0)
    env.close()


def test_progress_pays_each_step_for_what_it_changed() -> None:
    env = make(reward="progress")
    env.reset(seed=3)
    params, screen = env.unwrapped.instance.params, Screen(look="plain")
    rewards, scores = [], []
    for turn in FAMILY.solve(params, screen):
        _, reward, terminated, truncated, info = env.unwrapped.step_turn(list(turn))
        assert not truncated, info["fault"]
        rewards.append(reward)
        scores.append(info["score"])
    env.close()
    assert terminated and info["is_success"] and scores[-1] == 1.0
    # It is the file on disk that is graded: nothing counts before it is saved.
    assert [r > 0 for r in rewards] == [False] * (len(rewards) - 2) + [True, False]
    begun = 1.0 - sum(rewards)
    assert 0.0 < begun < 1.0 and scores[0] == pytest.approx(begun)


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_split_draws_its_own_tasks_alone(split: str) -> None:
    env = make(split=split)
    for seed in range(2):
        env.reset(seed=seed)
        assert env.unwrapped.instance.split == split
        assert (env.unwrapped.instance.params["sheet"] == "Q4 Sales") == (split == "test")
    env.close()


def test_an_instance_can_be_run_as_it_is(task: Any) -> None:
    instance = FAMILY.instance(12345)
    _, info = task.reset(seed=0, options={"task": instance})
    assert task.unwrapped.instance == instance and info["task_seed"] == 12345


def test_the_oracle_of_the_episode_solves_it(task: Any) -> None:
    task.reset(seed=3)
    for turn in task.unwrapped.oracle():
        _, reward, terminated, _, info = task.unwrapped.step_turn(turn)
    assert (reward, terminated, info["is_success"]) == (1.0, True, True)


def test_a_document_has_no_oracle(blank: Path) -> None:
    env = make(open=str(blank)).unwrapped
    env.reset()
    with pytest.raises(TaskError, match="tells no way"):
        env.oracle()
    env.close()


def test_an_agent_that_gives_up_is_told_so(task: Any) -> None:
    _, reward, terminated, truncated, info = task.step(Terminate("failure", "too hard"))
    assert (reward, terminated, truncated, info["fault"]) == (0.0, True, False, "")
    assert [c.name for c in task.verdict.checks] == ["not given up"]


def test_without_a_task_episodes_are_cut_and_not_graded(blank: Path) -> None:
    env = make(open=str(blank), max_steps=3).unwrapped
    _, info = env.reset()
    assert (info["task"], info["instruction"]) == ("", "")
    _, reward, terminated, truncated, info = env.step(Terminate())
    assert (reward, terminated, truncated) == (0.0, False, True)
    assert (info["fault"], info["is_success"]) == ("", False)
    env.reset()
    ends = [env.step(Wait(1))[1:4] for _ in range(3)]
    assert ends == [(0.0, False, False)] * 2 + [(0.0, False, True)]
    env.close()


# ---- Gymnasium's wrappers


def test_render_is_the_last_observation(blank: Path) -> None:
    env = make(open=str(blank), render_mode="rgb_array")
    observation, _ = env.reset()
    assert np.array_equal(env.render(), observation["screenshot"])
    observation, *_ = env.step(Type("x\n"))
    env.unwrapped.advance(1)
    frame = env.render()
    assert np.array_equal(frame, observation["screenshot"])
    frame[:] = 0
    assert np.array_equal(env.render(), observation["screenshot"])
    env.close()


def test_videos_limits_and_statistics(blank: Path, tmp_path: Path) -> None:
    pytest.importorskip("moviepy")
    env: Any = make(open=str(blank), render_mode="rgb_array")
    env = RecordVideo(RecordEpisodeStatistics(TimeLimit(env, 3)), str(tmp_path))
    env.reset(seed=0)
    for _ in range(3):
        *_, terminated, truncated, info = env.step(Move((0.3, 0.4)))
    assert truncated and not terminated
    assert info["episode"]["l"] == 3 and info["episode"]["r"] == 0.0
    env.close()
    videos = list(tmp_path.glob("*.mp4"))
    assert len(videos) == 1 and videos[0].stat().st_size > 1000


def test_a_window_follows_the_desktop(blank: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pygame = pytest.importorskip("pygame")
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    try:
        env = make(open=str(blank), render_mode="human", size=(640, 480))
    except DependencyNotInstalled as e:
        pytest.skip(str(e))
    for look in (lambda: env.reset()[0], lambda: env.step(Type("x\n"))[0]):
        observation = look()
        surface = pygame.display.get_surface()
        shown = pygame.surfarray.array3d(surface).transpose(1, 0, 2)
        assert np.array_equal(shown, observation["screenshot"])
    env.close()


def test_a_vector_of_envs(blank: Path) -> None:
    envs = gym.make_vec(
        ID, 2, "sync", open=str(blank), look="plain", prepare=0, size=(640, 480), max_steps=2
    )
    observations, _ = envs.reset(seed=0)
    assert observations["screenshot"].shape == (2, 480, 640, 3)
    envs.action_space.seed(0)
    for _ in range(3):  # the episode ends, and begins again
        sample = envs.action_space.sample(mask(exclude=("terminate",), num_envs=2))
        observations, rewards, terminated, truncated, infos = envs.step(sample)
        assert not terminated.any() and not any(infos["fault"])
    assert list(rewards) == [0.0, 0.0] and infos["step"].tolist() == [0, 0]
    envs.close()


# ---- for tests and tools


def test_peek_is_the_screen_now(sheet: Any) -> None:
    observation, *_ = sheet.step(Type("x\n"))
    peeked = sheet.peek()
    assert peeked.dtype == np.uint8 and np.array_equal(peeked, observation["screenshot"])
    sheet.step(Move((0.9, 0.9)))
    assert not np.array_equal(sheet.peek(), peeked)


def test_the_episodes_document_is_exported_whatever_is_in_front(sheet: Any, tmp_path: Path) -> None:
    sheet.reset(seed=0)
    sheet.unwrapped.step_turn([Type("7\n8\n"), *go_to("A1:A2")])
    for turn in _calc.menu(Screen(look="plain"), "Insert", "Chart"):
        sheet.unwrapped.step_turn(list(turn))
    sheet.step(Key(("Return",)))  # the chart is being edited: LibreOffice's current document
    assert exported(sheet, tmp_path, "A1", "A2") == [7, 8]
    sheet.unwrapped.step_turn([Key(("Escape",)), Key(("Escape",)), Key(("Escape",))])
    sheet.unwrapped.step_turn([Key(("ctrl", "n")), Type("another\n")])
    assert exported(sheet, tmp_path, "A1", "A2") == [7, 8]


def test_programs_run_inside_as_the_agents_user(sheet: Any) -> None:
    done = sheet.sandbox.run(["sh", "-c", "id -u; ls ~/Documents; cat; echo oops >&2; exit 3"])
    assert done.returncode == 3
    assert done.stdout == b"1000\nbook.xlsx\n" and done.stderr == b"oops\n"


def test_timings_are_kept_out_of_info(task: Any) -> None:
    task.step(Type("x"))
    assert task.timings["total"] >= task.timings["settle"] > 0
    info = task.step(Wait(1))[4]
    assert not [k for k in info if re.search("time|second|_ms", k)]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield tmp_path_factory.mktemp("documents")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.xlsx", None, "there is no document"),
        ("empty.xlsx", b"", "it is empty"),
        ("torn.xlsx", b"PK\x03\x04 and no more", "not a readable zip"),
        ("picture.png", b"\x89PNG", "its ending is none of"),
        ("nul.csv", b"a\0b", "NUL"),
        ("wrong.ods", b"PK\x05\x06" + bytes(18), "not an OpenDocument"),
    ],
)
def test_a_document_that_cannot_be_opened_is_told_when_the_env_is_made(
    documents: Path, name: str, content: bytes | None, says: str
) -> None:
    if content is not None:
        (documents / name).write_bytes(content)
    with pytest.raises(TaskError, match=says):
        make(open=str(documents / name))


def test_a_mistyped_document_names_the_nearest(documents: Path) -> None:
    (documents / "sales.xlsx").write_bytes(b"")
    with pytest.raises(TaskError, match=r"did you mean 'sales\.xlsx'"):
        make(open=str(documents / "slaes.xlsx"))
