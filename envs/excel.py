"""CUA-Excel: LibreOffice Calc."""

from __future__ import annotations

import tempfile
from pathlib import Path

from cuagym.envs.office import Office
from cuagym.errors import Fault, UsageError


class App(Office):
    """LibreOffice Calc with one workbook."""

    name = "excel"
    module = "--calc"
    window = "LibreOffice Calc"
    compared = ".xlsx"
    filters = {
        ".xlsx": "Calc MS Excel 2007 XML",
        ".ods": "calc8",
        ".xls": "MS Excel 97",
        ".csv": "Text - txt - csv (StarCalc)",
        ".pdf": "calc_pdf_Export",
    }
    # Without these Calc asks how to read it: comma, double quote, UTF-8, from line 1.
    options = {".csv": ("--infilter=Text - txt - csv (StarCalc):44,34,76,1",)}

    def differences(self, before: bytes, after: bytes, suffix: str) -> list[str]:
        """By the aspects in which validators compare workbooks: cells, styles, charts ..."""
        if suffix != self.compared:
            raise UsageError(
                f"documents in {suffix!r} cannot be compared, only in {self.compared!r}"
            )
        # Only here: openpyxl is heavy.
        from cuagym.validators.workbook._aspects import ASPECTS
        from cuagym.validators.workbook._ranges import Part
        from cuagym.validators.workbook._read import read

        with tempfile.TemporaryDirectory() as folder:
            paths = Path(folder, "before.xlsx"), Path(folder, "after.xlsx")
            for path, data in zip(paths, (before, after), strict=True):
                path.write_bytes(data)
            try:
                was, now = map(read, paths)
            except Fault as e:
                raise UsageError(
                    "only workbooks that LibreOffice has stored can be compared, such as"
                    f" env.unwrapped.export writes ({e})"
                ) from None
            # What formulas show follows from cells that are told already.
            told = [a for name, a in ASPECTS.items() if name != "values"]
            return [line for aspect in told for line in aspect(was, now, Part.all())]
