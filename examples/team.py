"""Two agents on two desktops: an analyst in Calc and an author in Writer make one report.

    pip install 'cuagym[pettingzoo,video]'
    python examples/team.py team.mp4

The oracles of both play; the film shows both screens side by side.
"""

import sys
from pathlib import Path

from cuagym.commands._video import Video, check_target
from cuagym.multi import find, parallel_env
from cuagym.multi.play import play

path = check_target(Path(sys.argv[1] if len(sys.argv) > 1 else "team.mp4"))
family = find("team/regional-report")[0]
task = family.instance(seed=0)
for role, part in task.parts.items():
    print(f"{role} ({part.app}) is asked: {part.instruction}\n")

env = parallel_env(family, render_mode="rgb_array")
width, height = env.size
oracle = lambda seat: family.solve(dict(task.params), seat)  # noqa: E731
with Video(path, (width * len(task.parts), height)) as film:
    end = play(env, task, dict.fromkeys(task.parts, oracle), lambda: film.add(env.render()))
    film.hold(2.0)
for message in end.transcript:
    print(f"{message.sender} said: {message.text}")
print(f"shared: {', '.join(env.shared)}")
print(f"success: {end.verdict.success}, {end.steps} steps; the film is {path}")
env.close()
