"""Many episodes in one process leave nothing, and the process does not grow."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from cuagym.sandbox import unfreezable

from .conftest import CENSUS, python

EPISODES = 50

_CODE = f"""{CENSUS}
from cuagym.actions import mask

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20

def episodes(count):
    env = gym.make("CUA-Excel-v0", look=sys.argv[1], prepare=1)
    env.action_space.seed(0)
    faults = []
    for i in range(count):
        env.reset(seed=0 if i == 0 else None)
        over = False
        for _ in range(6):
            action = env.action_space.sample(mask(exclude=("terminate",)))
            *_, terminated, truncated, info = env.step(action)
            if terminated or truncated:
                over = True
                break
        if not over:
            info = env.step({{"action": "terminate"}})[4]
        if info["fault"]:
            faults.append(info["fault"])
    env.close()
    return faults

faults = episodes(3)
before, size = census(), resident()
faults += episodes({EPISODES})
after, grown = census(), resident() - size
print(json.dumps([faults, before, after, grown]))
"""


@pytest.mark.soak
@pytest.mark.parametrize("look", ["plain", "gtk3"])
def test_many_episodes_leave_nothing(look: str) -> None:
    faults, before, after, grown = json.loads(python(_CODE, look))
    assert faults == []
    assert after["processes"] == [] and after["temporary"] == [] and after["folders"] == []
    assert after == before
    assert grown < 50, f"the process has grown by {grown} MiB in {EPISODES} episodes"


def test_episodes_by_restore_leave_nothing() -> None:
    words = ["--env", "CUA-Excel-v0", "--look", "plain", "--restore", "--episodes", "30", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "cuagym.cli", "bench", "soak", *words],
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    figures = json.loads(done.stdout)
    assert figures["left_behind"] == 0 and not any(figures["left"].values())
    assert figures["faulty"] == [] and figures["graded"] == figures["successes"] == 15
    assert not any(figures["growth"][kind] for kind in ("mounts", "inotify", "processes"))
    if not unfreezable():
        assert figures["modes"]["restore"] + figures["modes"]["prepared"] > 15
