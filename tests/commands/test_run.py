"""Real episodes by the command line, and by the functions beneath it where something must break."""

from __future__ import annotations

import os
import signal
from types import MappingProxyType

import gymnasium as gym
import pytest

from cuagym.actions import Click
from cuagym.commands import _episodes, run
from cuagym.commands._episodes import Episode, summary
from cuagym.verdict import Check, Verdict


@pytest.fixture(scope="module")
def env():
    made = gym.make("CUA-Excel-v0", size=(800, 600), look="plain", prepare=0, max_steps=3)
    yield made.unwrapped
    made.close()


def play(env, turns, see=lambda frame: None, seed=0):
    """An episode by an agent of our own."""
    agents = {"own": lambda env, seed: turns(env)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_episodes, "AGENTS", MappingProxyType(agents))
        return _episodes.play(env, "own", seed, see)


def test_the_oracle_solves_and_is_filmed(cuagym, tmp_path):
    pytest.importorskip("moviepy")
    words = ["--task", "excel/monthly-total", "--seed", "7", "--video", "film.mp4", "--json"]
    done = cuagym("run", "CUA-Excel-v0", *words, "--look", "plain", "--size", "800x600")
    assert done.code == 0, done.err
    told = done.document
    [episode] = told["episodes"]
    assert episode["success"] and episode["seed"] == 7 and episode["fault"] is None
    assert episode["checks"] and all(check["passed"] for check in episode["checks"])
    assert (told["success_rate"], told["faults"]) == (1.0, 0)
    assert told["packs"]["excel"]["hash"]
    assert "excel/monthly-total seed 7: success" in done.err

    from moviepy import VideoFileClip

    with VideoFileClip(str(tmp_path / "film.mp4")) as film:
        assert tuple(film.size) == (800, 600)
        assert film.duration >= (episode["steps"] + 1) / 4


def test_the_demo_leaves_a_film_and_pictures(cuagym, tmp_path):
    from PIL import Image

    done = cuagym("demo", "--episodes", "1", "--look", "plain")
    assert done.code == 0, done.err
    assert "1 of 1 tasks solved" in done.out and "cuagym-demo/episode-1.png" in done.out
    assert "passed  " in done.err and "FAILED" not in done.err
    with Image.open(tmp_path / "cuagym-demo" / "episode-1.png") as picture:
        assert picture.size == (1280, 720)
        assert len(picture.convert("L").getcolors(256) or []) > 50, "an empty screen"
    if _extras_present("video"):
        assert (tmp_path / "cuagym-demo" / "episode.mp4").stat().st_size > 10_000


def _extras_present(name):
    from cuagym.commands._extras import EXTRAS

    return EXTRAS[name].present()


def test_random_plays_to_the_horizon_the_same_way_each_time(env):
    def frames(seed):
        seen = []
        episode = _episodes.play(env, "random", seed, seen.append)
        return episode, [frame.tobytes() for frame in seen]

    (episode, first), (_, second) = frames(5), frames(5)
    assert episode.horizon and episode.steps == 3 and not episode.success and not episode.fault
    assert first == second and len(first) == 4


def test_a_fault_is_no_failure_and_the_next_episode_works(env):
    def kill(env):
        os.kill(env.sandbox.pid, signal.SIGKILL)
        yield (Click((0.5, 0.5)),)

    broken = play(env, kill)
    assert broken.fault and not broken.success
    odd = play(env, lambda env: [({"action": "click", "at": 1},)])
    assert "has no field" in odd.error and not odd.fault
    told = summary([broken])
    assert (told["faults"], told["success_rate"]) == (1, None)


def test_an_agent_that_breaks_or_stops_is_told_and_ends_the_episode(env):
    def raises(env):
        raise ZeroDivisionError("no reason")
        yield

    assert "ZeroDivisionError: no reason" in play(env, raises).error
    stopped = play(env, lambda env: [(Click(),)])
    assert "stopped before" in stopped.error and stopped.steps == 1 and not stopped.success


def episode(passed=True, fault=""):
    verdict = Verdict.failed(fault) if fault else Verdict((Check("A1", passed),))
    return Episode("excel/monthly-total", 0, 0, "", 1, verdict, False, fault, "", 1.0)


def test_success_rates_leave_faults_out():
    told = summary([episode(), episode(False), episode(fault="the display died")])
    assert (told["successes"], told["success_rate"], told["faults"]) == (1, 0.5, 1)


@pytest.mark.parametrize(
    "agent, episodes, code",
    [
        ("oracle", [episode()], 0),
        ("oracle", [episode(), episode(False)], 1),
        ("random", [episode(False)], 0),
        ("random", [episode(fault="the display died")], 1),
    ],
)
def test_exit_codes(agent, episodes, code, monkeypatch, capsys):
    import argparse

    monkeypatch.setattr(run, "_episodes", lambda args: episodes)
    args = argparse.Namespace(env="CUA-Excel-v0", agent=agent, seed=0, video=None, json=False)
    assert run.main(args) == code
    assert "succeeded" in capsys.readouterr().out
