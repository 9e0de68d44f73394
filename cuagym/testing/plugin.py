"""A pytest plugin: the same proofs as `cuagym check`, one test for each task and seed.

A test that takes the fixture `cuagym_proof` is run for every task of the packs that its marker
names (or `--cuagym-pack`, or `cuagym_packs` in the configuration):

    @pytest.mark.cuagym(pack="my-pack", seeds=2)
    def test_tasks_are_proven(cuagym_proof):
        assert not cuagym_proof.problems
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cuagym.testing.conformance import Proof

FIXTURE = "cuagym_proof"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declares the options."""
    group = parser.getgroup("cuagym")
    group.addoption("--cuagym-pack", action="append", default=[], help="prove this pack's tasks")
    group.addoption("--cuagym-seeds", type=int, default=None, help="on how many seeds each")
    group.addoption(
        "--cuagym-look", default=None, help="gtk3, plain, or both: by the seed's parity"
    )
    parser.addini("cuagym_packs", "packs whose tasks are proven", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Declares the marker."""
    config.addinivalue_line(
        "markers",
        "cuagym(pack, task, seeds, first_seed, look, share): what the fixture cuagym_proof proves;"
        " share=N: of families that have not changed since they were proven, each day another Nth",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Makes one test for each task and seed."""
    if FIXTURE not in metafunc.fixturenames:
        return
    from cuagym.testing.workers import Unit

    config = metafunc.config
    marker = metafunc.definition.get_closest_marker("cuagym")
    asked: dict[str, Any] = dict(marker.kwargs) if marker else {}
    packs = config.getoption("--cuagym-pack") or [asked.get("pack")]
    if packs == [None]:
        packs = config.getini("cuagym_packs")
    if not packs:
        raise pytest.UsageError(
            f"{metafunc.definition.nodeid}: which pack? Mark the test with"
            ' @pytest.mark.cuagym(pack="NAME"), or give --cuagym-pack NAME'
        )
    seeds = config.getoption("--cuagym-seeds") or asked.get("seeds", 1)
    first = asked.get("first_seed", 0)
    look = config.getoption("--cuagym-look") or asked.get("look", "both")
    of = asked.get("share", 1)
    units = [
        Unit(spec, family, seed)
        for pack in packs
        for spec, family in _turn(_families(pack, asked.get("task", "*")), of)
        for seed in range(first, first + seeds)
    ]
    metafunc.parametrize(
        FIXTURE,
        [(unit, look) for unit in units],
        indirect=True,
        ids=[f"{unit.family}-{unit.seed}" for unit in units],
    )


def _turn(families: Iterator[tuple[str, str]], of: int) -> Iterator[tuple[str, str]]:
    """Those that have changed since they were proven, and one in so many others, by the day."""
    from cuagym.pack import pack_of
    from cuagym.testing import corpus

    day = datetime.date.today().toordinal()
    for number, (spec, family) in enumerate(families):
        pack = pack_of(family)
        assert pack is not None
        if (number + day) % of == 0 or corpus.changed(pack, family.partition("/")[2]):
            yield spec, family


def _families(pack: str, task: str) -> Iterator[tuple[str, str]]:
    from cuagym.pack import discover, find, is_path
    from cuagym.task import UNPROVEN

    spec = pack if pack not in discover() and is_path(pack) else f"{pack}/*"
    for family in find(spec):
        if fnmatchcase(family.id.partition("/")[2], task) and UNPROVEN not in family.capabilities:
            yield spec, family.id


@pytest.fixture(scope="session")
def _cuagym_grader() -> Iterator[None]:
    """Keeps what grades warm from one proof to the next."""
    from cuagym.grading import shared

    with shared():
        yield


@pytest.fixture
def cuagym_proof(request: pytest.FixtureRequest, _cuagym_grader: None) -> Proof:
    """What came of proving one task at one seed; see `cuagym.testing.Proof`."""
    from cuagym.pack import find
    from cuagym.testing import prove

    unit, look = request.param
    [family] = [f for f in find(unit.spec) if f.id == unit.family]
    return prove(family, unit.seed, look)
