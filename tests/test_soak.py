"""Many episodes in one process leave nothing, and the process does not grow."""

from __future__ import annotations

import json

import pytest

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
