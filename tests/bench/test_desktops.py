"""`cuagym bench` on real desktops: few steps, so the figures say little, but all are there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cuagym.bench import crowd, fork, reset, soak, step
from cuagym.bench.subject import Subject
from cuagym.cli import main
from cuagym.errors import SetupError
from cuagym.sandbox import unfreezable

PLAIN = Subject("CUA-Excel-v0", look="plain")
NONE = unfreezable()

STEP_KEYS = {
    *("step_p50_ms", "step_p95_ms", "last_change_p50_ms", "overhead_p50_ms", "overhead_p95_ms"),
    *("late_frames", "changing_steps", "cpu_ms_per_step", "own_cpu_ms_per_step", "own_cpu_share"),
    *("moved_frames", "checked_again", "unsettled", "faults", "by_kind", "machine"),
}
FORK_KEYS = {
    *("snapshot_p50_ms", "snapshot_p95_ms", "snapshot_mb", "fork_p50_ms", "fork_p95_ms", "fork8_s"),
    *("pss_mb_per_fork", "trials", "frames_compared", "frames_different", "diverged", "leaked"),
    *("faults", "machine"),
}


def quietly(text: str) -> None:
    pass


def bench(what: str, *words: str | Path) -> dict[str, Any]:
    """Runs a bench; all must be well."""
    done = subprocess.run(
        [sys.executable, "-m", "cuagym.cli", "bench", what, "--env", "CUA-Excel-v0"]
        + ["--look", "plain", "--json", *map(str, words)],
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout)  # one JSON document, and nothing else
    assert isinstance(figures, dict) and figures["machine"]["cores"] >= 1
    return figures


def test_a_frame_that_comes_too_early_is_found(
    blank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that lives a millisecond leaves Calc work for later; time then passes in the rest."""
    monkeypatch.setattr("cuagym.env.STEP_SECONDS", 0.001)
    rest = step._Bench._rest

    def restless(bench: Any, *args: Any) -> None:
        bench.env.advance(1.0)
        rest(bench, *args)

    monkeypatch.setattr(step._Bench, "_rest", restless)
    options = step.Options(steps=6, seed=1, rest=0.05, more_every=0)
    figures = step.measure(replace(PLAIN, open=str(blank)), options, quietly)
    assert figures["late_frames"] > 0
    assert figures["late"][0]["kind"] in figures["by_kind"]


def test_resets_are_told_apart(blank: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUAGYM_SNAPSHOTS", "1G")
    options = reset.Options(starts=1, opens=1, restores=1, prepared=1, think=1.5, desktops=1)
    figures = reset.measure(replace(PLAIN, open=str(blank)), options, quietly)
    again = "start" if NONE else "restore"
    ways = ("start",) if NONE else ("start", "open", "restore")
    assert figures["modes"] == {"open": 0, "restore": 0, **dict.fromkeys((*ways, "prepared"), 1)}
    assert figures["seen_p50_ms"] > 0 and figures["missed"] == 0
    assert figures["reset_p50_ms"] == figures[again]["p50_ms"]
    assert figures["resets_per_s"][again] > 0 and figures["resets_per_s"]["open"] is None
    assert figures["start"]["cpu_ms_per_reset"] > 50
    assert os.environ["CUAGYM_SNAPSHOTS"] == "1G"


def test_without_snapshots_the_same_instance_is_started(
    blank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUAGYM_SNAPSHOTS", "0")
    options = reset.Options(starts=1, opens=1, restores=1, prepared=0)
    figures = reset.measure(replace(PLAIN, open=str(blank)), options, quietly)
    assert figures["modes"] == {"start": 1, "open": 0, "restore": 0, "prepared": 0}
    assert figures["open"] is figures["restore"] is None
    assert figures["reset_p50_ms"] == figures["start"]["p50_ms"]


def test_first_frames_of_another_process_are_alike() -> None:
    alike = reset.first_frames_alike(PLAIN, [5], quietly)
    assert (alike["first_frames_compared"], alike["first_frames_different"]) == (5, 0)
    way = {"start": 4} if NONE else {"open": 2, "restore": 2}
    assert alike["first_frames_modes"] == {**way, "prepared": 1}


@pytest.mark.skipif(bool(NONE), reason=f"no snapshots here: {NONE}")
def test_forks_in_the_middle_of_episodes_are_true() -> None:
    figures = bench("fork", "--trials", "12")
    assert set(figures) >= FORK_KEYS
    assert figures["trials"] == 12 and figures["frames_compared"] > 12 * 3 + 8
    assert figures["frames_different"] == figures["leaked"] == figures["faults"] == 0
    assert figures["diverged"] > 0
    assert 10 < figures["snapshot_mb"] < 1000 and 20 < figures["pss_mb_per_fork"] < 1000


@pytest.mark.skipif(bool(NONE), reason=f"no snapshots here: {NONE}")
def test_an_oracle_that_looks_at_the_page_is_forked_too() -> None:
    words = ("--env", "CUA-Browser-v0", "--task", "browser/save-pdf", "--trials", "1")
    figures = bench("fork", *words)
    assert figures["diverged"] == 1 and figures["frames_compared"] > 3 + 8
    assert figures["frames_different"] == figures["leaked"] == figures["faults"] == 0


@pytest.mark.skipif(bool(NONE), reason=f"no snapshots here: {NONE}")
def test_a_document_of_ones_own_is_forked_too(blank: Path) -> None:
    figures = fork.measure(replace(PLAIN, open=str(blank)), 1, 0, quietly)
    assert figures["diverged"] == 1 and figures["frames_compared"] > 3 + 8
    assert figures["differing"] == figures["faulty"] == []


def test_a_copy_that_is_another_is_found() -> None:
    seen = fork._Seen()
    frame = np.zeros((4, 6, 3), np.uint8)
    other = frame.copy()
    other[1, 2] = 9
    seen.compare(frame, frame, "the same")
    seen.compare(frame, other, "another frame")
    seen.compare(frame, frame, "another reward", alike=False)
    assert seen.compared == 3
    assert [told["where"] for told in seen.differing] == ["another frame", "another reward"]
    assert seen.differing[0]["box"] == (2, 1, 3, 2)


def test_an_origin_that_changes_with_its_copy_is_found(blank: Path) -> None:
    """Where the two are one desktop, whatever is done shows on both."""
    subject, seen = replace(PLAIN, open=str(blank)), fork._Seen()
    with closing(subject.make()) as env:
        env.reset(seed=0)
        fork._Trial(subject, env, 0, seen)._astray(env, [env], env.peek())
    assert (seen.leaked, seen.diverged) == (1, 0)


def test_forks_are_refused_where_there_are_none() -> None:
    with pytest.raises(SetupError, match="bubblewrap sandboxes have no snapshots"):
        fork.measure(replace(PLAIN, sandbox="bubblewrap"), 1, 0, quietly)


def test_a_replay_is_the_same(blank: Path) -> None:
    figures = bench(
        *(
            "replay",
            "--open",
            blank,
            "--oracle",
            "0",
            "--random",
            "0",
            "--mix",
            "1",
            "--steps",
            "4",
        ),
        *("--pause", "0.1", "--no-hog"),
    )
    assert (figures["frames_compared"], figures["frames_different"]) == (5, 0)


def test_memory_is_weighed(blank: Path) -> None:
    figures = bench("memory", "--open", blank, "--desktops", "1", "--steps", "1")
    assert 20 < figures["pss_mb_per_desktop"] < 1000
    assert figures["pss_mb_alone"] == pytest.approx(figures["pss_mb_per_desktop"], rel=0.5)
    assert figures["processes_per_desktop"] >= 3


def test_wrong_arguments_start_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "step", "--env", "CUA-Exel-v0"]) == 2
    said = capsys.readouterr()
    assert "CUA-Excel-v0" in said.err and not said.out


@pytest.mark.soak
def test_many_episodes_leave_nothing_behind() -> None:
    figures = soak.measure(PLAIN, 50, 0, quietly)
    assert figures["left_behind"] == 0, figures["left"]
    assert figures["faults"] == 0 and figures["successes"] == figures["graded"]


VECTOR_KEYS = {
    *("num_envs", "steps_per_s", "ceiling_steps_per_s", "ceiling_ratio", "own_cpu_share"),
    *("lockstep_steps_per_s", "send_recv_steps_per_s", "late_frames", "frames_checked", "faults"),
    *("resets_per_s", "up_s", "pss_mb_per_desktop", "times_async_vector_env", "times_lockstep"),
}


def test_a_pool_is_measured_beside_gymnasiums_and_beside_a_policy() -> None:
    words = ["--num-envs", "2", "--steps", "12", "--single", "12", "--gymnasium"]
    figures = bench("vector", *words, "--policy", "0.01", "--batch", "2")
    assert figures.keys() >= VECTOR_KEYS
    assert figures["late_frames"] == figures["faults"] == 0
    assert 0 < figures["own_cpu_share"] < 1 and figures["steps_per_s"] > 0


def test_growth_is_told_by_rows() -> None:
    figures = bench("vector", "--growth", "1,2", "--steps", "6")
    assert [row["num_envs"] for row in figures["growth"]] == [1, 2]
    assert 0 < figures["last_of_peak"] <= 1


def test_a_crowd_heals_and_no_reward_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "_EVERY", 1.0)
    figures = crowd.measure(PLAIN, 3, 15.0, 1, quietly)
    assert figures["injected"] and figures["faults_told"] and figures["episodes"] > 3
    assert figures["wrong"] == [] and figures["faulty"] == [] and figures["stalls"] == 0
    assert figures["left_behind"] == 0, figures["left"]


def test_a_wrong_reward_is_found() -> None:
    course = crowd._Course()
    info = {"task": "excel/x", "fault": "", "is_success": False}
    crowd._judge(crowd._Player(iter(()), oracle=True), 0.0, info, course)
    crowd._judge(crowd._Player(iter(()), oracle=False), 1.0, info, course)
    crowd._judge(crowd._Player(iter(()), False, "the display"), 1.0, {**info, "fault": "f"}, course)
    assert len(course.wrong) == 3 and course.unexplained == []
    crowd._judge(crowd._Player(iter(()), oracle=True), 0.0, {**info, "fault": "f"}, course)
    assert len(course.wrong) == 3 and len(course.unexplained) == 1
