"""Small applications: mail, social media, a search engine, a phone book, a terminal, an editor."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from cuagym.actions import Click, Key, Turn, Type
from cuagym.errors import TaskError
from cuagym.task import Element, Screen
from cuagym.tasks.miniwob._oracles.hands import (
    SUBMIT,
    Oracle,
    bold,
    click,
    fill,
    place,
    press,
    query,
    reach,
)

__all__ = ["ORACLES"]

_AREA: Final = "#area"
_MAILS: Final = "#main"


def _of_sender(screen: Screen, name: str, part: str) -> Element:
    """The part of the mail of a sender in the list of mails."""
    senders = screen.elements(f"{_MAILS} .email-sender")
    parts = screen.elements(f"{_MAILS} {part}")
    return next(p for s, p in zip(senders, parts, strict=True) if s.text.strip() == name)


def _in_list(screen: Screen, name: str, part: str) -> Iterator[Turn]:
    def wanted() -> Element:
        return _of_sender(screen, name, part)

    yield from reach(screen, _MAILS, wanted)


def _mail(screen: Screen) -> Iterator[Turn]:
    asked = query(screen)
    name, *rest = bold(screen)
    if "trash icon" in asked:
        yield from _in_list(screen, name, ".trash")
    elif "star icon" in asked:
        yield from _in_list(screen, name, ".star")
    elif "reply" in asked:
        yield from _in_list(screen, name, ".email-sender")
        yield click(screen, ".email-reply")
        yield fill(screen, "#reply-text", rest[0])
        yield click(screen, "#send-reply")
    else:
        yield from _forward(screen, name, rest[0])


def _forward(screen: Screen, name: str, to: str) -> Iterator[Turn]:
    yield from _in_list(screen, name, ".email-sender")
    yield click(screen, ".email-forward")
    yield fill(screen, ".forward-sender", to)
    yield click(screen, "#send-forward")


_TO: Final = re.compile(
    r"to (?!you)(\w+)|(?:send|forward|give) (?!to|the|that)(\w+)|(\w+) (?:wants the|is waiting)",
    re.IGNORECASE,
)


def _forward_said(screen: Screen) -> Iterator[Turn]:
    """Forward a mail as one of many sentences asks; both names are senders'."""
    asked = query(screen)
    senders = {each.text.strip() for each in screen.elements(f"{_MAILS} .email-sender")}
    named = [word for word in re.findall(r"\w+", asked) if word in senders]
    for found in _TO.finditer(asked):
        to = next(filter(None, found.groups()))
        if to in named:
            yield from _forward(screen, next(n for n in named if n != to), to)
            return
    raise TaskError(f"to whom to forward the mail: {asked!r}")


_ICONS: Final = {"Mute": "menu-user", "Block": "block-user"}
"""What is named after its user, too: by class."""


def _post(screen: Screen) -> Iterator[Turn]:
    user, action = bold(screen)

    def wanted() -> Element:
        names = [each.text for each in screen.elements("#area .username")]
        if action in ("Reply", "Retweet", "Like"):
            return screen.elements(f"#area .{action.lower()}")[names.index(user)]
        return screen.elements("#area .more")[names.index(user)]

    yield from reach(screen, _AREA, wanted)
    if action in ("Reply", "Retweet", "Like"):
        return

    def item() -> Element:
        items = screen.elements("#area ul:not(.hide) li")
        return next(each for each in items if each.text.startswith(action))

    yield from reach(screen, _AREA, item)


def _posts(screen: Screen) -> Iterator[Turn]:
    """Click a button of all posts of a user, or of some, then the last button."""
    action, *number, user = bold(screen)
    count = int(number[0]) if number else 99
    mine = [i for i, each in enumerate(screen.elements("#area .username")) if each.text == user]
    for post in mine[:count]:

        def wanted(post: int = post) -> Element:
            return screen.elements(f"#area .{action.lower()}")[post]

        yield from reach(screen, _AREA, wanted)

    def submit() -> Element:
        return screen.element("#submitRow button")

    yield from reach(screen, _AREA, submit)


def _search(screen: Screen) -> Iterator[Turn]:
    page, row = divmod(place(screen), 3)
    yield fill(screen, "#search-text", bold(screen)[0])
    yield click(screen, "#search")
    if page:
        yield click(screen, "#pagination a", str(page + 1))
    yield press(screen, screen.elements("#page-content .search-title")[row])


def _contact(screen: Screen) -> Iterator[Turn]:
    found = re.search(r"Find (.*) in the contact book and click on their (\w+)", query(screen))
    assert found is not None
    while screen.element("#contact .name").text != found[1]:
        yield click(screen, "#pagination a", ">")
    link = screen.element(f"#contact .{found[2]}")  # its last line begins at the left
    yield (Click(screen.point(link.x + 4, link.y + link.height - 4)),)


def _terminal(screen: Screen) -> Iterator[Turn]:
    ending = bold(screen)[0]
    yield (Click(screen.middle(screen.element("#terminal"))), Type("ls\n"))
    files = screen.elements("#terminal .output")[-1].text.split()

    def fits(name: str) -> bool:
        return "." not in name if ending == "no file extension" else name.endswith(ending)

    yield (Type(f"rm {next(filter(fits, files))}\n"),)


_STYLES: Final = {"bold": ".ql-bold", "italics": ".ql-italic", "underlined": ".ql-underline"}
_COLORS: Final = {
    "red": "#e60000",
    "orange": "#ff9900",
    "yellow": "#ffff00",
    "green": "#008a00",
    "blue": "#0066cc",
    "purple": "#9933ff",
}


def _editor(screen: Screen) -> Iterator[Turn]:
    """Mark a word, or everything, by keyboard, and give it a style or a colour."""
    what, how = (each.strip() for each in bold(screen))
    text = screen.element("#editor .ql-editor")
    if what == "everything":
        keys = [Key(("ctrl", "a"))]
    else:
        word = re.search(rf"(?<!\S){re.escape(what)}(?!\S)", text.text)
        assert word is not None
        before = word.start()
        right, mark = Key(("Right",)), Key(("shift", "Right"))
        keys = [Key(("ctrl", "Home")), *[right] * before, *[mark] * len(what)]
    yield (Click(screen.middle(text)), *keys)
    if how in _STYLES:
        yield click(screen, f"button{_STYLES[how]}")
    else:
        yield click(screen, ".ql-color .ql-picker-label")
        yield click(screen, f".ql-color .ql-picker-item[data-value='{_COLORS[how]}']")
    yield click(screen, SUBMIT)


ORACLES: Final[Mapping[str, Oracle]] = {
    "email-inbox": _mail,
    "email-inbox-delete": _mail,
    "email-inbox-forward": _mail,
    "email-inbox-forward-nl": _forward_said,
    "email-inbox-important": _mail,
    "email-inbox-noscroll": _mail,
    "email-inbox-reply": _mail,
    "email-inbox-star-reply": _mail,
    "phone-book": _contact,
    "search-engine": _search,
    "social-media": _post,
    "social-media-all": _posts,
    "social-media-some": _posts,
    "terminal": _terminal,
    "text-editor": _editor,
}
