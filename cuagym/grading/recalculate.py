"""A LibreOffice that recalculates workbooks; runs inside the grader's sandbox, for ever.

This is a script for the distribution's own python3, which alone has `uno`; it imports nothing of
cuagym. It listens on a unix socket. A request is one line of JSON, {"source": path, "target":
path, "changes": {cell: value}}; the answer is one too: {} when the target is written, else
{"unreadable": why} where the workbook is to blame and {"fault": why} where LibreOffice is.

    usage: recalculate.py SOCKET FOLDER SECONDS
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.container import NoSuchElementException
from com.sun.star.io import IOException
from com.sun.star.lang import IllegalArgumentException

_XLSX = "Calc MS Excel 2007 XML"
_FILTERS = {
    ".xlsx": (_XLSX, ""),
    ".ods": ("calc8", ""),
    ".xls": ("MS Excel 97", ""),
    # Comma, quote, UTF-8, from the first line.
    ".csv": ("Text - txt - csv (StarCalc)", "44,34,76,1"),
}
_FLAGS = ["--headless", "--norestore", "--nologo", "--nofirststartwizard", "--nodefault"]


def _properties(**values: Any) -> tuple[Any, ...]:
    return tuple(PropertyValue(name, 0, value, 0) for name, value in values.items())


class Unreadable(Exception):
    """LibreOffice says that it is no workbook."""


class Office:
    """One headless LibreOffice and the connection to it."""

    def __init__(self, folder: str, seconds: float) -> None:
        """Start it with a fresh profile below a folder, and wait until it answers.

        Raises:
            RuntimeError: If it does not, in time.
        """
        self.profile = os.path.join(folder, "profile")
        shutil.rmtree(self.profile, ignore_errors=True)
        pipe = f"cuagym{os.getpid()}"
        self.process = subprocess.Popen(
            ["soffice", *_FLAGS, "--nolockcheck", f"--accept=pipe,name={pipe};urp;"]
            + [f"-env:UserInstallation=file://{self.profile}"],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        context = uno.getComponentContext()
        resolver = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.bridge.UnoUrlResolver", context
        )
        end = time.monotonic() + seconds
        while True:
            try:
                url = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
                remote = resolver.resolve(url)
                break
            except Exception:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("LibreOffice did not start") from None
                time.sleep(0.02)
        self.desktop = remote.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", remote
        )

    def kill(self) -> None:
        """End it, and everything that it started."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def recalculate(self, source: str, target: str, changes: dict[str, Any]) -> None:
        """Load a workbook, write cells, compute everything anew and store it as xlsx."""
        name, options = _FILTERS.get(os.path.splitext(source)[1].lower(), (_XLSX, ""))
        # 0: macros never run (MacroExecMode), links are never followed (UpdateDocMode).
        how = _properties(
            Hidden=True,
            ReadOnly=True,
            FilterName=name,
            FilterOptions=options,
            MacroExecutionMode=0,
            UpdateDocMode=0,
        )
        try:
            url = uno.systemPathToFileUrl(source)
            book = self.desktop.loadComponentFromURL(url, "_blank", 0, how)
        except (IOException, IllegalArgumentException) as e:
            raise Unreadable(f"LibreOffice cannot open it ({e.Message or type(e).__name__})") from e
        if book is None:
            raise Unreadable("LibreOffice cannot open it")
        try:
            if not book.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
                raise Unreadable("LibreOffice does not take it for a workbook")
            for cell, value in changes.items():
                _write(book, cell, value)
            book.calculateAll()
            book.storeToURL(
                uno.systemPathToFileUrl(target), _properties(FilterName=_XLSX, Overwrite=True)
            )
        finally:
            book.close(True)


def _write(book: Any, cell: str, value: Any) -> None:
    sheet, _, address = cell.rpartition("!")
    try:
        place = book.Sheets.getByName(sheet) if sheet else book.Sheets.getByIndex(0)
    except NoSuchElementException:
        raise Unreadable(f"it has no sheet {sheet!r}") from None
    where = place.getCellRangeByName(address).getCellByPosition(0, 0)
    if isinstance(value, (bool, int, float)):
        where.setValue(float(value))
    elif value is None:
        where.setFormula("")
    else:
        where.setString(str(value))


def _answer(office: Office, request: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Serve one request; a LibreOffice that takes too long is killed, which ends the call."""
    late = threading.Event()

    def give_up() -> None:
        late.set()
        office.kill()

    timer = threading.Timer(seconds, give_up)
    timer.start()
    try:
        office.recalculate(request["source"], request["target"], request["changes"])
    except Unreadable as e:
        return {"unreadable": str(e)}
    except Exception as e:
        if late.is_set():
            why = f"LibreOffice took more than {seconds:g} s to recalculate"
            return {"fault": why, "late": True}
        text = str(getattr(e, "Message", "") or e).strip() or type(e).__name__
        return {"fault": f"LibreOffice failed to recalculate: {text}"}
    finally:
        timer.cancel()
    return {}


def main(listen: str, folder: str, seconds: float) -> None:
    """Serve requests one after the other."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(listen)
    server.listen(128)
    office: Office | None = None
    while True:
        # Started ahead of the first request, and after a LibreOffice that broke.
        office = office or Office(folder, seconds)
        link, _ = server.accept()
        with link, link.makefile("rw") as stream:
            try:
                request = json.loads(stream.readline())
                # It may have broken since the last request: the second try has a fresh one.
                for _ in range(2):
                    office = office or Office(folder, seconds)
                    answer = _answer(office, request, seconds)
                    if "fault" not in answer:
                        break
                    office.kill()
                    office = None
                    if answer.get("late"):
                        break
                stream.write(json.dumps(answer) + "\n")
                stream.flush()
            except (OSError, ValueError):
                pass  # the one who asked is gone


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
