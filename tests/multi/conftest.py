"""Two cheap desktops for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cuagym.multi import parallel_env
from cuagym.multi.parallel import TeamEnv

REPORT = "team/regional-report"


@pytest.fixture(scope="module")
def _team() -> Iterator[TeamEnv]:
    env = parallel_env(REPORT, look="plain", render_mode="rgb_array")
    yield env
    env.close()


@pytest.fixture
def team(_team: TeamEnv) -> TeamEnv:
    """An analyst and an author at the beginning of an episode."""
    _team.reset(seed=0)
    return _team
