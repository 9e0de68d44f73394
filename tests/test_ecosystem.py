"""The examples for TorchRL, RLlib and Minari, each where its library is installed.

The libraries are optional; `tox -e ecosystem` and `tox -e rllib` have them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(script: str, *args: Any, **environment: str) -> dict[str, Any]:
    """What a script told on stdout, as JSON."""
    done = subprocess.run(
        [sys.executable, EXAMPLES / script, *map(str, args), "--json"],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])  # TorchRL logs to stdout


@pytest.mark.parametrize("num_envs", [1, 2])
def test_torchrl_collects_images_as_they_are(num_envs: int) -> None:
    pytest.importorskip("torchrl")
    pytest.importorskip("miniwob")
    told = run("torchrl_collect.py", "--frames", 16, "--batch", 8, "--num-envs", num_envs)
    assert told["frames"] == 16
    sample = told["sample"]
    assert sample["pixels"] == sample["next/pixels"] == ["torch.uint8", 8, 105, 80, 3]
    assert sample["action"] == ["torch.int64", 8]  # a number, no one-hot
    assert sample["next/reward"] == ["torch.float32", 8, 1]
    assert sample["next/terminated"] == sample["next/truncated"] == ["torch.bool", 8, 1]


def test_minari_holds_what_the_oracle_did(tmp_path: Path) -> None:
    minari = pytest.importorskip("minari")
    pytest.importorskip("jax", reason="minari[create] has it")
    told = run("minari_dataset.py", "--episodes", 2, "--out", tmp_path)
    assert told["recorded"] == sum(len(episode["actions"]) for episode in told["episodes"]) == 4
    first, second = told["episodes"]
    assert first["instruction"] == "Click the cell C6, so that it is selected."
    assert first["actions"] == ["click column 2, row 5", "terminate"]  # C is 2, and 6 is 5
    assert first["instruction"] != second["instruction"]
    for episode in (first, second):
        assert episode["rewards"] == [0.0, 1.0]
        assert episode["screens"] == ["uint8", 3, 44, 60, 3]  # one more than there are actions
    with pytest.MonkeyPatch.context() as patch:  # it stays where --out says
        patch.setenv("MINARI_DATASETS_PATH", str(tmp_path))
        assert minari.load_dataset(told["dataset"]).total_steps == 4


def test_minari_leaves_nothing_without_out(tmp_path: Path) -> None:
    pytest.importorskip("minari")
    pytest.importorskip("jax", reason="minari[create] has it")
    told = run("minari_dataset.py", "--episodes", 1, TMPDIR=str(tmp_path), HOME=str(tmp_path))
    assert told["recorded"] == 2
    assert not list(tmp_path.rglob("*.hdf5"))


@pytest.mark.parametrize("env_runners", [0, 1])
def test_rllib_tells_of_every_episode(env_runners: int) -> None:
    pytest.importorskip("ray.rllib")
    given = ("--iterations", 1, "--steps", 8, "--env-runners", env_runners)
    told = run("rllib_ppo.py", *given)
    assert told["iterations"] == 1 and told["steps"] == told["episodes"] == 8  # one click each
    assert 0.0 <= told["return_mean"] <= 1.0
