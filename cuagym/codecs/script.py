"""Reads code of pyautogui calls, statement by statement, from its syntax tree; executes nothing."""

from __future__ import annotations

import ast
import operator
import textwrap
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from cuagym.actions import Action, KeyDown, KeyUp, Point, Terminate, Wait
from cuagym.actions.values import MAX_TEXT, shown
from cuagym.codecs.base import MAX_ACTIONS
from cuagym.codecs.forms import Form, read
from cuagym.codecs.places import Places
from cuagym.codecs.pyautogui_calls import FORMS, OFFSETS, REST
from cuagym.errors import ActionError, nearest

__all__ = ["OSWORLD_PAUSE", "Script"]

OSWORLD_PAUSE: Final = 2.0
"""Seconds that OSWorld's env sleeps after an action, and so what its WAIT comes to."""

MAX_CODE: Final = 20_000
"""The most characters of code: of more, a syntax tree takes long and may be deeper than a stack."""
_MAX_LIST: Final = 256
_MAX_NUMBER: Final = 1e9

_WORDS: Final[Mapping[str, Action]] = MappingProxyType(
    {"WAIT": Wait(OSWORLD_PAUSE), "DONE": Terminate("success"), "FAIL": Terminate("failure")}
)
_MODULES: Final = ("pyautogui", "time")
_SETTINGS: Final = ("pyautogui.FAILSAFE", "pyautogui.PAUSE")
_SUMS: Final[Mapping[type, Callable[[Any, Any], Any]]] = MappingProxyType(
    {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
        ast.FloorDiv: operator.floordiv,
    }
)
_SIGNS: Final[Mapping[type, Callable[[Any], Any]]] = MappingProxyType(
    {ast.UAdd: operator.pos, ast.USub: operator.neg}
)
_ALLOWED: Final = (
    "only calls of pyautogui and time.sleep, WAIT, DONE, FAIL, and names for plain values"
)
_lock = threading.Lock()


class Script:
    """What code comes to, block after block.

    Attributes:
        turn: The primitives so far.
    """

    def __init__(self, places: Places, pointer: Point | None) -> None:
        self.turn: list[Action] = []
        self._places, self._pointer = places, pointer
        self._values: dict[str, Any] = {}

    def read(self, code: str) -> None:
        """Read one block of code.

        Raises:
            ActionError: Something in it is not allowed; the message names the line.
        """
        for statement in _parsed(code).body:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Expr):
            self._expression(node.value)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            self._assign(node.targets[0], node.value)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name not in _MODULES or alias.asname:
                    raise _refused(node, f"'import {alias.name}'", f"only {', '.join(_MODULES)}")
        elif isinstance(node, ast.With) and len(node.items) == 1:
            self._hold(node)
        elif not isinstance(node, ast.Pass):
            raise _refused(node, f"a statement of the kind {type(node).__name__}")

    def _expression(self, node: ast.expr) -> None:
        if isinstance(node, ast.Name) and node.id in _WORDS:
            self._add([_WORDS[node.id]], node)
        elif isinstance(node, ast.Call):
            self._call(node)
        elif not (isinstance(node, ast.Constant) and isinstance(node.value, (str, type(...)))):
            raise _refused(node, f"the expression {_source(node)}")

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Attribute) and _dotted(target) in _SETTINGS:
            self._value(value)
        elif isinstance(target, ast.Name):
            self._values[target.id] = self._value(value)
        elif isinstance(target, ast.Tuple) and all(isinstance(e, ast.Name) for e in target.elts):
            values = self._value(value)
            if not isinstance(values, tuple) or len(values) != len(target.elts):
                raise _refused(target, f"{_source(target)} = {shown(values)}", "as many values")
            self._values |= dict(zip((e.id for e in target.elts), values, strict=True))  # type: ignore[attr-defined]
        else:
            raise _refused(target, f"an assignment to {_source(target)}")

    def _hold(self, node: ast.With) -> None:
        call, made = node.items[0].context_expr, len(self.turn)
        if not isinstance(call, ast.Call) or _dotted(call.func) != "pyautogui.hold":
            raise _refused(node, f"with {_source(call)}", "only pyautogui.hold")
        self._call(call)
        held = [key for a in self.turn[made:] if isinstance(a, KeyDown) for key in a.keys]
        for statement in node.body:
            self._statement(statement)
        self._add([KeyUp(tuple(held))], node)

    def _call(self, node: ast.Call) -> None:
        name = _dotted(node.func)
        form = FORMS.get(name)
        if form is None:
            raise ActionError(
                f"line {node.lineno}: no call is known as {name[:60] or _source(node.func)}"
                f"{nearest(name, FORMS)} (known: {', '.join(FORMS)})"
            )
        label = f"line {node.lineno}: {name}"
        given = self._arguments(node, label, form)
        if name in OFFSETS:
            given = self._absolute(given, label)
        self._add(read(label, form, given, self._places), node)

    def _arguments(self, node: ast.Call, label: str, form: Form) -> dict[str, Any]:
        names = [f for f in form.fields if f != REST]
        if REST in form.fields:
            given: dict[str, Any] = {REST: [self._value(a) for a in node.args]}
        elif len(node.args) > len(names):
            raise ActionError(
                f"{label} takes at most {len(names)} values ({', '.join(names)}),"
                f" got {len(node.args)}"
            )
        else:
            given = {n: self._value(a) for n, a in zip(names, node.args, strict=False)}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise _refused(node, "**")
            if keyword.arg in given:
                raise ActionError(f"{label} has the field {keyword.arg!r} twice")
            given[keyword.arg] = self._value(keyword.value)
        return given

    def _absolute(self, given: Mapping[str, Any], label: str) -> dict[str, Any]:
        """An offset from where the pointer is, as the place to which it leads."""
        rest = {k: v for k, v in given.items() if k not in ("xOffset", "yOffset")}
        x: Any = given.get("xOffset") or 0
        y: Any = given.get("yOffset") or 0
        if isinstance(x, tuple) and len(x) == 2:
            x, y = x
        if not all(type(v) in (int, float) for v in (x, y)):
            raise ActionError(f"{label}: the offset must be two numbers, got {shown((x, y))}")
        if self._pointer is None:
            raise ActionError(
                f"{label}: where the pointer is, is not known; move it to a place first (moveTo)"
            )
        from_x, from_y = self._places.numbers(self._pointer)
        return {"x": from_x + x, "y": from_y + y, **rest}

    def _add(self, actions: Sequence[Action], node: ast.AST) -> None:
        for action in actions:
            self._pointer = getattr(action, "point", None) or self._pointer
        self.turn += actions
        if len(self.turn) > MAX_ACTIONS:
            raise _refused(node, "so much in one turn", f"at most {MAX_ACTIONS} actions")

    def _value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=None | bool() | int() | float() | str()):
                return _bounded(node, node.value)
            case ast.Name(id=name) if name in self._values:
                return self._values[name]
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _SIGNS:
                return _bounded(node, _SIGNS[type(op)](_real(operand, self._value(operand))))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SUMS:
                return self._sum(node, type(op), self._value(left), self._value(right))
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                if len(elements) > _MAX_LIST:
                    raise _refused(node, f"a list of {len(elements)} values")
                return tuple(self._value(e) for e in elements)
        raise _refused(node, f"the value {_source(node)}", "only plain values")

    def _sum(self, node: ast.expr, kind: type, left: Any, right: Any) -> Any:
        if kind is ast.Add and isinstance(left, str) and isinstance(right, str):
            return _bounded(node, left + right)
        try:
            return _bounded(node, _SUMS[kind](_real(node, left), _real(node, right)))
        except ZeroDivisionError:
            raise _refused(node, "a division by zero") from None


def _parsed(code: str) -> ast.Module:
    code = textwrap.dedent(code).strip()
    if len(code) > MAX_CODE:
        raise ActionError(f"the code is {len(code)} characters long, at most {MAX_CODE} are read")
    try:
        with _lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in strings, which the model meant so
            return ast.parse(code)
    except SyntaxError as e:
        line = (e.text or "").strip()
        raise ActionError(f"line {e.lineno}: {e.msg}: {shown(line)}") from None
    except (ValueError, MemoryError, RecursionError) as e:
        raise ActionError(f"the code cannot be read ({type(e).__name__}): {shown(code)}") from None


def _bounded(node: ast.expr, value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise _refused(node, f"a text of {len(value)} characters", f"at most {MAX_TEXT}")
    if isinstance(value, (int, float)) and not abs(value) <= _MAX_NUMBER:
        raise _refused(node, "so large a number", f"at most {_MAX_NUMBER:g}")
    return value


def _real(node: ast.expr, value: Any) -> int | float:
    if type(value) not in (int, float):
        raise _refused(node, f"a sum with {shown(value)}", "only numbers")
    number: int | float = value
    return number


def _dotted(node: ast.expr) -> str:
    """A name with a dot, or ""."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _source(node: ast.AST) -> str:
    try:
        return shown(ast.unparse(node))
    except RecursionError:
        return type(node).__name__


def _refused(node: Any, what: str, instead: str = _ALLOWED) -> ActionError:
    return ActionError(f"line {node.lineno}: {what} is not allowed: {instead}")
