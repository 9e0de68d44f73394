"""Speaks UNO to the LibreOffice of one desktop; runs inside it, under the distribution's python3.

    office_helper.py SOCKET PIPE

One JSON line each way. Only the sandbox's first process is answered, which connects for the host
and for nobody inside. It is one of the desktop's processes and lives on application time like all
of them.

Every call that touches documents runs on LibreOffice's main thread (AsyncCallback): UNO keeps the
logical thread, so calls made in the callback run there too. From a bridge's own thread, loads were
seen to deadlock.

Each request is answered by a process of its own, which is connected to LibreOffice for that long:
while somebody is connected, LibreOffice does not end with its last window.
"""

import functools
import json
import os
import re
import signal
import socket
import struct
import sys
import threading

sys.path.append("/usr/lib/python3/dist-packages")
import uno  # noqa: E402
import unohelper  # noqa: E402
from com.sun.star.awt import XCallback  # noqa: E402
from com.sun.star.beans import PropertyValue  # noqa: E402

ROLES = "PUSH_BUTTON CHECK_BOX RADIO_BUTTON LIST LIST_ITEM TEXT TEXT_FRAME PARAGRAPH"
ROLES += " MENU MENU_ITEM TABLE TREE TREE_ITEM PAGE_TAB COMBO_BOX TOGGLE_BUTTON SPIN_BOX SHAPE"
ROLES += " EMBEDDED_OBJECT"
KINDS = {
    uno.getConstantByName(f"com.sun.star.accessibility.AccessibleRole.{name}"): (
        name.lower().replace("_", " ")
    )
    for name in ROLES.split()
}
KINDS[uno.getConstantByName("com.sun.star.accessibility.AccessibleRole.DOCUMENT_SPREADSHEET")] = (
    "document"
)


def properties(**values):
    return tuple(PropertyValue(name, 0, value, 0) for name, value in values.items())


def selected(selection):
    if hasattr(selection, "RangeAddressesAsString"):
        return selection.RangeAddressesAsString
    if hasattr(selection, "AbsoluteName"):
        return plain(selection.AbsoluteName)
    if hasattr(selection, "getByIndex"):  # shapes, or stretches of text
        parts = [selection.getByIndex(i) for i in range(selection.getCount())]
        return "; ".join(map(stretch, parts))
    return "" if selection is None else "something else"


def stretch(part):
    """A text that is selected, or else where the caret is; a shape by its name or kind."""
    if hasattr(part, "getString"):
        if part.getString():
            return f"text {part.getString()!r}"
        before = part.getText().createTextCursorByRange(part.getStart())
        before.gotoStart(True)
        return f"caret after {len(before.getString())} characters"
    return part.Name or part.ShapeType.rpartition(".")[2]


def plain(name):
    """Sheet1.A1:B2 of $Sheet1.$A$1:$B$2; a sheet's own dollars stay."""
    sheet, _, cells = name.rpartition(".")
    return sheet.removeprefix("$") + "." + cells.replace("$", "")


def cell_name(sheet, column, row):
    return plain(sheet.getCellByPosition(int(column), int(row)).AbsoluteName)


@functools.cache
def number(name):
    return uno.getConstantByName("com.sun.star.accessibility." + name)


def has(states, name):
    bit = number(f"AccessibleStateType.{name}")
    if hasattr(states, "contains"):
        return states.contains(bit)
    return bool(states & bit)  # since LibreOffice 7.6


def described(part, states):
    kind = KINDS.get(part.getAccessibleRole(), f"role {part.getAccessibleRole()}")
    # The name of a text or a combo box may be what it held when somebody first asked for it.
    if kind == "combo box":
        return kind
    if not (hasattr(part, "getText") and has(states, "EDITABLE")):
        return f"{kind} {part.getAccessibleName()}".strip()
    start, end = part.getSelectionStart(), part.getSelectionEnd()
    caret = f"caret at {part.getCaretPosition()}"
    return f"{kind} {part.getText()!r}, {f'{start} to {end} selected' if start != end else caret}"


class NoDocument(Exception):
    """All have been closed."""


class Call(unohelper.Base, XCallback):
    """One function, run on the main thread."""

    def __init__(self, function, request):
        self.function, self.request = function, request
        self.answer = None
        self.done = threading.Event()

    def notify(self, data):
        try:
            self.answer = self.function(self.request)
        except NoDocument:
            self.answer = {"open": False}
        except Exception as e:
            self.answer = {"error": repr(e)[:500]}
        self.done.set()


class Office:
    def __init__(self, connection, bridges):
        bridge = bridges.createBridge("", "urp", connection, None)
        self.context = bridge.getInstance("StarOffice.ComponentContext")
        self.desktop = self.service("com.sun.star.frame.Desktop")

    def service(self, name):
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def answer(self, request):
        functions = {"content": self.content, "export": self.export, "state": self.state}
        return self.on_main_thread(functions[request["op"]], request)

    def on_main_thread(self, function, request):
        call = Call(function, request)
        self.service("com.sun.star.awt.AsyncCallback").addCallback(call, None)
        call.done.wait()
        return call.answer

    def document(self, path):
        # Not the current component: that is a chart while one is edited, and LibreOffice dies of
        # storing a chart as a workbook.
        documents = [c for c in self.desktop.Components if hasattr(c, "storeToURL")]
        if not documents:
            raise NoDocument
        url = uno.systemPathToFileUrl(path) if path else ""
        return next((d for d in documents if d.getURL() == url), documents[0])

    def target(self, suffix):
        folder = "/tmp/.export"
        os.makedirs(folder, exist_ok=True)
        return f"{folder}/document{suffix}"

    def export(self, request):
        path = self.target(request["suffix"])
        options = properties(FilterName=request["filter"], Overwrite=True)
        self.document(request["document"]).storeToURL("file://" + path, options)
        return {"path": path}

    def content(self, request):
        """Stores a copy by the filter itself: to store a document, its windows are disabled.

        They are enabled again, but shown otherwise: bare corners, buttons without use enabled.
        """
        path = self.target(request["suffix"])
        filters = self.service("com.sun.star.document.FilterFactory")
        exporter = filters.createInstance(request["filter"])
        document = self.document(request["document"])
        exporter.setSourceDocument(document)
        url = "file://" + path
        if os.path.exists(path):
            os.remove(path)  # a shorter one would end in the rest of it
        files = self.service("com.sun.star.ucb.SimpleFileAccess")
        stream = files.openFileReadWrite(url)
        marks = document.isSetModifiedEnabled()
        if marks:
            document.disableSetModified()  # a chart calls itself modified when it is written
        try:
            given = properties(URL=url, FilterName=request["filter"], StreamForOutput=stream)
            if not exporter.filter(given):
                raise RuntimeError("the document could not be stored")
        finally:
            if marks:
                document.enableSetModified()
            stream.getOutputStream().closeOutput()
        return {"path": path}

    def state(self, request):
        document = self.document(request["document"])
        view = document.getCurrentController()
        undo = document.getUndoManager()
        told = {
            "open": True,
            "modified": document.isModified(),
            "undo": list(undo.getAllUndoActionTitles()),
            "redo": list(undo.getAllRedoActionTitles()),
            "selection": selected(document.getCurrentSelection()),
            "in": self.focused(),
        }
        if hasattr(view, "getActiveSheet"):
            told["sheet"] = view.getActiveSheet().Name
            told["view"] = {
                "column": view.getFirstVisibleColumn(),
                "row": view.getFirstVisibleRow(),
                "zoom": view.ZoomValue,
            }
            # The sheets' parts begin after the zoom, the number of the active one and the width of
            # their tabs; a part begins with column and row of the cursor.
            sheets = document.getSheets()
            told["cursors"] = [
                cell_name(sheets.getByIndex(i), *re.split("[/+]", part)[:2])
                for i, part in enumerate(view.getViewData().split(";")[3:])
                if part  # a sheet that was never shown has none
            ]
        return told

    def focused(self):
        """What has the keyboard inside of the windows: the kind, and its text or else its name."""
        toolkit = self.service("com.sun.star.awt.Toolkit")
        found = []
        for i in range(toolkit.getTopWindowCount()):
            self.find_focused(toolkit.getTopWindow(i), found)
        return found

    def find_focused(self, accessible, found):
        part = accessible.getAccessibleContext() if accessible else None
        if part is None:
            return
        states = part.getAccessibleStateSet()
        if not has(states, "SHOWING"):
            return
        kind = KINDS.get(part.getAccessibleRole())
        if has(states, "FOCUSED"):
            found.append(described(part, states))
        # A menu that is open is a window of its own; a sheet has two thousand million cells.
        if kind == "menu" or has(states, "MANAGES_DESCENDANTS"):
            return
        known = len(found)
        for i in range(part.getAccessibleChildCount()):
            self.find_focused(part.getAccessibleChild(i), found)
            if len(found) > known and kind != "document":  # of which a cell being edited is a part
                break


def peer_is_first_process(connection):
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return struct.unpack("3i", raw)[0] == 1


def answer(request, connector, bridges, pipe):
    try:
        connection = connector.connect(f"pipe,name={pipe}")
    except Exception:
        return {"error": "LibreOffice does not listen"}
    try:
        return Office(connection, bridges).answer(request)
    except Exception as e:
        return {"error": repr(e)[:500]}


def main():
    path, pipe = sys.argv[1:]
    local = uno.getComponentContext()
    make = local.ServiceManager.createInstanceWithContext
    connector = make("com.sun.star.connection.Connector", local)
    bridges = make("com.sun.star.bridge.BridgeFactory", local)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # which reaps them
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    while True:
        connection, _ = server.accept()
        with connection:
            if not peer_is_first_process(connection):
                continue
            line = connection.makefile().readline()
            if line and not os.fork():
                told = answer(json.loads(line), connector, bridges, pipe)
                connection.sendall(json.dumps(told).encode() + b"\n")
                os._exit(0)


main()
