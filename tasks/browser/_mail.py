"""A mail client on the web: folders, mails, replies."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from cuagym.task import Params

from . import _data, _site

__all__ = ["BRANDS", "FOLDERS", "INBOX", "TRASH", "draw", "files", "sample"]

BRANDS: Final = ("Papermail", "Swift Post", "Inboxer", "Letterbox", "Dovecote", "Envelope One")
INBOX: Final = "Inbox"
TRASH: Final = "Trash"
FOLDERS: Final = ("Invoices", "Projects", "Travel", "Archive", "Family", "Clients")
SUBJECTS: Final = (
    ("Lunch on Thursday?", "Are you free for lunch on Thursday?\nThe new place is open now."),
    ("Notes from the meeting", "Attached are the notes.\nPlease add what I have forgotten."),
    ("Keys for the office", "The spare keys are with the front desk.\nPlease sign the list."),
    ("Draft of the brochure", "Here is the third draft.\nThe pictures on page two are new."),
    ("Holiday dates", "I am away for two weeks in July.\nLet me know if that collides."),
    ("Parking next week", "The car park is closed on Monday and Tuesday."),
    ("Printer on floor two", "It is repaired.\nThe paper tray is still a bit stiff."),
    ("Course on photography", "There are three places left in the evening course."),
    ("Photos from the weekend", "Have a look, some of them came out well."),
    ("Change of address", "We have moved to the other side of the river."),
    ("Workshop programme", "The programme is final.\nYour talk is after the coffee break."),
    ("Book club", "We read the next chapters until the end of the month."),
    ("Bicycle for sale", "It is a green one, hardly used.\nCome and see it."),
    ("Garden party", "Bring a chair if you can.\nIf it rains we are in the barn."),
    ("Survey results", "Most people want to keep the old times."),
    ("New phone number", "My number has changed, it is in the signature."),
)
WORDS: Final = (
    {"compose": "New message", "move": "Move to ...", "star": "Star", "remove": "Delete"},
    {"compose": "Write", "move": "File under ...", "star": "Mark", "remove": "To trash"},
    {"compose": "Compose", "move": "Move", "star": "Flag", "remove": "Bin"},
)
_COMMON: Final = {
    **{"search": "Search in mails", "find": "Search", "found": "Found", "reply": "Reply"},
    **{"nothing": "There is nothing here.", "starred": "Starred", "back": "Back", "to": "To"},
    **{"subject": "Subject", "body": "Text", "send": "Send", "cancel": "Cancel"},
    **{"missing": "A recipient and a text are needed.", "done": "Your message was sent."},
}


def draw(rng: np.random.Generator, people: list[str], count: int) -> list[dict[str, Any]]:
    """Draw mails of some people: `from`, `subject`, `body`."""
    subjects = _data.pick(rng, SUBJECTS, count)
    return [
        {"from": _data.one(rng, people), "subject": subject, "body": body}
        for subject, body in subjects
    ]


def sample(rng: np.random.Generator, mails: list[dict[str, Any]]) -> dict[str, Any]:
    """Return mails in a random order with `id`, `date`, `folder`, and the client's words."""
    order = rng.permutation(len(mails)).tolist()
    first = int(rng.integers(3, 9))
    placed = [
        {
            "folder": INBOX,
            "read": bool(rng.integers(2)),
            **mails[index],
            "id": f"m{number + 1}",
            "date": f"{_data.WEEKDAYS[(first - number // 3) % 7]} {18 - number % 9}:{number:02}",
        }
        for number, index in enumerate(order)
    ]
    folders = _data.pick(rng, FOLDERS, 4)
    return {"mails": placed, "folders": folders, "words": int(rng.integers(len(WORDS)))}


def files(params: Params, host: str) -> dict[str, bytes]:
    """Return the client's files."""
    words = {**_COMMON, **WORDS[params["words"]]}
    texts = {
        m["id"]: {
            "from": m["from"],
            "address": _data.mail_of(m["from"]),
            "subject": m["subject"],
            "body": m["body"],
            "date": m["date"],
        }
        for m in params["mails"]
    }
    folders = [INBOX, *params["folders"], TRASH]
    data = {"words": words, "mails": texts, "folders": folders, "trash": TRASH}
    begun = [
        {"id": m["id"], "folder": m["folder"], "read": m["read"], "star": False}
        for m in params["mails"]
    ]
    pages = {"index": "Mail", "mail": "Mail", "compose": words["compose"], "sent": "Sent"}
    start = {"mails": begun, "sent": []}
    return _site.app(host, "mail", params["brand"], pages, params["look"], data, start)
