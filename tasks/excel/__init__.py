"""Spreadsheet tasks in LibreOffice Calc."""
