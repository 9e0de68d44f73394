"""The learners of examples/: they collect, learn, write, and go on where they were."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

EXAMPLES = Path(__file__).parents[1] / "examples"
SMALL = ("--num-envs", "2", "--num-steps", "4", "--minibatches", "1", "--epochs", "1", "--json")


def run(script: str, *args: Any) -> tuple[dict[str, Any], str]:
    """What a script told on stdout, as JSON, and on stderr."""
    done = subprocess.run(
        [sys.executable, EXAMPLES / script, *map(str, args)],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout) if "--json" in args else {}, done.stderr


def test_ppo_writes_its_curve_and_goes_on_where_it_was(tmp_path: Path) -> None:
    given = (*SMALL, "--problem", "select-cell", "--save-every", 1, "--out", tmp_path)
    told, _ = run("ppo.py", *given, "--steps", 8)
    assert (told["steps"], told["episodes"]) == (8, 8)  # an episode is one click
    assert [step for step, *_ in told["curve"]] == [8]
    told, said = run("ppo.py", *given, "--steps", 16)
    assert "goes on at step 8" in said
    assert [step for step, *_ in told["curve"]] == [8, 16]
    assert told == json.loads((tmp_path / "select-cell-0" / "curve.json").read_text())


def test_what_was_cloned_is_what_ppo_goes_on_from(tmp_path: Path) -> None:
    shared = ("--problem", "freeze-header", "--out", tmp_path, "--json")
    told, said = run("clone.py", *shared, "--demonstrations", 1, "--epochs", 60, "--evaluate", 0)
    assert told["rows"] == 5 and "5 steps, True" in said  # click, menu, item, save, terminate
    cloned = tmp_path / "freeze-header-0" / "cloned.pt"
    given = (*SMALL, *shared[:-1], "--start-from", cloned, "--learning-rate", 0)
    told, _ = run("ppo.py", *given, "--steps", 8)
    kept = _load(tmp_path / "freeze-header-0" / "checkpoint.pt")["network"]
    assert all(bool((kept[name] == value).all()) for name, value in _load(cloned).items())


def test_ppo_of_stable_baselines3_leaves_a_model(tmp_path: Path) -> None:
    pytest.importorskip("stable_baselines3")
    pytest.importorskip("miniwob")
    run("ppo_sb3.py", "--steps", 64, "--num-envs", 1, "--out", tmp_path)
    assert [p.name for p in tmp_path.glob("*/ppo_64_steps.zip")] == ["ppo_64_steps.zip"]


def _load(path: Path) -> Any:
    import torch

    return torch.load(path, weights_only=False)
