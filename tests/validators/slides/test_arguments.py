"""Arguments that make no sense are told when a task is read, before anything is judged."""

from __future__ import annotations

from typing import Any

import pytest

import cuagym.validators.slides as slides
from cuagym.errors import TaskError
from cuagym.pack import validator_sources
from cuagym.task import ValidatorSpec
from cuagym.validation import check

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("animations", {"slides": {"2": [{"efect": "fade"}]}}, "did you mean 'effect'"),
    ("animations", {"slides": {"2": [{"effect": "fadee"}]}}, "did you mean 'fade'"),
    ("arranged", {"slide": 3, "shapes": ["a", "b"], "aling": "top"}, "did you mean 'align'"),
    ("arranged", {"slide": 3, "shapes": ["a"], "align": "top"}, "two shapes or more"),
    ("arranged", {"slide": 3, "shapes": ["a", "b"], "align": "topp"}, "must be one of 'left'"),
    ("backgrounds", {"slides": {"2": "bleu"}}, "did you mean 'blue'"),
    ("backgrounds", {"slides": {"0": "blue"}}, "slides are numbered from 1"),
    ("charts", {"wanted": [{"slide": 4, "type": "colum"}]}, "did you mean 'column'"),
    ("charts", {"wanted": [{"slide": 4, "serie": {}}]}, "did you mean 'series'"),
    ("comments", {"slides": {"2": [3]}}, "a comment must be a text"),
    ("deck", {"titels": []}, "did you mean 'titles'"),
    ("deck", {"size": "16x9"}, "did you mean '16:9'"),
    ("deck", {"hidden": [""]}, "'' is no slide"),
    ("equals_gold", {"gold": "g.pptx", "aspects": ["texts"]}, "did you mean 'text'"),
    ("footers", {"slides": {"*": {"numbers": True}}}, "did you mean 'number'"),
    ("formatting", {"places": {"2!title": {"bald": True}}}, "did you mean 'bold'"),
    ("formatting", {"places": {"2!title": {"color": "gren"}}}, "did you mean 'green'"),
    ("formatting", {"places": {"2!": {"bold": True}}}, "after '!' comes a shape"),
    ("formatting", {"places": {"2": {"bold": "yes"}}}, "bold must be true or false"),
    ("formatting", {"places": {"2": {"align": "centre"}}}, "did you mean 'center'"),
    ("formatting", {"places": {"2": {"bold": True, "only": True}}}, "give 'text' as well"),
    ("formatting", {"places": {"2": {"text": "a"}}}, "no fact is wanted"),
    ("layouts", {"slides": {"1": "Title Slides"}}, "did you mean 'title slide'"),
    ("links", {"places": {"2": 3}}, "an address, 'slide 3'"),
    ("masters", {"title": {"seize": 30}}, "did you mean 'size'"),
    ("notes", {"slides": {"2": {"contain": "x"}}}, "did you mean 'contains'"),
    ("occurrences", {"texts": {"a": -1}}, "a whole number"),
    ("occurrences", {"texts": {"a": 1}, "where": ["table"]}, "must be a list"),
    ("order", {"slides": [0, 1]}, "slides are numbered from 1"),
    ("order", {"slides": []}, "must not be empty"),
    ("pictures", {"wanted": [{"slide": 1, "imag": "x.png"}]}, "did you mean 'image'"),
    ("pictures", {"wanted": [{"count": 1}]}, "'slide' is missing"),
    ("shapes", {"wanted": [{"slide": 1, "kind": "rectangel"}]}, "did you mean 'rectangle'"),
    ("shapes", {"wanted": [{"slide": 1, "left": 3}]}, "must tell which is meant"),
    ("shapes", {"wanted": [{"slide": 1, "kind": "line", "widht": 3}]}, "did you mean 'width'"),
    ("shapes", {"wanted": [{"slide": 1, "kind": "line", "left": "3"}]}, "left must be a number"),
    ("shapes", {"wanted": [{"slide": 1, "kind": "line", "layer": "frnt"}]}, "'front'"),
    ("tables", {"wanted": [{"slide": 1, "cells": {"A1": "x"}}]}, "'A1' is no cell"),
    ("tables", {"wanted": [{"slide": 1, "row": []}]}, "did you mean 'rows'"),
    ("text", {"places": {"2!title": {"equal": "x"}}}, "did you mean 'equals'"),
    ("text", {"places": {"2!title": 3}}, "a text or a list of paragraphs"),
    ("transitions", {"slides": {"2": "fad"}}, "did you mean 'fade'"),
    ("transitions", {"slides": {"2": {"speed": "quick"}}}, "must be one of slow"),
    ("unchanged", {"aspects": ["formating"]}, "did you mean 'formatting'"),
    ("unchanged", {"outside": "0"}, "slides are numbered from 1"),
]


@pytest.mark.parametrize(("name", "args", "says"), WRONG)
def test_arguments_that_make_no_sense_are_refused(
    name: str, args: dict[str, Any], says: str
) -> None:
    with pytest.raises(TaskError) as told:
        check(ValidatorSpec(f"slides.{name}", args), validator_sources())
    assert says in str(told.value) and f"validator 'slides.{name}'" in str(told.value)


def test_every_validator_refuses_something() -> None:
    assert {name for name, _, _ in WRONG} == set(slides.__all__)


def test_right_ones_are_taken() -> None:
    for name, args in (
        ("unchanged", {"outside": "2,Results,new", "aspects": []}),
        ("unchanged", {"outside": [2, "Plans, and more"]}),
        ("deck", {"size": [25.4, 19.05], "hidden": [2, "Results"], "titles": ["", "A"]}),
        ("order", {"slides": [1, "", "Agenda", 2]}),
        ("occurrences", {"texts": {"a": True, "b": 0}, "where": ["tables"]}),
        ("transitions", {"slides": {"*": {"kind": ["fade", "wipe"], "after": False}}}),
        ("shapes", {"wanted": [{"slide": "*", "kind": "Arrow", "fill": ["red", True]}]}),
    ):
        check(ValidatorSpec(f"slides.{name}", args), validator_sources())
