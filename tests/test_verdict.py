"""Scores, successes and faults."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuagym.errors import ActionError, CuagymError, Fault, UsageError, nearest
from cuagym.verdict import Check, Verdict

# A crowded machine is no reason to fail.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

checks = st.lists(
    st.builds(Check, st.text(), st.booleans(), st.text(), st.floats(1e-6, 1e6)), max_size=8
).map(tuple)


def test_the_score_is_the_weighted_mean():
    verdict = Verdict((Check("a", True), Check("b", False, weight=3.0)))
    assert verdict.score == 0.25 and not verdict.success


@pytest.mark.parametrize(
    "verdict", [Verdict(()), Verdict.failed("the validator raised"), Verdict()]
)
def test_nothing_checked_is_no_success(verdict):
    assert verdict.score == 0.0 and not verdict.success


def test_a_fault_outweighs_what_passed():
    verdict = Verdict((Check("a", True),), "cut short")
    assert verdict.score == 0.0 and not verdict.success


def test_a_fault_is_never_empty():
    assert Verdict.failed("").fault


@unhurried
@given(checks)
def test_scores_are_fractions_and_one_means_success(given_checks):
    verdict = Verdict(given_checks)
    assert 0.0 <= verdict.score <= 1.0
    assert verdict.success == (bool(given_checks) and all(c.passed for c in given_checks))
    if verdict.success:
        assert verdict.score == 1.0


@unhurried
@given(checks, st.text())
def test_json_round_trip(given_checks, fault):
    verdict = Verdict(given_checks, fault)
    data = json.loads(json.dumps(verdict.to_json()))
    assert Verdict.from_json(data) == verdict
    assert set(data) == {"success", "score", "checks", "fault"}
    assert data["fault"] == (fault or None)


@pytest.mark.parametrize("weight", [0, -1.0, float("nan"), float("inf"), "much", None])
def test_a_meaningless_weight_is_refused(weight):
    with pytest.raises(UsageError, match="check 'a': weight must be a finite number above 0"):
        Check("a", True, weight=weight)


def test_numpy_values_become_plain():
    numpy = pytest.importorskip("numpy")
    check = Check("a", numpy.bool_(True), weight=numpy.float32(0.5))
    assert check.passed is True and type(check.weight) is float
    json.dumps(Verdict([check]).to_json())  # type: ignore[arg-type]


@pytest.mark.parametrize("data", [{}, {"checks": [{"name": "a"}]}, {"checks": 3}, []])
def test_other_json_is_refused(data):
    with pytest.raises(UsageError, match="not a verdict"):
        Verdict.from_json(data)


def test_errors_keep_usage_and_faults_apart():
    assert issubclass(ActionError, UsageError) and issubclass(UsageError, ValueError)
    assert issubclass(Fault, CuagymError) and not issubclass(Fault, UsageError)


def test_nearest_name():
    assert nearest("CLIKC", ["move", "Click"]) == "; did you mean 'Click'?"
    assert nearest("xyzzy", ["move", "click"]) == nearest(3, ["move"]) == ""
