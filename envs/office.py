"""What the LibreOffice applications share: a quiet, identical, offline office.

Sources of the settings: LibreOffice's own schemas (officecfg), and what was seen to differ between
two runs.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar
from xml.sax.saxutils import quoteattr

from cuagym import formats
from cuagym.actions import Key
from cuagym.app import HOME, Application, Live, Look
from cuagym.desktop.x11 import Window
from cuagym.errors import SetupError, UsageError
from cuagym.helper import Helper

PROFILE = ".config/libreoffice/4"
PIPE = "cuagym"
SOCKET = "/run/cuagym/office"
HELPER = "/opt/cuagym/office_helper.py"
_PYTHON = ("/usr/bin/python3", "-I", "-S")  # what a machine adds to every start is not for desktops
_HELPER = Helper("LibreOffice", SOCKET, (*_PYTHON, HELPER, SOCKET, PIPE), "python3-uno")

_FAR = "4102444800"  # 2100: nothing that LibreOffice shows "now and then" is due before
_SETTINGS: list[tuple[str, str, str, str]] = [
    ("Office.Common/Misc", "ShowTipOfTheDay", "xs:boolean", "false"),
    ("Office.Common/Misc", "FirstRun", "xs:boolean", "false"),
    ("Office.Common/Misc", "CrashReport", "xs:boolean", "false"),
    ("Office.Common/Misc", "UseSystemFileDialog", "xs:boolean", "false"),
    ("Office.Common/Misc", "CollectUsageInformation", "xs:boolean", "false"),
    ("Office.Common/Misc", "LastTipOfTheDayShown", "xs:int", "30000"),
    ("Office.Common/Save/Document", "WarnAlienFormat", "xs:boolean", "false"),
    ("Office.Common/Save/Document", "AutoSave", "xs:boolean", "false"),
    # A picture of the document for the Start Centre took three quarters of the time of each save.
    ("Office.Common/History", "RecentDocsThumbnail", "xs:boolean", "false"),
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "xs:int", "3"),
    ("Office.Common/VCL", "UseSkia", "xs:boolean", "false"),
    ("Office.Common/View/FontAntiAliasing", "Enabled", "xs:boolean", "true"),
    ("Office.Common/Accessibility", "IsAllowAnimatedGraphics", "xs:boolean", "false"),
    ("Office.Common/Accessibility", "IsAllowAnimatedText", "xs:boolean", "false"),
    # What is typed is what is meant: no quotes turned, no capitals put, nothing completed.
    ("Office.Common/AutoCorrect", "CapitalAtStartSentence", "xs:boolean", "false"),
    ("Office.Common/AutoCorrect", "TwoCapitalsAtStart", "xs:boolean", "false"),
    ("Office.Common/AutoCorrect", "CorrectAccidentalCapsLock", "xs:boolean", "false"),
    ("Office.Common/AutoCorrect", "ChangeOrdinalNumber", "xs:boolean", "false"),
    ("Office.Common/AutoCorrect", "UseReplacementTable", "xs:boolean", "false"),
    ("Office.Calc/Input", "AutoInput", "xs:boolean", "false"),
    ("Office.Common/AutoCorrect", "ReplaceSingleQuote", "xs:boolean", "false"),
    ("Office.Common/AutoCorrect", "ReplaceDoubleQuote", "xs:boolean", "false"),
    ("Office.Recovery/RecoveryInfo", "Enabled", "xs:boolean", "false"),
    ("Office.Recovery/AutoSave", "Enabled", "xs:boolean", "false"),
    ("Office.Linguistic/SpellChecking", "IsSpellAuto", "xs:boolean", "false"),
    ("Office.Impress/Misc/NewDoc", "AutoPilot", "xs:boolean", "false"),
    ("Setup/Office", "ooSetupInstCompleted", "xs:boolean", "true"),
    ("Setup/Office", "LastTimeGetInvolvedShown", "xs:long", _FAR),
    ("Setup/Office", "LastTimeDonateShown", "xs:long", _FAR),
]

_SIDEBARS = ("scalc/10336", "swriter/10336")
"""Closed in Calc and Writer, where each change between a cell and its text rebuilds the strip, for
a third of all the CPU that a step takes; the menu View opens it. In Impress much is done there."""

_GTK = b"""[Settings]
gtk-cursor-blink=0
gtk-enable-animations=0
gtk-overlay-scrolling=0
gtk-recent-files-enabled=0
"""


_USER_DIRS = b"""XDG_DOCUMENTS_DIR="$HOME/Documents"
XDG_DESKTOP_DIR="$HOME"
"""


def _registry(version: str) -> bytes:
    items = [*_SETTINGS, ("Setup/Product", "ooSetupLastVersion", "xs:string", version)]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry"'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">',
    ]
    for path, name, kind, value in items:
        lines.append(
            f"<item oor:path={quoteattr('/org.openoffice.' + path)}>"
            f'<prop oor:name={quoteattr(name)} oor:op="fuse" oor:type={quoteattr(kind)}>'
            f"<value>{value}</value></prop></item>"
        )
    for window in _SIDEBARS:
        lines.append(
            f'<item oor:path="/org.openoffice.Office.Views/Windows"><node oor:name="{window}"'
            ' oor:op="replace"><node oor:name="UserData"><prop oor:name="Data" oor:op="fuse"'
            ' oor:type="xs:string"><value>V2,H,0</value></prop></node></node></item>'
        )
    return "\n".join([*lines, "</oor:items>", ""]).encode()


@cache
def _version() -> str:
    if not shutil.which("soffice"):
        raise SetupError(
            "LibreOffice is not installed; install it with: apt-get install libreoffice-calc "
            "libreoffice-gtk3 python3-uno"
        )
    said = subprocess.run(
        ["soffice", "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL
    ).stdout
    found = re.search(r"LibreOffice (\d+\.\d+)[.\d]* ?(\w*)", said)
    if not found:
        raise SetupError(f"soffice --version says {said[:200]!r}: is LibreOffice whole?")
    return found.group(0)


@cache
def _starter() -> str:
    """What the script soffice ends in: its eight helper programs cost as much as a settled step."""
    script = shutil.which("soffice")
    starter = os.path.join(os.path.dirname(os.path.realpath(script or "soffice")), "oosplash")
    return starter if os.access(starter, os.X_OK) else "soffice"


def _soffice() -> list[str]:
    return [
        _starter(),
        "--norestore",
        "--nologo",
        "--nofirststartwizard",
        f"-env:UserInstallation=file://{HOME}/{PROFILE}",
    ]


class Office(Application):
    """One LibreOffice application. A subclass is a few constants.

    Attributes:
        module: the option that opens an empty document of its kind.
        window: what the titles of its document windows end with.
        pdf: the filter that exports to PDF.
    """

    module: ClassVar[str]
    window: ClassVar[str]
    pdf: ClassVar[str]
    folders = (
        *("/usr/lib/libreoffice", "/usr/share/libreoffice", "/etc/libreoffice"),
        *("/usr/bin/gpg", "/usr/bin/gpgconf", "/usr/bin/gpgsm"),  # asked who may sign documents
        "/usr/lib/python3/dist-packages/__pycache__",  # of the helper's PyUNO
    )

    def home(self, look: Look) -> Mapping[str, bytes]:
        """A profile without first-start dialogs, and a gtk that neither blinks nor animates."""
        short = re.search(r"\d+\.\d+", _version())
        assert short
        return {
            f"{PROFILE}/user/registrymodifications.xcu": _registry(short.group(0)),
            ".config/gtk-3.0/settings.ini": _GTK,
            ".config/user-dirs.dirs": _USER_DIRS,
            ".config/openbox/rc.xml": files("cuagym.envs").joinpath("openbox.xml").read_bytes(),
        }

    def version(self) -> str:
        """The version and build of LibreOffice."""
        return _version()

    def tools(self) -> Mapping[str, bytes]:
        """The helper that speaks UNO, run inside by the distribution's python3."""
        return {HELPER: files("cuagym.envs").joinpath("office_helper.py").read_bytes()}

    def environment(self, look: Look) -> Mapping[str, str]:
        """No session bus, no accessibility bridge, repeatable random names."""
        return {
            "SAL_USE_VCLPLUGIN": "gtk3" if look == "gtk3" else "gen",
            "SAL_RAND_REPEATABLE": "1",
            "SAL_ENABLE_FILE_LOCKING": "1",  # as the script soffice sets it
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
            "NO_AT_BRIDGE": "1",
            "GTK_MODULES": "",
            "GTK_OVERLAY_SCROLLING": "0",
            "GDK_RENDERING": "image",
        }

    def launch(self) -> list[str]:
        """Starts soffice, listening for the helper."""
        return [*_soffice(), "--nodefault", f"--accept=pipe,name={PIPE};urp"]

    def open(self, session: Live, files: Mapping[str, bytes], document: str) -> None:
        """Has the soffice that runs open the document."""
        format = formats.find(document) if document else None
        # Without these it asks how to read a text.
        told = [f"--infilter={format.filter}:{format.options}"] if format and format.options else []
        session.spawn([*_soffice(), *told, session.document or self.module])

    def ready(self, windows: list[Window], document: str) -> bool:
        """Whether a visible window bears the document's name."""
        name = posixpath.basename(document)
        return any(w.viewable and name in w.title and self.window in w.title for w in windows)

    def quit(self, session: Live) -> None:
        """Ctrl+Q, as a user would."""
        session.screen.act([Key(("ctrl", "q"))])

    def export(self, session: Live, suffix: str) -> bytes:
        """Stores a copy through UNO; neither the document nor its window is touched."""
        possible = [*self.suffixes, ".pdf"]
        if suffix not in possible:
            raise UsageError(f"cannot export to {suffix!r}: {sorted(possible)} are possible")
        name = self.pdf if suffix == ".pdf" else formats.of(suffix).filter
        return _present(_stored(session, "export", suffix, name))

    def left(
        self, session: Live, document: str, *, saved: bool, quit: bool, over: bool
    ) -> Mapping[str, bytes]:
        """The live document in place of its file, unless it was to be saved or has been closed."""
        if not document or saved or quit:
            return {}
        suffix = posixpath.splitext(document)[1].lower()
        live = _stored(session, "export", suffix, formats.of(suffix).filter)
        return {} if live is None else {document: live}

    def content(self, session: Live) -> bytes:
        """Written by the export filter itself, which leaves the windows alone.

        `export` has LibreOffice disable them for a moment; in the plain look buttons and corners of
        scroll bars are drawn otherwise afterwards.
        """
        name = formats.of(self.compared).filter
        return _present(_stored(session, "content", self.compared, name))

    def state(self, session: Live) -> Mapping[str, Any]:
        """What UNO tells, with a dialog or a menu open and a cell being edited too.

        Returns:
            "open", "modified", "undo" and "redo" (titles, the last first), "selection" (as
            "Sheet1.A1:B3", or shapes), "in" (what has the keyboard inside of the window; of a text
            also what it holds, which of it is selected, and the caret's place), and in Calc
            "sheet", "view" (first column and row in view, zoom in percent) and "cursors" (the
            cell in each sheet).

        In the gtk3 look, dialogs, menus and the Name Box are gtk's own: "in" is empty there, and
        what they hold is not seen here. Nor are a bar's settings for the next action (the colour
        of the paint bucket), a marching border round copied cells, and the clipboard.
        """
        return _HELPER.ask(session, {"op": "state", "document": session.document})


def _stored(session: Live, how: str, suffix: str, filter: str) -> bytes | None:
    """A copy of the document; None if none is open."""
    request = {"op": how, "suffix": suffix, "filter": filter, "document": session.document}
    answer = _HELPER.ask(session, request)
    return session.sandbox.read(answer["path"]) if answer.get("open", True) else None


def _present(document: bytes | None) -> bytes:
    if document is None:
        raise UsageError("no document is open, so that there is nothing to export")
    return document
