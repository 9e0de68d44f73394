"""Many desktops at once: Gymnasium's vector API, whoever is ready, and what breaks."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode

from cuagym.actions import Click, Key, Terminate, Type, Wait, to_dict
from cuagym.bench import processes
from cuagym.errors import ActionError, Fault, SetupError, UsageError
from cuagym.vector import DesktopVectorEnv, ahead

from .conftest import ID, TASK, cell, failing_resets, same

GIVEN: dict[str, Any] = {"look": "plain", "prepare": 0, "task": TASK}


@contextmanager
def made(num_envs: int = 3, **more: Any) -> Iterator[DesktopVectorEnv]:
    envs = gym.make_vec(ID, num_envs=num_envs, **{**GIVEN, **more})
    assert isinstance(envs, DesktopVectorEnv)
    try:
        yield envs
    finally:
        envs.close()


@pytest.fixture(scope="module")
def three() -> Iterator[DesktopVectorEnv]:
    with made() as envs:
        yield envs


def batch(envs: gym.vector.VectorEnv[Any, Any, Any], actions: list[Any]) -> Any:
    """Actions as an element of the batched space."""
    empty: Any = gym.vector.utils.create_empty_array(envs.single_action_space, len(actions))
    dicts = [to_dict(action) for action in actions]
    return gym.vector.utils.concatenate(envs.single_action_space, dicts, empty)


@pytest.mark.parametrize("mode", AutoresetMode)
def test_it_is_gymnasiums_vector_env_but_at_once(mode: AutoresetMode) -> None:
    """The same seeds and actions give what SyncVectorEnv gives, info masks and final ones too."""
    plans = [
        [Click(cell("B2")), Type("42\n"), Terminate("success")],
        [Type("7\n"), Terminate("failure"), Key(("ctrl", "z"))],
        [Wait(2.0), Key(("Down",)), Click(cell("C3"))],
        [Terminate("success"), Key(("Tab",)), Type("x\n")],
    ]
    sync = gym.make_vec(
        ID,
        num_envs=3,
        vectorization_mode="sync",
        vector_kwargs={"autoreset_mode": mode},
        disable_env_checker=True,
        **GIVEN,
    )
    with made(autoreset_mode=mode) as ours:
        assert ours.metadata["autoreset_mode"] is mode
        assert ours.observation_space == sync.observation_space
        assert ours.action_space == sync.action_space
        assert same(sync.reset(seed=5), ours.reset(seed=5))
        over = np.zeros(3, np.bool_)
        for plan in plans:
            if mode is AutoresetMode.DISABLED and over.any():
                options = [{"reset_mask": over.copy()}, {"reset_mask": over.copy()}]
                assert same(sync.reset(options=options[0]), ours.reset(options=options[1]))
            theirs, mine = sync.step(batch(sync, plan)), ours.step(batch(ours, plan))
            assert [same(*pair) for pair in zip(theirs, mine, strict=True)] == [True] * 5, plan
            over = mine[2] | mine[3]
            assert mine[0]["screenshot"] in ours.observation_space["screenshot"]  # type: ignore[index]
    sync.close()


def test_each_env_has_its_own_arguments_and_actions_of_any_kind() -> None:
    with made(2, task=["excel/monthly-total", "excel/named-range"]) as envs:
        _, infos = envs.reset(seed=[3, 9])
        assert list(infos["task"]) == ["excel/monthly-total", "excel/named-range"]
        turn = [Click(cell("B2")), Type("1\n")]
        before = envs.frames.copy()
        envs.step([turn, '{"action": "wait", "seconds": 1}'])
        assert not np.array_equal(envs.frames[0], before[0])
        assert envs.call_one(1, "instance").id == "excel/named-range"


def test_applications_can_be_mixed() -> None:
    with made(2, app=["excel", "word"], task=[TASK, None]) as envs:
        _, infos = envs.reset(seed=0)
        assert [name.split("/")[0] for name in infos["task"]] == ["excel", "word"]
        envs.step([Type("1\n"), Type("one\n")])


def test_copies_stay_and_the_buffer_does_not(three: DesktopVectorEnv) -> None:
    first, _ = three.reset(seed=0)
    kept = first["screenshot"].copy()
    second = three.step([Type("9\n")] * 3)[0]
    assert np.array_equal(first["screenshot"], kept)
    assert not np.array_equal(second["screenshot"], kept)
    with made(1, copy=False) as envs:
        observation, _ = envs.reset(seed=0)
        envs.step([Type("9\n")])
        assert observation["screenshot"] is envs.frames


def test_whoever_is_ready_is_heard_of_first(three: DesktopVectorEnv) -> None:
    three.reset(seed=0)
    three.send([Type("1\n"), Key(("Down",))], [2, 0])
    observations, rewards, terminated, truncated, infos = three.recv(2)
    assert sorted(infos["env_id"]) == [0, 2] and rewards.shape == terminated.shape == (2,)
    for place, frame in zip(infos["env_id"], observations["screenshot"], strict=True):
        assert np.array_equal(frame, three.frames[place])
    three.async_reset(seed=4)
    seen: list[int] = []
    while len(seen) < 3:
        seen += [int(i) for i in three.recv(1)[4]["env_id"]]
    assert sorted(seen) == [0, 1, 2]
    assert three.get_attr("np_random_seed") == (4, 5, 6)


def test_waiting_ends_when_the_time_is_over(three: DesktopVectorEnv) -> None:
    three.reset(seed=0)
    three.send([Type("slow " * 40)], [1])
    nothing = three.recv(1, timeout=0.0)
    assert len(nothing[1]) in (0, 1) and len(nothing[4]["env_id"]) == len(nothing[1])
    if not len(nothing[1]):
        assert list(three.recv(1)[4]["env_id"]) == [1]


def test_wrong_calls_say_what_is_right_and_nothing_happens(three: DesktopVectorEnv) -> None:
    three.reset(seed=0)
    before = [envs.fingerprint() for envs in three._pool.envs]
    with pytest.raises(UsageError, match="nothing is at work"):
        three.recv()
    with pytest.raises(ActionError, match="env 2: .*click"):
        three.step([Type("1\n"), Type("2\n"), {"action": "clik"}])
    with pytest.raises(ActionError, match=r"env 1: .*control character '\\x07'"):
        three.step([Type("1\n"), Type("\x07"), Type("3\n")])
    with pytest.raises(ActionError, match="2 actions were given, 3 are wanted"):
        three.step([Type("1\n")] * 2)
    with pytest.raises(ActionError, match="Dict of arrays of length 3"):
        three.step({**batch(three, [Type("1\n")] * 3), "count": np.zeros(2, np.int64)})
    with pytest.raises(ActionError, match="a sequence of actions, got int"):
        three.step(3)
    with pytest.raises(UsageError, match=r"no envs \[3\], only 0 to 2"):
        three.send([Type("1\n")], [3])
    with pytest.raises(UsageError, match="each env once"):
        three.send([Type("1\n")] * 2, [1, 1])
    with pytest.raises(UsageError, match=r"bool array of shape \(3,\)"):
        three.reset(options={"reset_mask": [True, False, False]})
    with pytest.raises(UsageError, match="2 seeds were given for 3 envs"):
        three.reset(seed=[1, 2])
    assert [envs.fingerprint() for envs in three._pool.envs] == before
    three.send([Type("1\n")], [1])
    with pytest.raises(UsageError, match=r"envs \[1\] are at work"):
        three.send([Type("1\n")], [1])
    with pytest.raises(UsageError, match="between send"):
        three.step([Type("1\n")] * 3)
    three.recv()


def test_arguments_are_refused_before_anything_starts() -> None:
    for wrong, told in [
        ({"num_envs": 0}, "num_envs=0"),
        ({"num_envs": 100_000}, "100000 desktops do not fit on this machine at once"),
        ({"autoreset_mode": "NextStp"}, "did you mean 'NextStep'"),
        ({"task": [TASK]}, "one value for each of num_envs=2"),
        ({"size": (80, 60)}, "640"),
        ({"size": [(640, 480), (800, 600)]}, "of one size"),
        ({"workers": -1}, "workers=-1"),
        ({"app": "exel"}, "excel"),
    ]:
        with pytest.raises(UsageError, match=told), made(**{"num_envs": 2, **wrong}):
            pass
    with pytest.raises(ResetNeeded, match=r"envs \[0, 1\]"), made(2) as envs:
        envs.step([Type("1\n")] * 2)


def test_a_broken_desktop_is_healed_and_its_neighbours_notice_nothing() -> None:
    with made(3) as envs, made(2) as untouched:
        envs.reset(seed=0)
        untouched.reset(seed=0)
        os.kill(envs.call_one(2, "sandbox").pid, signal.SIGKILL)
        _, rewards, terminated, truncated, infos = envs.step([Type("5\n")] * 3)
        untouched.step([Type("5\n")] * 2)
        assert list(truncated) == [False, False, True] and not terminated.any()
        assert infos["fault"][2] and not infos["fault"][0] and not rewards.any()
        observations, _, _, truncated, infos = envs.step([Type("6\n")] * 3)
        theirs = untouched.step([Type("6\n")] * 2)[0]
        assert not truncated.any() and infos["step"][2] == 0 and infos["fault"][2] == ""
        assert np.array_equal(observations["screenshot"][:2], theirs["screenshot"])


def test_a_reset_is_tried_again_and_what_never_works_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failures = failing_resets(monkeypatch)
    with made(1) as envs:
        failures[:] = [1, 1]
        _, infos = envs.reset(seed=3)
        with made(1) as other:
            assert infos["task_seed"] == other.reset(seed=3)[1]["task_seed"]
        envs.step([Terminate("success")])
        failures[:] = [1] * 3
        _, rewards, _, truncated, infos = envs.step([Wait(1.0)])
        assert truncated[0] and infos["fault"][0] == "the machine stumbled" and rewards[0] == 0
        _, _, _, truncated, infos = envs.step([Wait(1.0)])
        assert not truncated[0] and infos["fault"][0] == ""
        failures[:] = [1] * 3
        with pytest.raises(Fault, match="stumbled"):
            envs.reset(seed=3)
        envs.reset(seed=3)


def test_workers_give_the_same_and_their_death_is_a_fault() -> None:
    plan = [[Type("1\n"), Terminate("success"), Key(("Down",))], [Type("2\n")] * 3]
    with made(3) as ours, made(3, workers=2) as theirs:
        assert same(ours.reset(seed=2), theirs.reset(seed=2))
        for actions in plan:
            results = zip(ours.step(actions), theirs.step(actions), strict=True)
            assert [same(*pair) for pair in results] == [True] * 5
        assert theirs.get_attr("np_random_seed") == (2, 3, 4)
        with pytest.raises(AttributeError, match="nothing_like_it"):
            theirs.call("nothing_like_it")
        with pytest.raises(TypeError, match="does not leave a worker"):
            theirs.get_attr("_waiter")
        theirs.send([Type("x" * 400)] * 3)
        [worker] = [w for w in theirs._pool._workers if w][:1]  # type: ignore[union-attr]
        worker._process.kill()  # type: ignore[union-attr]
        seen: dict[int, str] = {}
        while len(seen) < 3:
            infos = theirs.recv(1)[4]
            seen |= dict(zip(map(int, infos["env_id"]), infos["fault"], strict=True))
        assert "signal 9" in seen[0] and "signal 9" in seen[2] and not seen[1]
        assert theirs.step([Type("y\n")] * 3)[4]["step"].tolist() == [0, 2, 0]
        assert not theirs.step([Type("z\n")] * 3)[3].any()


def test_pinned_frames_need_a_gpu() -> None:
    """What there is with one is tested where one is (the machine of most tests has none)."""
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        with made(1, pinned=True) as envs:
            assert torch.from_numpy(envs.frames).is_pinned()
    else:
        with pytest.raises(SetupError, match="no CUDA device"), made(1, pinned=True):
            pass


def test_nothing_is_left_when_it_is_closed_at_work() -> None:
    before = set(processes.below(os.getpid()))
    with made(2) as envs:
        envs.reset(seed=0)
        envs.send([Type("long " * 100)] * 2)
    with made(2, workers=1) as envs:
        envs.async_reset(seed=0)
    assert set(processes.below(os.getpid())) <= before
    with pytest.raises(UsageError, match="closed"):
        envs.send([Type("1\n")] * 2)


def test_who_goes_ahead_of_desktops_stays_so_until_the_outermost_end() -> None:
    before = os.sched_getscheduler(0), os.sched_getparam(0).sched_priority
    with ahead():
        inside = os.sched_getscheduler(0), os.sched_getparam(0).sched_priority
        with ahead():
            pass
        assert (os.sched_getscheduler(0), os.sched_getparam(0).sched_priority) == inside
    assert (os.sched_getscheduler(0), os.sched_getparam(0).sched_priority) == before
    if os.geteuid() == 0:
        assert inside[1] > before[1]
