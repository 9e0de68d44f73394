"""Presentation tasks in LibreOffice Impress."""
