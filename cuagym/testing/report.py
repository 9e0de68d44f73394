"""What a check came to, by family: for a machine, for the terminal, for docs/conformance.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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


def page(
    families: Sequence[Family],
    title: str,
    command: str,
    facts: Sequence[str],
    teams: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Return a page in Markdown.

    Args:
        families: What was proven.
        title: Of the page.
        command: What prints it.
        facts: Sentences about the run.
        teams: What was proven of the tasks of teams: of each, what `--json` prints.
    """
    lines = [f"# {title}", "", f"Written by `{command}`. " + " ".join(facts)]
    if families:
        lines += ["", _ALONE, "", *_table(_HEADS, [_cells(f.to_json()) for f in families])]
    if teams:
        lines += ["", "## Teams", "", _TEAMS, "", *_table(_TEAM_HEADS, map(_team_cells, teams))]
    for told in (*(f.to_json() for f in families), *teams):
        lines += [f"- `{told['id']}`, {problem}" for problem in told["problems"]]
    return "\n".join(lines) + "\n"


_ALONE = (
    "Each family, on each seed: the initial state fails; the oracle and all other routes pass"
    " through the real GUI; near misses fail, for their reason; the verdict is the same when"
    " all is recalculated again, and after openpyxl and LibreOffice have stored the document"
    " again; sampling is deterministic; what the validators depend on shows. Mutants are right"
    " documents spoilt at random; one passes where it was spoilt in a place that may change."
)
_HEADS = ("family", "seeds", "oracle steps", "routes", "near misses (by GUI)", "mutants failed")
_TEAMS = (
    "The same with two or more agents; each role's part left undone fails, whatever the others"
    " left; and the whole episode, played again, is the same in every frame and message."
)
_TEAM_HEADS = ("family", "seeds", "oracle steps", "near misses (by GUI)", "replayed")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """With two more columns, the seconds and what came of it."""
    heads = [*heads, "seconds", ""]
    return ["| " + " | ".join(row) + " |" for row in (heads, ["---"] * len(heads), *rows)]


def _cells(told: Mapping[str, Any]) -> list[str]:
    mutants = f"{told['mutants_failed']} of {told['mutants']}"
    return [*_first(told), str(told["routes"]), _misses(told), mutants, *_last(told)]


def _team_cells(told: Mapping[str, Any]) -> list[str]:
    return [*_first(told), _misses(told), "yes" if told["replayed"] else "**no**", *_last(told)]


def _first(told: Mapping[str, Any]) -> list[str]:
    return [f"`{told['id']}`", ", ".join(map(str, told["seeds"])), _span(told["oracle_steps"])]


def _misses(told: Mapping[str, Any]) -> str:
    return f"{told['near_misses']} ({told['near_misses_by_gui']})"


def _last(told: Mapping[str, Any]) -> list[str]:
    return [f"{told['seconds']:.0f}", "passed" if told["passed"] else "**FAILED**"]
