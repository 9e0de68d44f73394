"""What a check came to, by family: for a machine, for the terminal, for docs/conformance.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cuagym.testing.conformance import Proof

__all__ = ["Family", "by_family", "page"]


@dataclass(frozen=True)
class Family:
    """A family's proofs.

    Attributes:
        id: Its id.
        proofs: One for each seed.
    """

    id: str
    proofs: tuple[Proof, ...]

    @property
    def problems(self) -> list[str]:
        """What is wrong, each with its seed."""
        return [f"seed {p.seed}: {text}" for p in self.proofs for text in p.problems]

    def to_json(self) -> dict[str, Any]:
        """Plain data for json."""
        return {
            "id": self.id,
            "passed": not self.problems,
            "seeds": [p.seed for p in self.proofs],
            "looks": sorted({p.look for p in self.proofs}),
            "oracle_steps": [p.steps for p in self.proofs],
            "routes": min(p.routes for p in self.proofs),
            "near_misses": min(p.near_misses for p in self.proofs),
            "near_misses_by_gui": min(p.by_gui for p in self.proofs),
            "mutants": sum(p.mutants for p in self.proofs),
            "mutants_failed": sum(p.mutants_failed for p in self.proofs),
            "seconds": round(sum(p.seconds for p in self.proofs), 1),
            "problems": self.problems,
        }


def by_family(proofs: Iterable[Proof]) -> list[Family]:
    """Return proofs by family, in alphabetical order."""
    found: dict[str, list[Proof]] = {}
    for proof in proofs:
        found.setdefault(proof.family, []).append(proof)
    return [Family(id, tuple(sorted(of, key=lambda p: p.seed))) for id, of in sorted(found.items())]


def _span(numbers: Sequence[int]) -> str:
    least, most = min(numbers), max(numbers)
    return f"{least}" if least == most else f"{least} to {most}"


def page(families: Sequence[Family], title: str, command: str, facts: Sequence[str]) -> str:
    """Return a page in Markdown.

    Args:
        families: What was proven.
        title: Of the page.
        command: What prints it.
        facts: Sentences about the run.
    """
    lines = [
        f"# {title}",
        "",
        f"Written by `{command}`. " + " ".join(facts),
        "",
        "Each family, on each seed: the initial state fails; the oracle and all other routes pass"
        " through the real GUI; near misses fail, for their reason; the verdict is the same when"
        " all is recalculated again, and after openpyxl and LibreOffice have stored the document"
        " again; sampling is deterministic; what the validators depend on shows. Mutants are right"
        " documents spoilt at random; one passes where it was spoilt in a place that may change.",
        "",
        "| family | seeds | oracle steps | routes | near misses (by GUI) | mutants failed"
        " | seconds | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for family in families:
        told = family.to_json()
        cells = (
            f"`{family.id}`",
            ", ".join(map(str, told["seeds"])),
            _span(told["oracle_steps"]),
            str(told["routes"]),
            f"{told['near_misses']} ({told['near_misses_by_gui']})",
            f"{told['mutants_failed']} of {told['mutants']}",
            f"{told['seconds']:.0f}",
            "passed" if told["passed"] else "**FAILED**",
        )
        lines.append("| " + " | ".join(cells) + " |")
    for family in families:
        lines += [f"- `{family.id}`, {problem}" for problem in family.problems]
    return "\n".join(lines) + "\n"
