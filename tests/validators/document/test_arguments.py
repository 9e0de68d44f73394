"""Arguments that make no sense are told when a task is read, before anything is judged."""

from __future__ import annotations

from typing import Any

import pytest

from cuagym.errors import TaskError
from cuagym.grading import Grader
from cuagym.pack import validator_sources
from cuagym.task import ValidatorSpec
from cuagym.validation import check
from cuagym.validators import document

from .conftest import REPORT, instance

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("bookmarks", {"wnated": {}}, "no argument 'wnated'; did you mean 'wanted'"),
    ("bookmarks", {"wanted": {"a": 3}}, "'wanted' must be a table"),
    ("changes", {"wanted": [{"kind": "insert", "text": "a"}]}, "did you mean 'insertion'"),
    ("changes", {"wanted": [{"text": "a"}]}, "a table of 'kind' and 'text'"),
    ("changes", {"wanted": [{"kind": "deletion", "text": "", "autor": ""}]}, "mean 'author'"),
    ("changes_resolved", {"how": "acepted"}, "one of 'accepted', 'rejected'"),
    ("characters", {"texts": {"a": {"blod": True}}}, "did you mean 'bold'"),
    ("characters", {"texts": {"a": {"color": "yelow"}}}, "did you mean 'yellow'"),
    ("characters", {"texts": {"#0": {"bold": True}}}, "'#0' is no place"),
    ("characters", {"texts": {"a": {"occurrence": 2}}}, "nothing is wanted"),
    ("characters", {"texts": {"a": {"bold": True, "occurrence": 0}}}, "a whole number from 1"),
    ("comments", {"wanted": [{"txt": "a"}]}, "did you mean 'text'"),
    ("comments", {"wanted": [3]}, "a text or a table"),
    ("contents", {"level": 2}, "did you mean 'levels'"),
    ("equals_gold", {"gold": "g.docx", "aspects": ["txt"]}, "did you mean 'text'"),
    ("equals_gold", {"gold": "g.docx", "outside": ["#3-1"]}, "'#3-1' is no place"),
    ("headers", {"wanted": {"heder": "a"}}, "did you mean 'header'"),
    ("headers", {"wanted": {"header": {"txt": "a"}}}, "did you mean 'text'"),
    ("headers", {"wanted": {"footer": {"fields": "PAGES"}}}, "did you mean 'PAGE'"),
    ("headers", {"wanted": {"footer": {"align": "middle"}}}, "align 'middle' is none of"),
    ("headings", {"wanted": [[0, "Intro"]]}, "a level from 1 to 9 and a title"),
    ("headings", {"wanted": ["Intro"]}, "a level from 1 to 9 and a title"),
    ("images", {"wanted": [{"widht": 3}]}, "did you mean 'width'"),
    ("images", {"wanted": [{"width": "3 inches"}]}, "'3 inches' is no length"),
    ("images", {"wanted": [{"image": 0, "alt": "a"}]}, "a whole number from 1"),
    ("links", {"wanted": {"a": 3}}, "'wanted' must be a table"),
    ("lists", {"wanted": {"a": "bulet"}}, "did you mean 'bullet'"),
    ("lists", {"wanted": {"a": {"lable": "1."}}}, "did you mean 'label'"),
    ("lists", {"wanted": {"a": {"format": "roman"}}}, "format 'roman' is none of decimal"),
    ("notes", {"footnote": []}, "did you mean 'footnotes'"),
    ("page", {"size": "A44"}, "did you mean 'A4'"),
    ("page", {"orientation": "landscap"}, "did you mean 'landscape'"),
    ("page", {"margins": {"lft": 3}}, "did you mean 'left'"),
    ("page", {"margins": {"left": "wide"}}, "'wide' is no length"),
    ("paragraphs", {"wanted": {"a": {"aling": "left"}}}, "did you mean 'align'"),
    ("paragraphs", {"wanted": {"a": {"align": "centre "}}}, "did you mean 'center'"),
    ("paragraphs", {"wanted": {"a": {"line_spacing": "double"}}}, "a number of lines"),
    ("paragraphs", {"wanted": {"a": {"style": 3}}}, "style must be a name"),
    ("paragraphs", {"wanted": {"a": {"page_break": "yes"}}}, "must be true or false"),
    ("paragraphs", {"wanted": {"a": {"border": "thick"}}}, "'all', 'none' or a table"),
    ("paragraphs", {"wanted": {"": {"align": "left"}}}, "is no text of a paragraph"),
    ("properties", {"wanted": {"titel": "a"}}, "did you mean 'title'"),
    ("tables", {"wanted": [{"colums": 3}]}, "'colums' is none of"),
    ("tables", {"wanted": [{"rosw": []}]}, "did you mean 'rows'"),
    ("tables", {"wanted": [{"looks": {"A0": {"bold": True}}}]}, "'A0' names no cells"),
    ("tables", {"wanted": [{"looks": {"A1": {"fil": "red"}}}]}, "did you mean 'fill'"),
    ("tables", {"wanted": [{"borders": "outter"}]}, "did you mean 'outer'"),
    ("tables", {"wanted": [{"sorted_by": "2"}]}, "must be a column's letter"),
    ("tables", {"wanted": [{"size": 3}]}, "size must be rows and columns"),
    ("text", {"contains": "a", "where": "header"}, "did you mean 'headers'"),
    ("text", {"counts": {"a": -1}}, "a whole number, not -1"),
    ("unchanged", {"aspects": ["tabels"]}, "did you mean 'tables'"),
    ("unchanged", {"outside": "#"}, "'#' is no place"),
]


@pytest.mark.parametrize(("name", "args", "says"), WRONG)
def test_arguments_that_make_no_sense_are_refused(
    name: str, args: dict[str, Any], says: str
) -> None:
    with pytest.raises(TaskError) as told:
        check(ValidatorSpec(f"document.{name}", args), validator_sources())
    assert says in str(told.value) and f"validator 'document.{name}'" in str(told.value)


def test_every_validator_refuses_something() -> None:
    assert {name for name, _, _ in WRONG} == set(document.__all__)


NOTHING: list[tuple[str, dict[str, Any]]] = [
    ("text", {}),
    ("tables", {}),
    ("images", {}),
    ("page", {}),
    ("changes", {}),
    ("comments", {}),
    ("links", {"wanted": {}}),
    ("notes", {}),
]


@pytest.mark.parametrize(("name", "args"), NOTHING)
def test_a_validator_that_is_asked_nothing_says_so(
    grader: Grader, name: str, args: dict[str, Any]
) -> None:
    task = instance(REPORT, ValidatorSpec(f"document.{name}", args))
    assert "nothing is wanted" in grader.grade(task, {"text.docx": REPORT}, "", "success").fault


def test_a_misspelt_validator_is_told() -> None:
    with pytest.raises(TaskError, match="did you mean 'paragraphs'"):
        check(ValidatorSpec("document.paragrahps", {}), validator_sources())
