"""Validators by name, and whether they take the arguments that a task gives them."""

from __future__ import annotations

import importlib
import inspect
import types
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    TypeAlias,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from cuagym.errors import TaskError, nearest
from cuagym.modules import import_folder
from cuagym.task import ValidatorSpec
from cuagym.verdict import Check

__all__ = ["COMPOSED", "Validator", "check", "find", "load", "parts"]

Validator: TypeAlias = Callable[..., list[Check]]
COMPOSED: Final = ("all", "any")
"""The names that compose other validators; their one argument, `of`, is a list of tables."""

_PLAIN: Final[Mapping[Any, tuple[tuple[type, ...], str]]] = {
    str: ((str,), "a text"),
    bool: ((bool,), "true or false"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
}


def load(source: str) -> ModuleType:
    """Import the module of validators that a source names: a module, or a file."""
    if not source.endswith(".py"):
        return importlib.import_module(source)
    path = Path(source)
    return importlib.import_module(f"{import_folder(path.parent).__name__}.{path.stem}")


def find(name: str, sources: Mapping[str, str]) -> Validator:
    """Return a validator by its full name.

    Args:
        name: Such as `workbook.cells`.
        sources: Modules or files by the first part of the names.

    Raises:
        TaskError: If there is none; names the nearest.
    """
    source, _, function = name.partition(".")
    if source not in sources:
        raise TaskError(
            f"there is no validator {name!r}; validators begin with"
            f" {', '.join(sorted(sources))}, or are {' or '.join(COMPOSED)}"
            + nearest(source, [*sources, *COMPOSED])
        )
    module = load(sources[source])
    known = getattr(module, "__all__", ())
    if function not in known:
        raise TaskError(
            f"there is no validator {name!r}; {module.__name__} lists {', '.join(known) or 'none'}"
            f" in its __all__{nearest(function, known)}"
        )
    return getattr(module, function)  # type: ignore[no-any-return]


def parts(spec: ValidatorSpec) -> list[ValidatorSpec]:
    """Return the validators that an `any` or `all` composes.

    Raises:
        TaskError: If its argument is not a list of tables with a `name` each.
    """
    of = spec.args.get("of")
    if set(spec.args) != {"of"} or not isinstance(of, (list, tuple)) or not of:
        raise TaskError(f"validator {spec.name!r} takes 'of', a list of tables, and nothing else")
    inner = []
    for table in of:
        if not isinstance(table, Mapping) or not isinstance(table.get("name"), str):
            raise TaskError(f"validator {spec.name!r}: {table!r} must be a table with a 'name'")
        args = {k: v for k, v in table.items() if k not in ("name", "weight")}
        inner.append(ValidatorSpec(table["name"], args, table.get("weight", 1.0)))
    return inner


def check(spec: ValidatorSpec, sources: Mapping[str, str]) -> None:
    """Refuse a validator that does not exist, or does not take these arguments.

    An argument must be of its type; where that is `Annotated` with functions, each is called with
    it and may raise a `TaskError` too.

    Raises:
        TaskError: It names the argument, and the ones that are taken.
    """
    if spec.name in COMPOSED:
        for inner in parts(spec):
            check(inner, sources)
        return
    function = find(spec.name, sources)
    known = list(inspect.signature(function).parameters.values())[1:]
    names = [p.name for p in known]
    anything = any(p.kind is p.VAR_KEYWORD for p in known)
    for key in spec.args:
        if key not in names and not anything:
            raise TaskError(
                f"validator {spec.name!r} takes no argument {key!r}{nearest(key, names)}"
                f" (it takes {', '.join(names) or 'none'})"
            )
    for parameter in known:
        needed = (
            parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
        )
        if needed and parameter.name not in spec.args:
            raise TaskError(f"validator {spec.name!r} needs the argument {parameter.name!r}")
    hints = _hints(function)
    for key, value in spec.args.items():
        hint = hints.get(key, Any)
        if not _fits(value, hint):
            raise TaskError(
                f"validator {spec.name!r}: the argument {key!r} must be {_said(hint)},"
                f" got {value!r}"
            )
        for refuse in getattr(hint, "__metadata__", ()):
            try:
                refuse(value)
            except TaskError as e:
                raise TaskError(f"validator {spec.name!r}: the argument {key!r}: {e}") from None


def _hints(function: Validator) -> dict[str, Any]:
    """Return the types of a validator's arguments; none where they cannot be told."""
    try:
        return get_type_hints(function, include_extras=True)
    except Exception:  # names that only a type checker sees
        return {}


def _kinds(hint: Any) -> tuple[Any, ...]:
    """Return the alternatives of a type."""
    hint = getattr(hint, "__origin__", hint) if get_origin(hint) is Annotated else hint
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value, as json holds it, is of a type; True for types that are not known here."""
    return any(_fits_one(value, kind) for kind in _kinds(hint))


def _fits_one(value: Any, hint: Any) -> bool:
    origin, args = get_origin(hint) or hint, get_args(hint)
    if hint in (None, type(None)):
        return value is None
    if origin is Literal:
        return value in args
    if hint in _PLAIN:
        return isinstance(value, _PLAIN[hint][0]) and (hint is bool or not isinstance(value, bool))
    if not isinstance(origin, type) or origin is object:
        return True
    if issubclass(origin, Mapping):
        inner = args[1] if len(args) == 2 else Any
        return isinstance(value, Mapping) and all(_fits(v, inner) for v in value.values())
    if issubclass(origin, Iterable):  # a text is none: its characters are never meant
        inner = args[0] if args and origin is not tuple else Any
        return isinstance(value, (list, tuple)) and all(_fits(v, inner) for v in value)
    return True


def _said(hint: Any) -> str:
    """Return a type as a person would say it."""
    return " or ".join(_said_one(kind) for kind in _kinds(hint))


def _said_one(hint: Any) -> str:
    origin, args = get_origin(hint) or hint, get_args(hint)
    if origin is Literal:
        return "one of " + ", ".join(map(repr, args))
    if hint in _PLAIN:
        return _PLAIN[hint][1]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "a table"
    inner = [_PLAIN[a][1].partition(" ")[2] + "s" for a in args if a in _PLAIN and a is not bool]
    return "a list" + (f" of {inner[0]}" if inner else "")
