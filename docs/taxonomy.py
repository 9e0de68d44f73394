"""Writes taxonomy.md: what the tasks exercise, by the published list of tags, and what they do not.

    python docs/taxonomy.py

A test compares them, and refuses tags that the list does not have.
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cuagym.pack import discover

PAGE = Path(__file__).with_name("taxonomy.md")
LIST = Path(__file__).with_name("taxonomy.toml")
HEAD = """# Taxonomy

Written by `python docs/taxonomy.py` from [the list of tags](taxonomy.toml) and the tasks that come
with cuagym. Every task carries tags of this list: `cuagym list` shows them, and a pack of your own
should use them where they fit. A number is how many task families exercise a capability. What users
of these programs would name and no task exercises stands below each table.
"""


def used() -> dict[str, Counter[str]]:
    """How often each tag is used, by pack."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for pack in discover().values():
        if pack.module.startswith("cuagym."):
            for name in pack.names:
                for tag in pack.family(name).capabilities:
                    found[tag][pack.name] += 1
    return found


def untold() -> list[str]:
    """The tags that tasks use and the list does not have."""
    domains = tomllib.loads(LIST.read_text(encoding="utf-8"))
    told = {tag for domain in domains.values() for tag in domain["capabilities"]}
    return sorted(set(used()) - told)


def page() -> str:
    """Return the page."""
    counts = used()
    domains = tomllib.loads(LIST.read_text(encoding="utf-8"))
    return "\n".join([HEAD, *(line for d in domains.values() for line in _domain(d, counts))])


def _domain(domain: dict[str, Any], counts: dict[str, Counter[str]]) -> Iterator[str]:
    yield f"## {domain['title']}\n"
    yield "| capability | | families |"
    yield "|---|---|---|"
    for tag, means in sorted(domain["capabilities"].items()):
        if tag in counts:
            families = ", ".join(f"{pack} {n}" for pack, n in sorted(counts[tag].items()))
            yield f"| `{tag}` | {means} | {families} |"
    yield "\nNo task exercises:\n"
    yield from (f"- {gap}" for gap in domain["gaps"])
    unused = sorted(t for t in domain["capabilities"] if t not in counts)
    yield from (f"- {domain['capabilities'][tag]} (`{tag}`)" for tag in unused)
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
