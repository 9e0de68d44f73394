"""A team on real desktops, through PettingZoo's calls."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from typing import Any

import numpy as np
import pettingzoo
import pytest
from gymnasium.error import ResetNeeded
from pettingzoo.test import api_test, parallel_api_test, parallel_seed_test, seed_test

from cuagym import multi
from cuagym.actions import Click, Key, Terminate, Type, Wait
from cuagym.errors import ActionError, UsageError
from cuagym.multi import Message, Role, Say, as_messages
from cuagym.multi.folder import PATH
from cuagym.multi.parallel import TeamEnv
from cuagym.tasks.team.regional_report import RegionalReport
from tests.conftest import CENSUS, inside, python
from tests.multi.conftest import REPORT

AGENTS = ["analyst", "author"]


def cheap(**args: Any) -> TeamEnv:
    return multi.parallel_env(REPORT, look="plain", **args)


def heard(observed: Any, agent: str) -> list[Message]:
    return as_messages(observed[agent]["messages"])


def both(action: Any) -> dict[str, Any]:
    return dict.fromkeys(AGENTS, action)


@pytest.mark.filterwarnings("error:.*")
def test_pettingzoos_own_test_of_parallel_envs() -> None:
    env = cheap(max_steps=4)
    try:
        parallel_api_test(env, num_cycles=6)
    finally:
        env.close()


def test_pettingzoos_own_test_of_seeds_on_what_its_registry_makes() -> None:
    def cheap() -> TeamEnv:
        return pettingzoo.make("parallel", multi.ID, task=REPORT, look="plain")

    parallel_seed_test(cheap, num_cycles=3)


def test_an_aec_env_by_conversion() -> None:
    env = pettingzoo.make("aec", multi.ID, look="plain", max_steps=3)
    env.reset(seed=1)
    order = []
    for agent in env.agent_iter(max_iter=20):
        observation, reward, terminated, truncated, info = env.last()
        assert env.observation_space(agent).contains(observation)
        assert not truncated and reward == 0.0
        order.append(agent)
        env.step(None if terminated else Type("1\n"))
    assert order == AGENTS * 4 and not env.agents
    env.close()


@pytest.mark.filterwarnings("ignore:Observation is not a NumPy array")  # it is a dict of them
def test_pettingzoos_own_tests_of_aec_envs() -> None:
    env = multi.env(REPORT, look="plain", max_steps=3)
    try:
        api_test(env, num_cycles=8)
    finally:
        env.close()
    seed_test(lambda: multi.env(REPORT, look="plain", max_steps=3), num_cycles=3)


def test_an_episode_of_any_actions_replays() -> None:
    def played() -> tuple[list[str], dict[str, bytes]]:
        env, hashes = cheap(size=(640, 480)), []
        env.reset(seed=3)
        for place, agent in enumerate(AGENTS):
            env.action_space(agent).seed(place)
        for number in range(12):
            drawn = {a: env.action_space(a).sample(multi.mask(("terminate",))) for a in AGENTS}
            agent = AGENTS[number % 2]
            env.desktops[agent].sandbox.write(f"{PATH}/{number // 3}", f"{number}".encode())
            observed, *_ = env.step(drawn)
            told = [observed[a][key].tobytes() for a in AGENTS for key in observed[a]]
            hashes.append(hashlib.sha256(b"".join(told)).hexdigest())
        shared = env.shared
        env.close()
        return hashes, shared

    first, second = played(), played()
    assert first == second and len(set(first[0])) == 12 and len(first[1]) == 4


def test_nothing_is_left_behind() -> None:
    code = (
        CENSUS + "from cuagym.actions import Key, Terminate\n"
        "env = cuagym.multi.parallel_env(look='plain')\n"
        "def episode():\n"
        "    env.reset(seed=0)\n"
        "    env.step({'analyst': Key(('ctrl', 'q')), 'author': Terminate()})\n"
        "    while env.agents: env.step(dict.fromkeys(env.agents, Terminate()))\n"
        "    said = env.verdict is not None\n"
        "    env.close()\n"
        "    return said\n"
        "episode(); before = census()\n"
        "print(json.dumps([episode(), before, census()]))"
    )
    said, before, after = json.loads(python(code))
    assert said and after == before and after["processes"] == []


def test_spaces_and_what_is_observed(team: TeamEnv) -> None:
    assert team.possible_agents == team.agents == AGENTS
    observed, _, _, _, infos = team.step({a: team.action_space(a).sample() for a in AGENTS})
    for agent in AGENTS:
        assert team.observation_space(agent).contains(observed[agent])
        instruction = bytes(observed[agent]["instruction"]).rstrip(b"\0").decode()
        assert instruction == infos[agent]["instruction"]
    assert infos["analyst"]["instruction"] != infos["author"]["instruction"]
    assert infos["analyst"]["task"] == REPORT and infos["analyst"]["step"] == 1


def test_screens_side_by_side(team: TeamEnv) -> None:
    observed, *_ = team.step(both(Wait(1.0)))
    frame = team.render()
    assert frame is not None and frame.shape == (720, 2 * 1280, 3)
    assert np.array_equal(frame[:, :1280], observed["analyst"]["screenshot"])
    assert np.array_equal(frame[:, 1280:], observed["author"]["screenshot"])


def test_what_is_said_is_heard_once_by_the_others(team: TeamEnv) -> None:
    observed, *_ = team.step({"analyst": Say("42"), "author": (Key(("Down",)), Say("ready"))})
    assert heard(observed, "author") == [Message("analyst", "42")]
    assert heard(observed, "analyst") == [Message("author", "ready")]
    observed, *_ = team.step(both(Wait(1.0)))
    assert heard(observed, "author") == heard(observed, "analyst") == []
    assert team.transcript == [Message("analyst", "42"), Message("author", "ready")]


def test_files_come_to_others_between_two_steps(team: TeamEnv) -> None:
    desks = team.desktops
    for agent in AGENTS:
        desks[agent].sandbox.write(f"{PATH}/plan.txt", agent.encode())
    team.step(both(Wait(1.0)))
    assert desks["analyst"].sandbox.read(f"{PATH}/plan.txt") == b"author"
    assert team.shared == {"plan.txt": b"author"}


def test_a_file_that_came_is_as_old_as_the_step_by_application_time(team: TeamEnv) -> None:
    when = ["stat", "-c", "%Y", f"{PATH}/plan.txt"]
    told = []
    for _ in range(3):
        team.reset(seed=0)
        begun = team.desktops["author"].sandbox.run(["date", "+%s"]).stdout
        team.desktops["analyst"].sandbox.write(f"{PATH}/plan.txt", b"x")
        team.step({"analyst": Wait(1.0), "author": Wait(30.0)})
        team.step(both(Wait(1.0)))
        told.append(int(team.desktops["author"].sandbox.run(when).stdout) - int(begun))
    assert told == [0, 0, 0]


def test_one_that_has_terminated_waits_for_the_others(team: TeamEnv) -> None:
    _, _, terminated, _, infos = team.step({"analyst": Terminate(), "author": Wait(1.0)})
    assert not any(terminated.values()) and team.agents == AGENTS
    assert infos["analyst"]["done"] and not infos["author"]["done"]
    before = team.desktops["analyst"].peek()
    observed, *_ = team.step({"analyst": (Type("x\n"), Say("psst")), "author": Wait(1.0)})
    assert np.array_equal(observed["analyst"]["screenshot"], before)
    assert heard(observed, "author") == []
    _, rewards, terminated, truncated, infos = team.step(
        {"analyst": Wait(1.0), "author": Terminate()}
    )
    assert all(terminated.values()) and not any(truncated.values()), infos
    assert team.agents == []
    assert rewards == {"analyst": 0.0, "author": 0.0}
    assert team.verdict is not None and not team.verdict.success
    assert not infos["author"]["is_success"] and not infos["author"]["horizon"]
    with pytest.raises(ResetNeeded):
        team.step(both(Wait(1.0)))


def test_at_the_horizon_everything_is_judged() -> None:
    env = cheap(max_steps=2, reward="score")
    try:
        env.reset(seed=0)
        env.step(both(Wait(1.0)))
        _, rewards, terminated, _, infos = env.step(both(Wait(1.0)))
        assert all(terminated.values()) and infos["author"]["horizon"]
        assert env.verdict is not None and env.verdict.checks
        assert rewards["analyst"] == infos["analyst"]["score"] == env.verdict.score > 0
        names = {check.name.partition(":")[0] for check in env.verdict.checks}
        assert names == {"analyst", "author", "team"}
    finally:
        env.close()


def test_who_closes_the_application_is_done_and_the_others_go_on(team: TeamEnv) -> None:
    team.step({"analyst": Key(("ctrl", "q")), "author": Wait(1.0)})
    _, _, terminated, _, infos = team.step(both(Wait(1.0)))
    assert infos["analyst"]["done"] and not any(terminated.values())
    _, _, terminated, truncated, _ = team.step({"analyst": Wait(1.0), "author": Terminate()})
    assert all(terminated.values()) and not any(truncated.values())


def test_a_desktop_that_breaks_cuts_the_episode_for_all(team: TeamEnv) -> None:
    os.kill(inside(team.desktops["author"], "Xvfb"), signal.SIGKILL)
    _, rewards, terminated, truncated, infos = team.step(both(Wait(1.0)))
    assert all(truncated.values()) and not any(terminated.values()) and not any(rewards.values())
    assert all("author: " in infos[agent]["fault"] for agent in AGENTS) and team.agents == []
    _, infos = team.reset(seed=0)
    assert infos["author"]["fault"] == "" and team.agents == AGENTS
    _, _, _, truncated, _ = team.step(both(Wait(1.0)))
    assert not any(truncated.values())


def test_a_reset_after_a_step_that_was_interrupted(team: TeamEnv) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    assert team._pool is not None
    team._pool.wait = interrupted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        team.step(both(Type("x\n")))
    del team._pool.wait
    observed, _ = team.reset(seed=0)
    assert np.array_equal(observed["author"]["screenshot"], team.desktops["author"].peek())
    _, _, _, truncated, _ = team.step(both(Wait(1.0)))
    assert not any(truncated.values())


def test_a_wrong_action_happens_to_nobody(team: TeamEnv) -> None:
    before = team.desktops["analyst"].peek()
    with pytest.raises(ActionError, match="agent 'author': .*'clikc'.*did you mean 'click'"):
        team.step({"analyst": Type("x\n"), "author": {"action": "clikc"}})
    with pytest.raises(UsageError, match=r"\['author'\] have no action"):
        team.step({"analyst": Type("x\n")})
    with pytest.raises(UsageError, match="no agent 'autor'; did you mean 'author'"):
        team.step({**both(Wait(1.0)), "autor": Wait(1.0)})
    assert np.array_equal(team.desktops["analyst"].peek(), before)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ({"task": "team/regional-rapport"}, "did you mean 'team/regional-report'"),
        ({"task": "team/*"}, "different roles"),
        ({"reward": "progress"}, "one of"),
        ({"max_steps": 0}, "at least 1"),
        ({"render_mode": "ansi"}, "'rgb_array' or None"),
    ],
)
def test_wrong_arguments(args: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        multi.parallel_env(**args)


def test_without_pettingzoo_the_line_that_installs_it() -> None:
    told = python(
        "import sys\n"
        "sys.modules['pettingzoo'] = None\n"
        "import cuagym\n"
        "try: cuagym.multi.parallel_env()\n"
        "except cuagym.errors.SetupError as e: print(e)"
    )
    assert told.endswith("pip install 'cuagym[pettingzoo]'")


class Trio(RegionalReport):
    """The same with a reader, who has nothing to do."""

    id = "team/trio"
    roles = {**RegionalReport.roles, "reader": Role("word")}

    def setup(self, params: Any, role: str) -> dict[str, bytes]:
        return super().setup(params, "author" if role == "reader" else role)

    def shared(self, params: Any) -> dict[str, bytes]:
        return {"brief.txt": b"Hurry!"}


def test_three_agents_of_a_family_that_no_pack_holds() -> None:
    env = TeamEnv(Trio(), look="plain", size=(640, 480), render_mode="rgb_array")
    try:
        env.reset(seed=0)
        roles = ["analyst", "author", "reader"]
        observed, *_ = env.step({r: (Say(f"I am {r}"), Click((0.5, 0.5))) for r in roles})
        assert [m.sender for m in heard(observed, "author")] == ["analyst", "reader"]
        assert env.desktops["reader"].sandbox.read(f"{PATH}/brief.txt") == b"Hurry!"
        assert env.shared == {"brief.txt": b"Hurry!"}
        frame = env.render()
        assert frame is not None and frame.shape == (480, 3 * 640, 3)
    finally:
        env.close()
        env.close()
