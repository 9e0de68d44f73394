"""The browser's own pages and dialogs, at 1280x720: where their parts are, and how they are used.

They are the same in both looks. Settings and bookmarks are pages of the browser that show parts of
themselves to nobody, so places stand here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cuagym.actions import Click, Key, Turn, Type
from cuagym.task import Screen

from . import _web

__all__ = [
    "PERMISSIONS",
    "add_bookmark",
    "add_folder",
    "block",
    "bookmark_page",
    "home_page",
    "manager",
    "print_to",
    "start_pages",
]

PERMISSIONS: Final = {"javascript": 487, "images": 518, "sound": 518, "popups": 502}
"""Where the button stands that adds a site that may not, by the name of the settings' page."""
_SAVE: Final = (1152, 690)
_MENU: Final = (1255, 134)
_NEW_BOOKMARK: Final = (1172, 192)
_NEW_FOLDER: Final = (1172, 230)
_FIRST_ITEM: Final = (700, 213)
_FOLDERS: Final = {"Bookmarks bar": (140, 188), "Other bookmarks": (140, 228)}
_BUBBLE_FOLDER: Final = (1065, 228)
_BUBBLE_ITEMS: Final = {"Bookmarks bar": (1047, 266), "Other bookmarks": (1047, 295)}
_BUBBLE_DONE: Final = (1128, 288)
_PAGES: Final = (381, 362)
_ADD_PAGE: Final = (455, 414)
_LOWER: Final = 53
"""How much lower the link is with each page that is listed above it."""
_HOME_BUTTON: Final = (995, 440)
_HOME_CUSTOM: Final = (420, 536)
_HOME_ADDRESS: Final = (590, 536)
_SITE_FIELD: Final = (640, 407)


def _at(screen: Screen, place: tuple[int, int], count: int = 1) -> Turn:
    return (Click(screen.point(*place), count=count),)


def _settings(page: str) -> Iterator[Turn]:
    yield from _web.go(f"chrome://settings/{page}")
    yield from _web.wait(2)


def manager(screen: Screen) -> Iterator[Turn]:
    """Show the bookmarks."""
    yield from _web.go("chrome://bookmarks")
    yield from _web.wait(2)


def add_folder(screen: Screen, name: str, within: str = "Bookmarks bar") -> Iterator[Turn]:
    """Make a folder, the first one within another, and go into it."""
    yield _at(screen, _FOLDERS[within])
    yield _at(screen, _MENU)
    yield _at(screen, _NEW_FOLDER)
    yield (Type(f"{name}\n"),)
    yield from _web.wait()
    yield _at(screen, _FIRST_ITEM, count=2)


def add_bookmark(screen: Screen, title: str, address: str, folder: str = "") -> Iterator[Turn]:
    """Add a bookmark to the folder that shows, or to one of the two that are always there."""
    if folder:
        yield _at(screen, _FOLDERS[folder])
    yield _at(screen, _MENU)
    yield _at(screen, _NEW_BOOKMARK)
    yield (Type(f"{title}\t{address}\n"),)
    yield from _web.wait()


def bookmark_page(screen: Screen, folder: str, title: str = "") -> Iterator[Turn]:
    """Bookmark the page that shows, in one of the two folders that are there at the start."""
    yield (Key(("ctrl", "d")),)
    if title:
        yield (Key(("ctrl", "a")), Type(title))
    if folder != "Other bookmarks":
        yield _at(screen, _BUBBLE_FOLDER)
        yield _at(screen, _BUBBLE_ITEMS[folder])
    yield _at(screen, _BUBBLE_DONE)


def start_pages(screen: Screen, *addresses: str) -> Iterator[Turn]:
    """Have the browser start with pages."""
    yield from _settings("onStartup")
    yield _at(screen, _PAGES)
    for number, address in enumerate(addresses):
        yield _at(screen, (_ADD_PAGE[0], _ADD_PAGE[1] + number * _LOWER))
        yield (Type(f"{address}\n"),)
        yield from _web.wait()


def home_page(screen: Screen, address: str) -> Iterator[Turn]:
    """Show the home button, and have it lead to an address."""
    yield from _settings("appearance")
    yield _at(screen, _HOME_BUTTON)
    yield _at(screen, _HOME_CUSTOM)
    yield _at(screen, _HOME_ADDRESS)
    yield (Type(f"{address}\t"),)
    yield from _web.wait()


def block(screen: Screen, permission: str, site: str) -> Iterator[Turn]:
    """Have a site not do something: see `PERMISSIONS`."""
    yield from _settings(f"content/{permission}")
    yield _at(screen, (978, PERMISSIONS[permission]))
    yield _at(screen, _SITE_FIELD)
    yield (Type(f"{site}\n"),)
    yield from _web.wait()


def print_to(screen: Screen, name: str) -> Iterator[Turn]:
    """Print the page that shows to a PDF in the workspace."""
    yield (Key(("ctrl", "p")),)
    yield from _web.wait(2)
    yield (Key(("Return",)),)
    yield from _web.wait(2)
    yield (Key(("ctrl", "a")), Type(name))
    yield _at(screen, _SAVE)
    yield from _web.wait(2)
