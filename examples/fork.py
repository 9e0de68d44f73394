"""Two ways to end one episode: it is forked in the middle of a formula.

    python examples/fork.py

It needs root and CRIU, which ./setup.sh installs; `cuagym doctor` says whether it is there.
"""

import gymnasium as gym

import cuagym
from cuagym.actions import Key, Terminate, Type
from cuagym.pack import find
from cuagym.task import Screen

task = find("excel/monthly-total")[0]
env = gym.make("CUA-Excel-v0", task=task.id)
env.reset(seed=0)
turns = list(task.solve(dict(env.unwrapped.instance.params), Screen(1280, 720, "gtk3")))
for turn in turns[:-3]:  # all but the formula, saving, and terminating
    env.unwrapped.step_turn(turn)
formula = turns[-3][0].text  # such as "=SUM(C2:C10)"
env.step(Type(formula[:5]))  # the cell is being edited: nothing of this is in the document yet
right, wrong = cuagym.fork(env, 2)
two_cells = formula[5:].replace(":", ";")
for name, branch, rest in (("right", right, formula[5:]), ("wrong", wrong, two_cells)):
    branch.step(Type(rest))
    branch.step(Key(("ctrl", "s")))
    _, reward, _, _, info = branch.step(Terminate())
    print(f"{name}: reward {reward}, score {info['score']:.2f}")
    for check in branch.unwrapped.verdict.checks:
        print(f"    {'passed' if check.passed else 'FAILED'} {check.name}: {check.detail}")
for each in (env, right, wrong):
    each.close()
