"""Checks of a text document. A module of this folder holds validators of one kind.

Paragraphs are named by a text that they contain, "=Intro" (those that read exactly so), "#3" (the
third one outside tables), "#empty", "style:Heading 1", "table 2, row 1" or "*".

    changes.py     tracked changes
    characters.py  what texts look like
    comments.py    comments
    images.py      pictures
    layout.py      styles of paragraphs, and how they are set
    links.py       hyperlinks, bookmarks, notes, properties
    lists.py       bullets and numbers, headings, tables of contents
    pages.py       set-up of pages, headers and footers
    tables.py      tables
    text.py        what a document says
    unchanged.py   nothing else changed; equality with a gold document
    _read.py       a document as LibreOffice has stored it
    _story.py      paragraphs and tables in reading order
    _select.py     which paragraphs are meant
    _align.py      which paragraphs of two documents are the same ones
"""

from cuagym.validators.document.changes import changes, changes_resolved
from cuagym.validators.document.characters import characters
from cuagym.validators.document.comments import comments
from cuagym.validators.document.images import images
from cuagym.validators.document.layout import paragraphs
from cuagym.validators.document.links import bookmarks, links, notes, properties
from cuagym.validators.document.lists import contents, headings, lists
from cuagym.validators.document.pages import headers, page
from cuagym.validators.document.tables import tables
from cuagym.validators.document.text import text
from cuagym.validators.document.unchanged import equals_gold, unchanged

__all__ = [
    "bookmarks",
    "changes",
    "changes_resolved",
    "characters",
    "comments",
    "contents",
    "equals_gold",
    "headers",
    "headings",
    "images",
    "links",
    "lists",
    "notes",
    "page",
    "paragraphs",
    "properties",
    "tables",
    "text",
    "unchanged",
]
