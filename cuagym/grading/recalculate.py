"""LibreOffices that compute and store documents anew; runs inside the grader's sandbox, for ever.

This is a script for the distribution's own python3, which alone has `uno`; it imports nothing of
cuagym. It listens on a unix socket and writes to stdout when it does. A request is one line of
JSON, {"source": path, "reads": filter, "options": of that filter, "target": path, "writes": filter,
"changes": {cell: value}}; the answer is one too: {} when the target is written, else
{"unreadable": why} where the document is to blame and {"fault": why} where LibreOffice is.

A request is served by the first LibreOffice that is free, so that a second one only starts where
two are busy at once. Each one serves one request at a time: it holds one lock while it works.

    usage: recalculate.py SOCKET FOLDER SECONDS OFFICES
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.container import NoSuchElementException
from com.sun.star.io import IOException
from com.sun.star.lang import IllegalArgumentException

_FLAGS = ["--headless", "--norestore", "--nologo", "--nofirststartwizard", "--nodefault"]
_RESTART = (79, 81)
"""Exit statuses by which LibreOffice asks to be started again, as its own starter does."""

_PANES = re.compile(rb'<(\w+:)?pane\b|SplitMode"[^>]*>[12]<')

# A profile of the last version there will be: an older one lets every start run its drawing tests
# first, which take five times as long as the rest of it.
_REGISTRY = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
{}
</oor:items>
"""
_ITEM = (
    '<item oor:path="/org.openoffice.{}"><prop oor:name="{}" oor:op="fuse" oor:type="xs:{}">'
    "<value>{}</value></prop></item>"
)
_SETTINGS = [
    ("Setup/Product", "ooSetupLastVersion", "string", "99.0"),
    ("Setup/Office", "ooSetupInstCompleted", "boolean", "true"),
    ("Office.Common/Misc", "FirstRun", "boolean", "false"),
    ("Office.Common/Misc", "CrashReport", "boolean", "false"),
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "int", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "boolean", "true"),
    # A window as large as any panes: of frozen ones that do not fit, fewer are stored.
    (
        "Setup/Office/Factories/org.openoffice.Setup:Factory"
        "['com.sun.star.sheet.SpreadsheetDocument']",
        "ooSetupFactoryWindowAttributes",
        "string",
        "0,0,4000,2000;1;;;;;",
    ),
    # Links to other files are never followed.
    ("Office.Calc/Content/Update", "Link", "int", "2"),
]


def _program() -> str:
    """What the script `soffice` ends in: the script and the starter between cost as much again."""
    script = os.path.realpath(shutil.which("soffice") or "soffice")
    return os.path.join(os.path.dirname(script), "soffice.bin")


def _make_profile(folder: str) -> None:
    """Write a profile that a start finds nothing to do in."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.join(folder, "user", "extensions"))
    with open(os.path.join(folder, "user", "registrymodifications.xcu"), "w") as f:
        f.write(_REGISTRY.format("\n".join(_ITEM.format(*s) for s in _SETTINGS)))
    # The build whose extensions were gone through: of another build it does so, and starts again.
    try:
        with open(os.path.join(os.path.dirname(_program()), "versionrc")) as f:
            build = re.search(r"^buildid=(.+)$", f.read(), re.MULTILINE)
    except OSError:
        build = None
    if build:
        with open(os.path.join(folder, "user", "extensions", "buildid"), "w") as f:
            f.write(build.group(1))


def _properties(**values: Any) -> tuple[Any, ...]:
    return tuple(PropertyValue(name, 0, value, 0) for name, value in values.items())


def _has_panes(source: str) -> bool:
    """Whether a workbook may have frozen or split panes: a hidden window stores none.

    One that is shown, if only to nobody, takes twice as long for a small workbook.
    """
    if not zipfile.is_zipfile(source):
        return source.lower().endswith(".xls")
    with zipfile.ZipFile(source) as archive:
        parts = (n for n in archive.namelist() if n.endswith(".xml"))
        wanted = (n for n in parts if n.startswith("xl/worksheets/") or n == "settings.xml")
        return any(_PANES.search(archive.read(name)) for name in wanted)


class Unreadable(Exception):
    """LibreOffice says that it is no workbook."""


class NotStarted(Exception):
    """LibreOffice does not start."""


class Office:
    """One headless LibreOffice and the connection to it."""

    def __init__(self, folder: str, name: str, seconds: float) -> None:
        """Start it with a fresh profile below a folder, and wait until it answers.

        Raises:
            NotStarted: If it does not, in time.
        """
        profile = os.path.join(folder, f"profile-{name}")
        _make_profile(profile)
        pipe = f"cuagym{os.getpid()}-{name}"
        self._command = [_program(), *_FLAGS, "--nolockcheck", f"--accept=pipe,name={pipe};urp;"]
        self._command.append(f"-env:UserInstallation=file://{profile}")
        self.process = self._spawn()
        url = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
        remote = self._reached(url, time.monotonic() + seconds)
        self.desktop = remote.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", remote
        )

    def _spawn(self) -> subprocess.Popen[bytes]:
        # The variables are those that the script sets, and the plugin that needs no screen.
        env = {**os.environ, "SAL_ENABLE_FILE_LOCKING": "1", "SAL_USE_VCLPLUGIN": "svp"}
        return subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, start_new_session=True, env=env
        )

    def _reached(self, url: str, end: float) -> Any:
        context = uno.getComponentContext()
        resolver = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.bridge.UnoUrlResolver", context
        )
        while True:
            try:
                return resolver.resolve(url)
            except Exception:
                if self.process.poll() in _RESTART:
                    self.process = self._spawn()
                if self.process.poll() is not None or time.monotonic() > end:
                    self.kill()
                    raise NotStarted("LibreOffice did not start") from None
                time.sleep(0.01)  # it tells nobody when it listens

    def kill(self) -> None:
        """End it, and everything that it started."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def recalculate(self, request: dict[str, Any]) -> None:
        """Load a document, write cells, compute everything anew and store a copy."""
        source = request["source"]
        # 0: macros never run (MacroExecMode), links are never followed (UpdateDocMode).
        how = _properties(
            Hidden=not _has_panes(source),
            ReadOnly=True,
            FilterName=request["reads"],
            FilterOptions=request["options"],
            MacroExecutionMode=0,
            UpdateDocMode=0,
        )
        try:
            url = uno.systemPathToFileUrl(source)
            document = self.desktop.loadComponentFromURL(url, "_blank", 0, how)
        except (IOException, IllegalArgumentException) as e:
            raise Unreadable(f"LibreOffice cannot open it ({e.Message or type(e).__name__})") from e
        if document is None:
            raise Unreadable("LibreOffice cannot open it")
        try:
            if document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
                for cell, value in request["changes"].items():
                    _write(document, cell, value)
                document.calculateAll()
            elif request["changes"]:
                raise Unreadable("LibreOffice does not take it for a workbook")
            how = _properties(FilterName=request["writes"], Overwrite=True)
            document.storeToURL(uno.systemPathToFileUrl(request["target"]), how)
        finally:
            document.close(True)


def _write(book: Any, cell: str, value: Any) -> None:
    sheet, _, address = cell.rpartition("!")
    if sheet.startswith("'") and sheet.endswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
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


class Desk:
    """A place where one LibreOffice works, started when it is first needed or after it broke."""

    def __init__(self, folder: str, name: str, seconds: float) -> None:
        self._folder, self._name, self._seconds = folder, name, seconds
        self._lock = threading.Lock()
        self._office: Office | None = None

    def ready(self) -> None:
        """Start its LibreOffice, unless it is up."""
        with self._lock:
            self._started()

    def _started(self) -> Office:
        if self._office is None:
            self._office = Office(self._folder, self._name, self._seconds)
        return self._office

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Serve one request; it may have broken since the last: the second try has a fresh one."""
        answer: dict[str, Any] = {}
        with self._lock:
            for _ in range(2):
                try:
                    office = self._started()
                except NotStarted as e:
                    return {"fault": str(e)}
                answer = _attempt(office, request, self._seconds)
                if "fault" not in answer:
                    break
                office.kill()
                self._office = None
                if answer.get("late"):
                    break
        return answer


def _attempt(office: Office, request: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Serve one request; a LibreOffice that takes too long is killed, which ends the call."""
    late = threading.Event()

    def give_up() -> None:
        late.set()
        office.kill()

    timer = threading.Timer(seconds, give_up)
    timer.start()
    try:
        office.recalculate(request)
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


class Room:
    """All desks; who comes takes the first that is free, or waits for one."""

    def __init__(self, desks: list[Desk]) -> None:
        self._free = dict(enumerate(desks))
        self._change = threading.Condition()

    def serve(self, link: socket.socket) -> None:
        """Serve one connection, and close it."""
        with link, link.makefile("rw") as stream:
            with self._change:
                self._change.wait_for(lambda: self._free)
                number = min(self._free)
                desk = self._free.pop(number)
            try:
                # Whoever gave up while they waited has closed it: nothing is left to read.
                line = stream.readline()
                if line and not _hung_up(link):
                    stream.write(json.dumps(desk.answer(json.loads(line))) + "\n")
                    stream.flush()
            except (OSError, ValueError):
                pass  # the one who asked is gone
            finally:
                with self._change:
                    self._free[number] = desk
                    self._change.notify()


def _hung_up(link: socket.socket) -> bool:
    try:
        return link.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False


def main(listen: str, folder: str, seconds: float, offices: int) -> None:
    """Serve requests, each in a thread."""
    os.makedirs(folder, exist_ok=True)
    server = socket.socket(socket.AF_UNIX)
    server.bind(listen)
    server.listen(128)
    os.write(sys.stdout.fileno(), b"ready\n")
    desks = [Desk(folder, str(n), seconds) for n in range(offices)]
    # The first is started ahead of the first request. Where it fails, that request is told.
    threading.Thread(target=desks[0].ready, daemon=True).start()
    room = Room(desks)
    while True:
        link, _ = server.accept()
        threading.Thread(target=room.serve, args=(link,), daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
