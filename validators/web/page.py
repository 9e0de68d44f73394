"""What a page shows: its text, its elements, and the fields of its forms as they are filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from cuagym.artefacts import Artefacts, Unreadable
from cuagym.errors import TaskError, nearest
from cuagym.validators._checks import by_key, checked
from cuagym.validators.web import _read, _wish
from cuagym.validators.web._address import Address
from cuagym.validators.web._read import Tab
from cuagym.validators.web._wish import MISSING
from cuagym.verdict import Check

__all__ = ["elements", "fields", "text"]

_MOST: Final = 2**25
_FIELDS: Final = "descendant-or-self::*[self::input or self::select or self::textarea]"
_FACTS: Final = ("count", "text", "texts", "attributes")


def text(
    artefacts: Artefacts,
    contains: str | Iterable[str] = (),
    lacks: str | Iterable[str] = (),
    tab: Annotated[Address, _read.refuse_tab] = "active",
) -> list[Check]:
    """Check the text that a page shows, one check for each part.

    Args:
        artefacts: What the agent left.
        contains: Texts that it must show, one or a list; white space makes no difference.
        lacks: Texts that it must not show.
        tab: The page: of the tab in front, or of the first one at an address.

    Raises:
        Unreadable: If the browser was closed, or there is no such tab.
        TaskError: If nothing is wanted.
    """
    parts, others = _list(contains), _list(lacks)
    if not parts and not others:
        raise TaskError("nothing is wanted of the page's text")
    page = _read.tab(artefacts, tab)
    shown = _folded(page.get("text", str))
    checks = []
    for part in parts:
        there = _folded(part) in shown
        detail = "" if there else f"{page.url} does not show {part!r}"
        checks.append(Check(f"shows {part}", there, detail))
    for part in others:
        there = _folded(part) in shown
        detail = f"{page.url} shows {part!r}" if there else ""
        checks.append(Check(f"does not show {part}", not there, detail))
    return checks


def _refuse_element(selector: str, wanted: Any) -> None:
    _selector(selector)
    if isinstance(wanted, Mapping) and not _wish.is_table(wanted):
        for fact, value in wanted.items():
            if fact not in _FACTS:
                raise TaskError(
                    f"{selector!r}: there is no {fact!r}{nearest(fact, _FACTS)}"
                    f" (known: {', '.join(_FACTS)})"
                )
            if fact == "count" and (not isinstance(value, int) or isinstance(value, bool)):
                raise TaskError(f"{selector!r}: a count is a whole number, got {value!r}")
            if fact == "attributes" and not isinstance(value, Mapping):
                raise TaskError(f"{selector!r}: attributes are a table by name, got {value!r}")
            for each in value.values() if fact == "attributes" else [value]:
                _wish.refuse(each)
        return
    _wish.refuse(wanted)


def elements(
    artefacts: Artefacts,
    wanted: Annotated[Mapping[str, Any], by_key(_refuse_element)],
    tab: Annotated[Address, _read.refuse_tab] = "active",
) -> list[Check]:
    """Check elements of a page, one check for each.

    Args:
        artefacts: What the agent left.
        wanted: By CSS selector, how many there must be (a number), the text of the first one, or a
            table of `count`, `text`, `texts` (of all of them, in their order) and `attributes` (of
            the first one, by name). Texts are wanted as values are in `web.storage`.
        tab: The page: of the tab in front, or of the first one at an address.

    Raises:
        Unreadable: If the browser was closed, or there is no such tab.
        TaskError: If a selector is wrong, or nothing is wanted.
    """
    if not wanted:
        raise TaskError("nothing is wanted of the page's elements")
    root = _parsed(_read.tab(artefacts, tab))
    return [checked(s, _element_wrong, _selector(s)(root), each) for s, each in wanted.items()]


def _element_wrong(found: list[HtmlElement], wanted: Any) -> str:
    if isinstance(wanted, int) and not isinstance(wanted, bool):
        wanted = {"count": wanted}
    elif not isinstance(wanted, Mapping) or _wish.is_table(wanted):
        wanted = {"text": wanted}
    for fact, value in wanted.items():
        wrong = _fact_wrong(found, fact, value)
        if wrong:
            return wrong
    return ""


def _fact_wrong(found: list[HtmlElement], fact: str, value: Any) -> str:
    texts = [_text(each) for each in found]
    if fact == "count":
        return "" if len(found) == value else f"expected {value}, found {len(found)} of them"
    if fact == "texts":
        return _wish.unlike(texts, value)
    if fact == "text":
        return _wish.unlike(texts[0] if texts else MISSING, value)
    has: Mapping[str, str] = found[0].attrib if found else {}
    wrong = ((n, _wish.unlike(has.get(n, MISSING), w)) for n, w in value.items())
    return next((f"its {name}: {what}" for name, what in wrong if what), "")


def _refuse_field(name: str, wanted: Any) -> None:
    if name.startswith("css:"):
        _selector(name.removeprefix("css:"))
    _wish.refuse(wanted)


def fields(
    artefacts: Artefacts,
    wanted: Annotated[Mapping[str, Any], by_key(_refuse_field)],
    tab: Annotated[Address, _read.refuse_tab] = "active",
) -> list[Check]:
    """Check what the fields of a page's forms hold, sent or not, one check for each.

    Args:
        artefacts: What the agent left.
        wanted: By a field's name, id or label, or by "css:" and a CSS selector, what it holds: a
            text; true or false for a box; of radio buttons and lists, the value or the text of what
            is chosen; a list of these where several may be. Or what is wanted of it, as
            `web.storage` has it.
        tab: The page: of the tab in front, or of the first one at an address.

    Raises:
        Unreadable: If the browser was closed, or there is no such tab.
        TaskError: If nothing is wanted.
    """
    if not wanted:
        raise TaskError("nothing is wanted of the fields")
    root = _parsed(_read.tab(artefacts, tab))
    return [checked(name, _field_wrong, root, name, each) for name, each in wanted.items()]


def _field_wrong(root: HtmlElement, name: str, wanted: Any) -> str:
    found = _named(root, name)
    if not found:
        known = sorted({n for f in _all(root) if (n := f.get("name") or f.get("id"))})
        raise Unreadable(f"there is no field {name!r}{nearest(name, known)}")
    holds = _held(root, found)
    wrongs = [_wish.unlike(value, wanted) for value in holds]
    return "" if any(not wrong for wrong in wrongs) else wrongs[0]


def _all(root: HtmlElement) -> list[HtmlElement]:
    return list(root.xpath(_FIELDS))


def _named(root: HtmlElement, name: str) -> list[HtmlElement]:
    """Return the fields of a name, an id, a label or a selector."""
    if name.startswith("css:"):
        return [f for f in _selector(name.removeprefix("css:"))(root) if f in _all(root)]
    every = _all(root)
    for key in ("name", "id"):
        if found := [f for f in every if f.get(key) == name]:
            return found
    return [f for f in every if _folded(name) in _labels(root, f)]


def _labels(root: HtmlElement, field: HtmlElement) -> list[str]:
    around = [a for a in field.iterancestors("label")]
    own = field.get("id")
    around += [label for label in root.iter("label") if own and label.get("for") == own]
    told = [_folded(_text(label)).rstrip(" :*") for label in around]
    return [*told, _folded(field.get("aria-label", "")), _folded(field.get("placeholder", ""))]


def _held(root: HtmlElement, found: list[HtmlElement]) -> list[Any]:
    """Return what fields of one name hold, in the ways in which that may be said."""
    first = found[0]
    kind = first.get("type", "text").lower() if first.tag == "input" else str(first.tag)
    if kind == "textarea":
        return [first.text or ""]
    if kind == "select":
        on = [o for o in first.iter("option") if o.get("selected") is not None]
        return _ways(first.get("multiple") is not None, on, lambda o: o.get("value"))
    if kind == "radio":
        on = [f for f in found if f.get("checked") is not None]
        return _ways(False, on, lambda f: f.get("value"), lambda f: _labels(root, f)[0])
    if kind == "checkbox":
        on = [f for f in found if f.get("checked") is not None]
        several = _ways(True, on, lambda f: f.get("value"), lambda f: _labels(root, f)[0])
        return [bool(on), *several] if len(found) == 1 else several
    return [first.get("value", "")]


def _ways(several: bool, on: list[HtmlElement], *tells: Any) -> list[Any]:
    out: list[Any] = []
    for tell in (*tells, _text):
        values = [tell(each) for each in on]
        values = [_text(e) if v is None else v for v, e in zip(values, on, strict=True)]
        out.append(values if several else values[0] if values else MISSING)
    return out


def _parsed(page: Tab) -> HtmlElement:
    """Return a page's elements.

    Raises:
        Unreadable: If it cannot be read.
    """
    html = page.get("html", str)
    if len(html) > _MOST:
        raise Unreadable(f"the page at {page.url} has more than {_MOST:,} characters")
    try:
        return document_fromstring(
            html.encode("utf-8", "replace"), parser=HTMLParser(encoding="utf-8", no_network=True)
        )
    except (etree.LxmlError, ValueError) as e:
        raise Unreadable(f"the page at {page.url} cannot be read: {e}") from None


def _selector(selector: str) -> Any:
    try:
        return CSSSelector(selector, translator="html")
    except Exception as e:  # cssselect has several kinds of errors
        raise TaskError(f"{selector!r} is no CSS selector: {e}") from None


def _text(element: HtmlElement) -> str:
    return _folded(str(element.text_content()))


def _folded(text: str) -> str:
    return " ".join(text.split())


def _list(texts: str | Iterable[str]) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts)
