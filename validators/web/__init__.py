"""Checks of a browser and of what its pages hold. A module of this folder holds one kind.

Addresses are written as a browser shows them: "shop.example/cart". What is wanted of a text or a
value is the value, or a table: see `_wish.py`.

    address.py     which addresses the tabs show
    answer.py      what the agent answered
    downloads.py   downloaded files
    page.py        what a page shows: its text, elements, fields of forms
    profile.py     bookmarks, settings, history
    sent.py        forms that were sent
    storage.py     what sites store: local and session storage, cookies
    _address.py    addresses, and what is wanted of them
    _paths.py      places inside of JSON
    _read.py       the browser as its adapter tells it
    _wish.py       what is wanted of a value
"""

from cuagym.validators.web.address import address, tabs
from cuagym.validators.web.answer import answer
from cuagym.validators.web.downloads import downloads
from cuagym.validators.web.page import elements, fields, text
from cuagym.validators.web.profile import bookmarks, history, settings
from cuagym.validators.web.sent import sent
from cuagym.validators.web.storage import cookies, storage, unchanged

__all__ = [
    "address",
    "answer",
    "bookmarks",
    "cookies",
    "downloads",
    "elements",
    "fields",
    "history",
    "sent",
    "settings",
    "storage",
    "tabs",
    "text",
    "unchanged",
]
