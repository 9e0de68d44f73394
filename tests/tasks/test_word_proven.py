"""Every task of the word pack is proven through the real GUI; stored verdicts have not changed."""

from __future__ import annotations

import json

import pytest

from cuagym import cli
from cuagym.pack import discover
from cuagym.testing import Proof

# Another seed each time anything of the pack changes, and the same one until then.
SEED = int(discover()["word"].hash[:8], 16) % 1000


@pytest.mark.cuagym(pack="word", first_seed=SEED)
def test_tasks_are_proven(cuagym_proof: Proof) -> None:
    assert cuagym_proof.problems == []


def test_stored_verdicts_have_not_changed(capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["check", "word", "--baseline", "--json"])
    families = json.loads(capsys.readouterr().out)["families"]
    assert code == 0, [f["changes"] for f in families if f["changes"]]
    assert all(f["states"] >= 8 for f in families)
