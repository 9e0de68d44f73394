"""When two values are the same."""

from __future__ import annotations

import pytest

from cuagym.validators.workbook._values import same, same_computed


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("cost: 10560.3870016105, 3 left", "cost: 10560.3870016106, 3 left", True),
        ("a third is 0.333333333333333", "a third is 0.333333333333334", True),
        ("3 m", "2.99999999999999 m", True),
        ("cost: 10560.38", "cost: 10560.39", False),
        ("item 007", "item 7", False),
        ("order 123456789012", "order 123456789013", False),
        ("0.333333333333333 of A", "0.333333333333334 of B", False),
        ("0.333333333333333", "0.333333333333334 0.5", False),
    ],
)
def test_the_last_digits_of_numbers_in_computed_texts_are_noise(
    one: str, other: str, alike: bool
) -> None:
    assert same_computed(one, other) == same_computed(other, one) == alike
    assert not same(one, other)  # somebody who typed them meant them
