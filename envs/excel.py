"""CUA-Excel: LibreOffice Calc."""

from __future__ import annotations

from cuagym.envs.office import Office


class App(Office):
    """LibreOffice Calc with one workbook."""

    name = "excel"
    module = "--calc"
    window = "LibreOffice Calc"
    compared = ".xlsx"
    suffixes = (".xlsx", ".ods", ".xls", ".csv")
    pdf = "calc_pdf_Export"
