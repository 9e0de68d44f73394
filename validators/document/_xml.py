"""The markup of Office text documents: names, and values of its elements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

__all__ = ["A", "MC", "R", "WP", "attr", "child", "every", "integer", "is_on", "value", "w"]

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_OFF: Final = ("0", "false", "off", "none")


def w(name: str) -> str:
    """Return the full name of an element or attribute of WordprocessingML."""
    return _W + name


def child(element: Any, name: str) -> Any:
    """Return the first child of a name; None if there is none, or no element."""
    return None if element is None else element.find(_W + name)


def every(element: Any, name: str) -> Iterator[Any]:
    """Yield the children of a name; none where there is no element."""
    return iter(()) if element is None else element.iterchildren(_W + name)


def attr(element: Any, name: str, default: str = "") -> str:
    """Return an attribute of an element, or the default where either is missing."""
    return default if element is None else str(element.get(_W + name, default))


def value(element: Any, name: str, default: str = "") -> str:
    """Return the `val` of a child, or the default where there is none."""
    return attr(child(element, name), "val", default)


def is_on(element: Any) -> bool:
    """Whether an element that is a switch, and there, is on."""
    return attr(element, "val", "true").lower() not in _OFF


def integer(text: str, default: int = 0) -> int:
    """Return a whole number, or the default where a text is none; files may hold anything."""
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return default
