"""Several agents, each on its own desktop, as a PettingZoo env.

Importing it registers `CUA-Team-v0` with PettingZoo, where that is installed:
`pettingzoo.make("parallel", "CUA-Team-v0", task="team/invoice")`, or "aec".

parallel.py   the parallel env
task.py       what a team's task is: roles, validators of each and of all
pack.py       how such tasks are found
folder.py     the shared folder
messages.py   what agents say to each other
judging.py    verdicts of roles, and of the team
play.py       all oracles of a task, played together
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cuagym import actions
from cuagym.errors import SetupError
from cuagym.multi.messages import Message, Say, TeamTurn, as_messages
from cuagym.multi.pack import find
from cuagym.multi.task import Role, Seat, TeamFamily, TeamInstance, TeamMiss

if TYPE_CHECKING:
    from pettingzoo import AECEnv

    from cuagym.multi.parallel import TeamEnv

ID = "CUA-Team-v0"

__all__ = [
    "ID",
    "Message",
    "Role",
    "Say",
    "Seat",
    "TeamFamily",
    "TeamInstance",
    "TeamMiss",
    "TeamTurn",
    "as_messages",
    "env",
    "find",
    "mask",
    "parallel_env",
]


def mask(exclude: Iterable[str] = ()) -> dict[str, Any]:
    """Return a mask for `action_space(agent).sample` that leaves actions out.

    Args:
        exclude: names of `cuagym.actions.NAMES`.

    Example:
        >>> action = env.action_space("author").sample(mask(exclude=("terminate",)))
    """
    return {**actions.mask(exclude), "message": None}


def parallel_env(task: str | TeamFamily = "team/regional-report", **args: Any) -> TeamEnv:
    """Return a team as a PettingZoo parallel env; nothing starts before its first reset.

    Args:
        task: an id, a glob or a set of teams' tasks, all of the same roles; or a family.
        **args: as for `cuagym.multi.parallel.TeamEnv`: size, look, sandbox, reward, max_steps,
            settle_cap, render_mode.

    Raises:
        SetupError: PettingZoo is not installed; the message is the line that installs it.
        UsageError: an argument is not what it should be.

    Example:
        >>> env = parallel_env("team/regional-report")
        >>> observations, infos = env.reset(seed=0)
        >>> env.agents
        ['analyst', 'author']
    """
    try:
        from cuagym.multi.parallel import TeamEnv
    except ModuleNotFoundError as e:
        if (e.name or "").partition(".")[0] != "pettingzoo":
            raise
        raise SetupError(
            f"pettingzoo cannot be imported ({e}), and teams are PettingZoo envs; install it with:"
            " pip install 'cuagym[pettingzoo]'"
        ) from None
    return TeamEnv(task, **args)


def env(task: str | TeamFamily = "team/regional-report", **args: Any) -> AECEnv[str, Any, Any]:
    """Return the same team as an AEC env, by PettingZoo's conversion: agents act in turn.

    Nothing happens on any desktop until the last of them has acted.

    Args:
        task: as for `parallel_env`.
        **args: likewise.

    Raises:
        SetupError: PettingZoo is not installed; the message is the line that installs it.
    """
    parallel = parallel_env(task, **args)
    from pettingzoo.utils.conversions import parallel_to_aec

    return parallel_to_aec(parallel)


def _register() -> None:
    try:
        from pettingzoo import aec_registry, parallel_registry, register
    except ImportError:  # it is missing, or older than 1.27, which brought the registry
        return
    if ID not in parallel_registry:
        register("parallel", ID, entry_point="cuagym.multi:parallel_env")
    if ID not in aec_registry:
        register("aec", ID, entry_point="cuagym.multi:env")


_register()
