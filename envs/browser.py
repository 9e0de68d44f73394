"""CUA-Browser: Chromium."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import posixpath
import re
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import quote

from cuagym.actions import Action, Key, KeyDown, KeyUp, Point, Terminate, Type, Wait
from cuagym.app import HOME, WORKSPACE, Application, Live, Look
from cuagym.desktop.x11 import Window
from cuagym.errors import SetupError, UsageError
from cuagym.helper import Helper
from cuagym.task import Element

PROFILE: Final = ".config/chromium"
SOCKET: Final = "/run/cuagym/browser"
HELPER: Final = "/opt/cuagym/browser_helper.py"
OVER: Final = f"{SOCKET}.over"
"""A file of the helper's: a page has said that the episode is over."""
SITES: Final = "sites/"
"""Files of a task below it are web sites, `sites/HOST/PATH`; the agent sees them at https://HOST/."""
STATE: Final = "browser/state.json"
"""What the browser is like, for validators, who find it beside the workspace's files."""
KEPT: Final = ("Bookmarks", "History", "Preferences")
"""Files of the profile that they find there too, `browser/Bookmarks` and so on."""
_EDITING: Final = ("a", "c", "v", "x", "z")
"""What Ctrl does to a text, and nothing else; what was copied is forgotten."""
_LEADING_OUT: Final = ("Tab", "Escape", "alt", "ctrl", "shift", "super")
"""Keys that lead out of a page, or are held."""
_BEGIN: Final = b"/.well-known/cuagym/begin"
"""Stands in a page that waits to begin."""
_SEEN: Final = 0.05
"""Application seconds after a page has begun, until all of it is drawn."""
_LAZY: Final = 11
"""Application seconds within which the browser writes its profile: it waits for up to ten."""
_PROGRAM: Final = "/usr/lib/chromium/chromium"

_HELPER = Helper("Chromium", SOCKET, (), "python3", patience=5.0, hurried=True)

_FLAGS: Final = (
    "--no-sandbox",  # the walls are the sandbox's
    "--test-type",  # and no bar says so
    "--no-zygote",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-partial-raster",
    "--num-raster-threads=1",
    "--animation-duration-scale=0",
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--force-color-profile=srgb",
    "--disable-font-subpixel-positioning",
    "--disable-skia-runtime-opts",
    "--force-device-scale-factor=1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-field-trial-config",
    # Fewer processes: a third of the threads, half of the start. Parts of the browser's own surface
    # are web pages with a renderer of their own that nobody has to see.
    "--enable-features=NetworkServiceInProcess2",
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,"
    "RenderDocument,BackForwardCache,PreloadTopChromeWebUI,PreloadingHeuristicsMLModel,NavigationPredictor",
    "--renderer-process-limit=1",
    "--password-store=basic",
    "--start-maximized",
    "--remote-debugging-pipe",
)

_POLICIES: Final = {
    # What a page or an agent has no business with: other files, developer tools, extensions.
    "URLBlocklist": [
        "file://*",
        "view-source:*",
        "javascript://*",
        "devtools://*",
        "chrome://inspect",
        "chrome://extensions",
        "chrome://flags",
        "chrome://quit",
        "chrome://restart",
    ],
    "URLAllowlist": [f"file://{WORKSPACE}/"],
    "ExtensionInstallBlocklist": ["*"],
    "BrowserSignin": 0,
    "SyncDisabled": True,
    "MetricsReportingEnabled": False,
    "SearchSuggestEnabled": False,
    "SafeBrowsingProtectionLevel": 0,
    "TranslateEnabled": False,
    "PromotionsEnabled": False,
    "DefaultBrowserSettingEnabled": False,
    "BackgroundModeEnabled": False,
    "ComponentUpdatesEnabled": False,
    "NewTabPageLocation": "about:blank",
    "SpellcheckEnabled": False,
    "PasswordManagerEnabled": False,
    "NetworkPredictionOptions": 2,
}

_PREFERENCES: Final = {
    "browser": {"custom_chrome_frame": False, "has_seen_welcome_page": True},
    "download": {"default_directory": f"{WORKSPACE}/Downloads", "prompt_for_download": False},
    "savefile": {"default_directory": WORKSPACE},
    "selectfile": {"last_directory": WORKSPACE},
    "session": {"restore_on_startup": 5},
}

_GTK: Final = b"""[Settings]
gtk-cursor-blink=0
gtk-enable-animations=0
gtk-overlay-scrolling=0
gtk-recent-files-enabled=0
"""


@cache
def _version() -> str:
    if not shutil.which(_PROGRAM):
        raise SetupError("Chromium is not installed; install it with: apt-get install chromium")
    said = subprocess.run([_PROGRAM, "--version"], capture_output=True, text=True).stdout
    found = re.search(r"Chromium [\d.]+", said)
    if not found:
        raise SetupError(f"{_PROGRAM} --version says {said[:200]!r}: is Chromium whole?")
    return found.group(0)


class App(Application):
    """Chromium with one window."""

    name = "browser"
    suffixes = (".html", ".pdf", ".txt")
    folders = ("/usr/lib/chromium", "/usr/share/chromium", "libgtk-3.so.0")
    compared = ".json"
    files_tell = False

    def home(self, look: Look) -> Mapping[str, bytes]:
        """A profile without first-start pages."""
        openbox = files("cuagym.envs").joinpath("openbox.xml").read_bytes()
        return {
            f"{PROFILE}/Default/Preferences": json.dumps(_PREFERENCES).encode(),
            f"{PROFILE}/First Run": b"",
            ".config/gtk-3.0/settings.ini": _GTK,
            ".config/openbox/rc.xml": openbox,
        }

    def version(self) -> str:
        """The version of Chromium."""
        return _version()

    def tools(self) -> Mapping[str, bytes]:
        """The helper, and what the browser refuses."""
        return {
            HELPER: files("cuagym.envs").joinpath("browser_helper.py").read_bytes(),
            "/etc/chromium/policies/managed/cuagym.json": json.dumps(_POLICIES).encode(),
        }

    def environment(self, look: Look) -> Mapping[str, str]:
        """No session bus, no accessibility bridge."""
        return {
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
            "NO_AT_BRIDGE": "1",
            "GTK_MODULES": "",
            "GTK_OVERLAY_SCROLLING": "0",
            "GDK_RENDERING": "image",
        }

    def launch(self) -> list[str]:
        """The helper, which starts Chromium with an empty page."""
        return [
            "/usr/bin/python3",
            "-I",
            "-S",
            HELPER,
            SOCKET,
            _PROGRAM,
            *_FLAGS,
            "data:text/html,",
        ]

    def open(self, session: Live, files: Mapping[str, bytes], document: str) -> None:
        """Shows a page of the workspace or of a site; "" leaves the empty page."""
        request = {"op": "open", "url": _url(document), **_sites(session, files)}
        told = _HELPER.ask(session, request)
        session.notes["area"] = told["area"]

    def area(self, session: Live) -> tuple[int, int, int, int] | None:
        """Where the page is."""
        area = session.notes.get("area")
        return None if area is None else (area[0], area[1], area[2], area[3])

    def spoils(self, session: Live, action: Action) -> bool:
        """All but the left button inside of the page, and keys that pages alone answer to."""
        if isinstance(action, (Wait, Terminate)):
            return False
        if isinstance(action, Type):
            return "\t" in action.text
        if isinstance(action, Key):
            *held, last = action.keys
            harmless = held == ["ctrl"] and last in _EDITING or held in ([], ["shift"])
            return not harmless or last in _LEADING_OUT or len(last) > 1 and last[0] == "F"
        area = self.area(session)
        if area is None or getattr(action, "button", "left") != "left":
            return True
        points = [getattr(action, name, None) for name in ("point", "start")]
        return isinstance(action, (KeyDown, KeyUp)) or any(
            p is not None and not _inside(p, area, session.screen.size) for p in points
        )

    def renew(self, session: Live, files: Mapping[str, bytes], document: str) -> bool:
        """A fresh load of another page, where one tab is open and nothing was downloaded."""
        page = {"url": _url(document), "begins": _BEGIN in files.get(document, b"")}
        told = _HELPER.ask(session, {"op": "renew", **page, **_sites(session, files)})
        session.notes["asked"] = told
        return bool(told["renewed"])

    def asks(self, session: Live, settled: bool) -> str | None:
        """What a page has posted to `/.well-known/cuagym/asks` of its site.

        A page that waits for the answer to a post to `.../begin` begins now, and must ask.
        """
        told = session.notes.pop("asked", None) or _HELPER.ask(session, {"op": "asks"})
        if told["begun"]:
            session.screen.grant(_SEEN)
        return str(told["asks"]) if told["begun"] or settled else None

    def over(self, session: Live) -> bool:
        """Whether a page has posted to `/.well-known/cuagym/over` of its site."""
        try:
            os.close(session.sandbox.open(OVER, os.O_RDONLY))
        except FileNotFoundError:
            return False
        return True

    def elements(self, session: Live, selector: str) -> list[Element]:
        """What the page in front shows."""
        told = _HELPER.ask(session, {"op": "elements", "selector": selector})
        return [Element(**each) for each in told["elements"]]

    def visible(self, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """All files but the sites'."""
        return {name: data for name, data in files.items() if not name.startswith(SITES)}

    def ready(self, windows: list[Window], document: str) -> bool:
        """Whether the window is there; the page has loaded when `open` returns."""
        return any(w.viewable and "Chromium" in w.title for w in windows)

    def quit(self, session: Live) -> None:
        """As the menu's Exit does."""
        _HELPER.ask(session, {"op": "quit"})

    def export(self, session: Live, suffix: str) -> bytes:
        """What the browser is like, as JSON."""
        if suffix != self.compared:
            raise UsageError(f"cannot export to {suffix!r}: {self.compared!r} is possible")
        return self.content(session)

    def judged(self, document: str) -> str:
        """The browser's state."""
        return STATE

    def left(
        self, session: Live, document: str, *, saved: bool, quit: bool, over: bool
    ) -> Mapping[str, bytes]:
        """The browser's state, and files of its profile; at the end, as it is written then."""
        if quit:
            told = {STATE: json.dumps({"open": False, "tabs": []}).encode()}
        else:
            state = _HELPER.ask(session, {"op": "state"})
            told = {STATE: _json(state)}
            if over:
                _write_profile(session)
        for name in KEPT:
            with suppress(OSError):  # there are no bookmarks yet, say
                told[f"browser/{name}"] = session.sandbox.read(f"{HOME}/{PROFILE}/Default/{name}")
        if over and not quit:  # last, since it asks the browser for pages
            told[STATE] = _json(state | _HELPER.ask(session, {"op": "stores"}))
        return told

    def content(self, session: Live) -> bytes:
        """Tabs with what their pages hold, cookies, downloads, sent forms."""
        return _json(_HELPER.ask(session, {"op": "state"}))

    def state(self, session: Live) -> Mapping[str, Any]:
        """Whether it is there, and the tabs' addresses."""
        told = _HELPER.ask(session, {"op": "state"})
        return {"open": True, "tabs": [t["url"] for t in told["tabs"]]}


def _write_profile(session: Live) -> None:
    """Lets the browser write what it keeps, unless a page takes all of the time for itself."""
    spins = session.screen.grant(0.0, _HELPER.patience).spins
    for _ in range(10 * _LAZY):
        report = session.screen.grant(0.1, _HELPER.patience)
        if not report.settled or report.spins > spins:
            break


def _sites(session: Live, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The web sites among a task's files, and what the helper does not have of them already."""
    known = set(session.notes.get("known", ()))
    sites: dict[str, dict[str, str]] = {}
    blobs: dict[str, str] = {}
    for name, data in files.items():
        if name.startswith(SITES):
            host, _, path = name.removeprefix(SITES).partition("/")
            digest = hashlib.sha256(data).hexdigest()[:32]
            sites.setdefault(host, {})[path] = digest
            if digest not in known:
                blobs[digest] = base64.b64encode(data).decode()
    session.notes["known"] = sorted({d for site in sites.values() for d in site.values()})
    return {"sites": sites, "blobs": blobs}


def _inside(point: Point, area: tuple[int, int, int, int], size: tuple[int, int]) -> bool:
    """Whether a point lies inside of an area, one pixel of its edge left out."""
    x, y = point[0] * size[0], point[1] * size[1]
    left, top, width, height = area
    return left + 1 <= x < left + width - 1 and top + 1 <= y < top + height - 1


def _json(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, indent=1, ensure_ascii=False).encode()


def _url(document: str) -> str:
    """The address of a task's file."""
    if not document:
        return ""
    if document.startswith(SITES):
        host, _, path = document.removeprefix(SITES).partition("/")
        folder, name = posixpath.split(path)
        shown = path if name != "index.html" else f"{folder}/" if folder else ""
        return f"https://{host}/{quote(shown)}"
    return f"file://{quote(posixpath.join(WORKSPACE, document))}"
