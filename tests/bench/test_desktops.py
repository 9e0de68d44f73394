"""`cuagym bench` on real desktops: few steps, so the figures say little, but all are there."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cuagym.bench import reset, soak, step
from cuagym.bench.subject import Subject
from cuagym.cli import main

PLAIN = Subject("CUA-Excel-v0", look="plain")

STEP_KEYS = {
    *("step_p50_ms", "step_p95_ms", "last_change_p50_ms", "overhead_p50_ms", "overhead_p95_ms"),
    *("late_frames", "changing_steps", "cpu_ms_per_step", "own_cpu_ms_per_step", "own_cpu_share"),
    *("moved_frames", "checked_again", "unsettled", "faults", "by_kind", "machine"),
}


def quietly(text: str) -> None:
    pass


def bench(what: str, book: Path, *words: str) -> dict[str, Any]:
    """Runs a bench on a document of one's own: without a task there is no grader to warm up."""
    done = subprocess.run(
        [sys.executable, "-m", "cuagym.cli", "bench", what, "--env", "CUA-Excel-v0"]
        + ["--look", "plain", "--open", str(book), "--json", *words],
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
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


def test_resets_are_told_apart(blank: Path) -> None:
    options = reset.Options(starts=1, prepared=1, think=1.5)
    figures = reset.measure(replace(PLAIN, open=str(blank)), options, quietly)
    assert figures["modes"] == {"start": 1, "prepared": 1}
    assert 0 < figures["seen_p50_ms"] < figures["reset_p50_ms"] < 60_000
    assert figures["cpu_ms_per_reset"] > 50


def test_first_frames_of_another_process_are_alike() -> None:
    alike = reset.first_frames_alike(PLAIN, [5], quietly)
    assert (alike["first_frames_compared"], alike["first_frames_different"]) == (1, 0)


def test_a_replay_is_the_same(blank: Path) -> None:
    figures = bench(
        *("replay", blank, "--oracle", "0", "--random", "0", "--mix", "1", "--steps", "4"),
        *("--pause", "0.1", "--no-hog"),
    )
    assert (figures["frames_compared"], figures["frames_different"]) == (5, 0)


def test_memory_is_weighed(blank: Path) -> None:
    figures = bench("memory", blank, "--desktops", "1", "--steps", "1")
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
