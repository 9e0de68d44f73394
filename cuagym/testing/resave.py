"""Documents as other programs store them: a validator must not depend on who wrote the file."""

from __future__ import annotations

from collections.abc import Mapping

from cuagym import formats
from cuagym.grading import Grader

__all__ = ["by_every_program"]


def by_every_program(
    grader: Grader, document: str, files: Mapping[str, bytes]
) -> dict[str, dict[str, bytes]]:
    """Return the files with the document stored again, by the program that did it.

    Args:
        grader: Has a LibreOffice.
        document: The name of the document among the files.
        files: By name.

    Raises:
        Fault: If LibreOffice cannot.
    """
    format = formats.find(document)
    if document not in files or format is None or not format.programs:
        return {}
    again = {name: store(files[document]) for name, store in format.programs.items()}
    if format.copy == format.suffix:
        again["LibreOffice"] = grader.stored_again(document, files[document])
    return {program: {**files, document: data} for program, data in again.items()}
