"""CUA-Excel: LibreOffice Calc."""

from __future__ import annotations

from cuagym.envs.office import Office


class App(Office):
    """LibreOffice Calc with one workbook."""

    name = "excel"
    module = "--calc"
    window = "LibreOffice Calc"
    filters = {
        ".xlsx": "Calc MS Excel 2007 XML",
        ".ods": "calc8",
        ".xls": "MS Excel 97",
        ".csv": "Text - txt - csv (StarCalc)",
        ".pdf": "calc_pdf_Export",
    }
    # Without these Calc asks how to read it: comma, double quote, UTF-8, from line 1.
    options = {".csv": ("--infilter=Text - txt - csv (StarCalc):44,34,76,1",)}
