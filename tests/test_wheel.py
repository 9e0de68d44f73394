"""The wheel alone, installed into a clean environment and used from another folder."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__", "videos")

EPISODE = """
import json, sys, sysconfig, os
import gymnasium as gym
import cuagym
from cuagym.pack import find
from cuagym.packages import packages
from cuagym.task import Screen

env = gym.make("CUA-Excel-v0", size=(640, 480), look="plain", prepare=0)
env.reset(seed=0)
task = env.unwrapped.instance
for turn in find(task.id)[0].solve(task.params, Screen(640, 480, "plain")):
    _, reward, terminated, truncated, info = env.unwrapped.step_turn(list(turn))
env.close()
print(json.dumps({
    "reward": reward, "terminated": terminated, "fault": info["fault"], "packages": packages(),
    "file": cuagym.__file__, "installed": os.listdir(sysconfig.get_path("purelib")),
}))
"""


def _run(*argv: str | Path, **more: Any) -> str:
    done = subprocess.run(list(map(str, argv)), capture_output=True, text=True, **more)
    assert done.returncode == 0, f"{argv} says\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # From a copy: a build leaves things behind, and links must be followed from anywhere.
    source = tmp_path_factory.mktemp("source") / "cuagym"
    shutil.copytree(ROOT, source, symlinks=True, ignore=LEFT_OUT)
    out = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "-w", out, source)
    (built,) = out.glob("*.whl")
    return built


def test_it_holds_the_package_and_nothing_beside_it(wheel: Path) -> None:
    assert wheel.name.endswith("-py3-none-any.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {n.split("/")[0].partition("-")[0] for n in names} == {"cuagym"}
    folders = ("cuagym", *(f"cuagym/{n}" for n in ("envs", "tasks", "validators", "images")))
    wanted = {
        p.relative_to(ROOT).as_posix()
        for folder in folders
        for p in (ROOT / folder).rglob("*")
        if p.is_file() and p.suffix not in (".pyc", ".md") and "__pycache__" not in p.parts
    }
    assert wanted <= set(names), wanted - set(names)


def test_an_episode_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    _run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "clean")
    python = tmp_path / "clean" / "bin" / "python"
    _run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", wheel)
    told = json.loads(_run(python, "-c", EPISODE, cwd="/").splitlines()[-1])
    assert told["fault"] == "" and told["terminated"] and told["reward"] == 1.0
    assert told["file"].startswith(str(tmp_path)) and "xvfb" in told["packages"]
    ours = [n for n in told["installed"] if n.lower().startswith(("cuagym", "__editable__"))]
    assert len(ours) == 2 and not {"envs", "tasks", "tests"} & set(told["installed"])
    assert "doctor" in _run(tmp_path / "clean" / "bin" / "cuagym", "--help", cwd="/")
