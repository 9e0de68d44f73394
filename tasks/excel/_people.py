"""Names and regions for realistic sheets."""

from __future__ import annotations

import numpy as np

_GIVEN = (
    *("Amara", "Anders", "Beatriz", "Callum", "Chiara", "Daniel", "Divya", "Elena", "Farid"),
    *("Grace", "Hana", "Henrik", "Ines", "Ivan", "Jamal", "Johanna", "Kenji", "Laila", "Liam"),
    *("Lucia", "Marek", "Mei", "Nadia", "Noah", "Oksana", "Olivia", "Pablo", "Priya", "Rosa"),
    *("Samuel", "Sofia", "Tariq", "Thabo", "Uma", "Victor", "Wei", "Yara", "Yusuf", "Zofia"),
)
_FAMILY = (
    *("Abebe", "Andersen", "Becker", "Castillo", "Chen", "Costa", "Dubois", "Edwards", "Fischer"),
    *("Fraser", "Garcia", "Haddad", "Ito", "Jensen", "Kaya", "Kowalski", "Larsson", "Lopez"),
    *("Mbeki", "Moreau", "Nakamura", "Nguyen", "Novak", "Okafor", "Olsen", "Park", "Patel"),
    *("Petrov", "Ricci", "Romano", "Santos", "Sato", "Schmidt", "Silva", "Tanaka", "Weber"),
)
_REGIONS = ("North", "South", "East", "West", "Central", "Coastal", "Highlands")


def sample(rng: np.random.Generator, count: int) -> list[list[str]]:
    """Draw people: names that differ, each with a region."""
    given = rng.choice(_GIVEN, size=count, replace=False)
    family = rng.choice(_FAMILY, size=count, replace=False)
    regions = rng.choice(_REGIONS, size=count)
    return [[f"{g} {f}", str(r)] for g, f, r in zip(given, family, regions, strict=True)]
