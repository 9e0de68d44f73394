"""Writes validators.md, the reference of validators, from their docstrings.

    python docs/reference.py

A test compares them.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cuagym.pack import validator_sources
from cuagym.validation import load

PAGE = Path(__file__).with_name("validators.md")
HEAD = """# Validators

Written by `python docs/reference.py` from the validators' docstrings.

Every validator is named `KIND.NAME` and takes arguments by keyword, in a [task file](tasks.md) as
keys of its table, in a family as `ValidatorSpec("KIND.NAME", {...})`. It returns checks with
reasons in words. `any` and `all` compose others through `of`, a list of such tables: `any` passes
if one of them does, `all` if each does. A pack may bring validators of its own.

Documents are judged as LibreOffice has opened and stored them again, so it makes no difference
which program wrote them. Cells are named `Sheet!A1`; without a sheet, the first one is meant.
Places on slides are `SLIDE` or `SLIDE!SHAPE`.
"""


def page() -> str:
    """Return the page."""
    return "\n".join([HEAD, *_validators()]) + "\n"


def _validators() -> Iterator[str]:
    own = {n: s for n, s in validator_sources().items() if s.startswith("cuagym.validators.")}
    for name, source in sorted(own.items()):
        module = load(source)
        yield f"## {name}\n"
        yield f"{_paragraphs((inspect.getdoc(module) or '').partition(chr(10))[0])}\n"
        for each in sorted(module.__all__):
            yield from _validator(f"{name}.{each}", getattr(module, each))
        if hasattr(module, "__path__") and find_spec(f"{source}._aspects"):
            yield f"### Aspects of {name}s\n".replace("slidess", "slides")
            yield f"In what `{name}.unchanged` and `{name}.equals_gold` compare them:\n"
            aspects = importlib.import_module(f"{source}._aspects").ASPECTS
            for aspect, function in sorted(aspects.items()):
                yield f"- `{aspect}`: {_plain(inspect.getdoc(function) or '')}"
            yield ""


def _validator(name: str, function: Any) -> Iterator[str]:
    parts = re.split(r"\n\n?(Args|Raises|Returns|Example):\n", inspect.getdoc(function) or "")
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    yield f"### {name}\n"
    yield f"{_paragraphs(parts[0])}\n"
    told = dict(re.findall(r"^    (\w+): ((?:.|\n(?!    \w))*)", sections.get("Args", ""), re.M))
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        default = "" if parameter.default is parameter.empty else _default(parameter.default)
        yield f"- `{parameter.name}`{default}: {_plain(told.get(parameter.name, ''))}"
    yield ""


def _default(value: Any) -> str:
    if isinstance(value, tuple):
        value = list(value)
    shown = str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')
    return " (optional)" if value is None else f" (default `{shown}`)"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _paragraphs(text: str) -> str:
    return "\n\n".join(_plain(each) for each in text.split("\n\n"))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
