"""Every stored verdict of every pack still holds; tasks are proven through the real GUI.

Families that have changed since their states were stored are all proven; of the others each day
another part, so that what breaks them from outside is found within days.
"""

from __future__ import annotations

import datetime
import json

import pytest

from cuagym import cli
from cuagym.pack import discover
from cuagym.testing import Proof

SHARES = {"excel": 6, "word": 4, "powerpoint": 4, "browser": 4, "miniwob": 20, "practice": 1}
"""Of a pack's unchanged families, one in so many is proven each day."""
SEED = datetime.date.today().toordinal() % 1000


def test_every_pack_of_ours_is_proven_here() -> None:
    assert set(SHARES) == {p.name for p in discover().values() if p.module.startswith("cuagym.")}


def prove(pack: str) -> pytest.MarkDecorator:
    return pytest.mark.cuagym(pack=pack, share=SHARES[pack], first_seed=SEED)


@prove("excel")
def test_excel(cuagym_proof: Proof) -> None:
    assert cuagym_proof.problems == []


@prove("word")
def test_word(cuagym_proof: Proof) -> None:
    assert cuagym_proof.problems == []


@prove("powerpoint")
def test_powerpoint(cuagym_proof: Proof) -> None:
    assert cuagym_proof.problems == []


@prove("browser")
def test_browser(cuagym_proof: Proof) -> None:
    assert cuagym_proof.problems == []


@prove("miniwob")
def test_miniwob(cuagym_proof: Proof) -> None:
    assert cuagym_proof.problems == []


@prove("practice")
def test_practice(cuagym_proof: Proof) -> None:
    assert cuagym_proof.problems == []


@pytest.mark.parametrize("pack", SHARES)
def test_stored_verdicts_have_not_changed(pack: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["check", pack, "--baseline", "--json"])
    families = json.loads(capsys.readouterr().out)["families"]
    assert code == 0, [f["changes"] for f in families if f["changes"]]
    assert all(f["states"] >= 5 for f in families)
