"""Text document tasks in LibreOffice Writer."""
