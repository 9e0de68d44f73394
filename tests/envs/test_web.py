"""The state of a browser as a document: spoilt, hashed, compared."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from cuagym import formats

STATE: dict[str, Any] = {
    "open": True,
    "tabs": [{"url": "https://a.example/", "html": '<input name="x" value="1">'}],
    "sent": [{"method": "POST", "url": "https://a.example/x", "body": "a=1&b=2"}],
    "downloads": [{"file": "a.csv", "state": "completed"}],
    "stores": {"https://a.example": {"state": json.dumps({"cart": [{"n": 1}], "on": True})}},
}
JSON = formats.of(".json")
DATA = json.dumps(STATE).encode()


@pytest.mark.parametrize("name", JSON.mutants)
def test_mutants_are_other_states_and_say_what_was_spoilt(name: str) -> None:
    for seed in range(5):
        spoilt = JSON.mutants[name](DATA, np.random.default_rng(seed))
        assert JSON.digest(spoilt) != JSON.digest(DATA)
        assert len(JSON.differences(DATA, spoilt)) == 1


@pytest.mark.parametrize("name", JSON.mutants)
def test_what_cannot_be_spoilt_stays(name: str) -> None:
    closed = json.dumps({"open": False, "tabs": []}).encode()
    spoilt = JSON.mutants[name](closed, np.random.default_rng(0))
    assert JSON.digest(spoilt) == JSON.digest(closed)


def test_the_digest_is_of_values_not_of_their_order() -> None:
    turned = json.dumps(dict(reversed(STATE.items())), indent=3).encode()
    assert JSON.digest(turned) == JSON.digest(DATA)
    assert JSON.differences(DATA, turned) == []
