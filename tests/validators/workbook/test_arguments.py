"""Arguments that make no sense are told when a task is read, before anything is judged."""

from __future__ import annotations

from typing import Any

import pytest

from cuagym.errors import TaskError
from cuagym.pack import validator_sources
from cuagym.task import ValidatorSpec
from cuagym.validation import check

CASE = {"set": {"C2": 1}, "cells": ["C2"]}
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("unchanged", {"outside": "Sheet2!"}, "'outside': 'Sheet2!' is no range"),
    ("unchanged", {"outside": ["A1", "C3:B2"]}, "'outside': 'C3:B2' is no range"),
    ("unchanged", {"outside": "A0"}, "'A0' is no range"),
    ("unchanged", {"aspects": ["style"]}, "no aspect 'style'; did you mean 'styles'"),
    ("equals_gold", {"gold": "g.xlsx", "ranges": "A1:"}, "'ranges': 'A1:' is no range"),
    ("equals_gold", {"gold": "g.xlsx", "aspects": ["x"]}, "no aspect 'x'"),
    ("cells", {"cells": {"A1": {}}}, "cell A1: nothing is wanted"),
    ("cells", {"cells": {"A1": {"what_if": {"set": 3, "value": 1}}}}, "what_if must be a table"),
    ("charts", {"wanted": [{"type": "colum"}]}, "type 'colum' must be one of"),
    ("highlighted", {"within": "A1", "cells": [], "look": {"fil": "red"}}, "look: 'fil' is none"),
    ("highlighted", {"within": "A1", "cells": [], "what_if": [CASE, {}]}, "tables of 'set'"),
    ("widths", {"columns": {"B": {"atleast": 3}}}, "B: 'atleast' is none of"),
    ("heights", {"rows": {"1": []}}, "1: a size, or a table"),
    ("number_formats", {"cells": {"B:B": {"kind": "money"}}}, "kind 'money' is none of"),
    ("pivots", {"wanted": [{"source": "A1:C9", "rows": ["A"]}]}, "'data' is missing"),
    ("styles", {"cells": {"A1": {"bald": True}}}, "A1: 'bald' is none of"),
    ("validation", {"cells": {"C2": {"type": "list"}}}, "a list needs its 'values'"),
]


@pytest.mark.parametrize(("name", "args", "says"), WRONG)
def test_arguments_that_make_no_sense_are_refused(
    name: str, args: dict[str, Any], says: str
) -> None:
    with pytest.raises(TaskError) as told:
        check(ValidatorSpec(f"workbook.{name}", args), validator_sources())
    assert says in str(told.value) and f"validator 'workbook.{name}'" in str(told.value)


def test_right_ones_are_taken() -> None:
    for name, args in (
        ("unchanged", {"outside": "A1:C9,'Notes 2026'!B:B,Sheet2!3:4,Sheet2!*", "aspects": []}),
        ("highlighted", {"within": "A1", "cells": [], "look": None, "what_if": [CASE]}),
        ("cells", {"cells": {"A1": None, "B2": {"formula": True}}}),
    ):
        check(ValidatorSpec(f"workbook.{name}", args), validator_sources())
