"""The proof of teams' tasks finds what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cuagym.multi import Seat, TeamMiss, TeamTurn
from cuagym.task import Params, ValidatorSpec
from cuagym.tasks.team.regional_report import RegionalReport
from cuagym.testing.team import prove_team


class Spoilt(RegionalReport):
    """Draws anew each time, judges by a secret, and calls what is right a near miss."""

    id = "team/spoilt"
    drawn = 0

    def sample(self, rng: np.random.Generator) -> Params:
        Spoilt.drawn += 1
        return {**super().sample(rng), "drawn": Spoilt.drawn, "secret": int(rng.integers(99))}

    def joint(self, params: Params) -> Iterator[ValidatorSpec]:
        yield from super().joint(params)
        absent = {"names": "messages.txt", "absent": [f"{params['secret']}.txt"]}
        yield ValidatorSpec("files.exists", absent)

    def near_misses(self, params: Params) -> dict[str, TeamMiss]:
        return {
            "right": TeamMiss("", lambda files: {**files, "Shared/more.txt": b""}),
            "same": TeamMiss("", lambda files: files),
        }


def test_what_is_wrong_with_a_family_is_told() -> None:
    problems = "\n".join(prove_team(Spoilt(), seed=1).problems)
    assert "sampling is not deterministic" in problems
    assert "depend on the parameter 'secret'" in problems
    assert "near miss 'right': it passes" in problems
    assert "near miss 'same': it changes nothing" in problems
    assert "it has 2 near misses" in problems and "none of its near misses" in problems


class Silent(RegionalReport):
    """The analyst does not tell what the author waits for."""

    id = "team/silent"
    horizon = 40

    def solve(self, params: Params, seat: Seat) -> Iterator[TeamTurn]:
        if seat.role == "author":
            return self._written(seat)
        return (turn for turn in super().solve(params, seat) if not _speaks(turn))

    def near_misses(self, params: Params) -> dict[str, TeamMiss]:
        return {}


def _speaks(turn: TeamTurn) -> bool:
    return any(type(each).__name__ == "Say" for each in turn)


def test_a_role_that_waits_for_ever_is_told() -> None:
    proof = prove_team(Silent(), seed=1)
    assert "the oracles: never terminated: author" in proof.problems
    assert not proof.replayed and proof.needed == []
