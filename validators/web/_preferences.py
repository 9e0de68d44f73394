"""Settings of Chromium by names that people use, and where its profile holds them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from cuagym.errors import TaskError, nearest
from cuagym.validators.web import _address, _wish
from cuagym.validators.web._wish import MISSING

__all__ = ["refuse", "refuse_permission", "unlike", "unlike_site"]

RAW: Final = "pref:"
_STEP: Final = 1.2  # a zoom level is a power of it


def _same(value: Any) -> Any:
    return value


def _zoom(level: Any) -> Any:
    return round(100 * math.pow(_STEP, level)) if isinstance(level, (int, float)) else level


def _named(names: Mapping[Any, str]) -> Callable[[Any], Any]:
    return lambda value: names.get(value, value)


@dataclass(frozen=True)
class _Setting:
    """Where a setting is, what it is unless somebody has changed it, and how that is said."""

    place: str
    default: Any
    say: Callable[[Any], Any] = _same
    known: tuple[str, ...] = ()
    addresses: bool = False


_START: Final = {1: "continue", 4: "pages", 5: "new tab"}
_MODES: Final = {0: "device", 1: "light", 2: "dark"}
_MAY: Final = {1: "allow", 2: "block", 3: "ask", 4: "session"}
_THIRD: Final = {0: "allow", 1: "block", 2: "allow"}  # 2: blocked in private windows alone
_PERMISSIONS: Final = {
    "cookies": ("cookies", 1),
    "javascript": ("javascript", 1),
    "images": ("images", 1),
    "sound": ("sound", 1),
    "pop-ups": ("popups", 2),
    "notifications": ("notifications", 3),
    "location": ("geolocation", 3),
    "camera": ("media_stream_camera", 3),
    "microphone": ("media_stream_mic", 3),
}
_SETTINGS: Final = {
    "home page": _Setting("homepage", "", addresses=True),
    "home button": _Setting("browser.show_home_button", False),
    "on start-up": _Setting(
        "session.restore_on_startup", 5, _named(_START), tuple(_START.values())
    ),
    "start-up pages": _Setting("session.startup_urls", [], addresses=True),
    "bookmarks bar": _Setting("bookmark_bar.show_on_all_tabs", False),
    "zoom": _Setting("partition.default_zoom_level.x", 0.0, _zoom),
    "font size": _Setting("webkit.webprefs.default_font_size", 16),
    "minimum font size": _Setting("webkit.webprefs.minimum_font_size", 0),
    "mode": _Setting("browser.theme.color_scheme2", 0, _named(_MODES), tuple(_MODES.values())),
    "do not track": _Setting("enable_do_not_track", False),
    "download folder": _Setting("download.default_directory", ""),
    "ask where to save": _Setting("download.prompt_for_download", False),
    "search engine": _Setting("default_search_provider_data.template_url_data.short_name", ""),
    "languages": _Setting("intl.selected_languages", ""),
    "third-party cookies": _Setting(
        "profile.cookie_controls_mode", 1, _named(_THIRD),
        ("allow", "block"),
    ),
    **{
        name: _Setting(f"profile.default_content_setting_values.{key}", usual, _named(_MAY),
                       ("allow", "block", "ask"))
        for name, (key, usual) in _PERMISSIONS.items()
    },
}  # fmt: skip


def refuse(name: str, wanted: Any) -> None:
    """Raise a `TaskError` if there is no such setting, or it cannot be that."""
    if name.startswith(RAW):
        return _wish.refuse(wanted)
    if name not in _SETTINGS:
        raise TaskError(
            f"there is no setting {name!r}{nearest(name, _SETTINGS)}"
            f" (known: {', '.join(_SETTINGS)}, or {RAW!r} and a preference)"
        )
    setting = _SETTINGS[name]
    if setting.addresses:
        for each in wanted if isinstance(wanted, (list, tuple)) else [wanted]:
            if each != "":
                _address.refuse(each)
        return None
    if setting.known and isinstance(wanted, str) and wanted not in setting.known:
        known = ", ".join(setting.known)
        raise TaskError(
            f"{name!r} is one of {known}{nearest(wanted, setting.known)}, got {wanted!r}"
        )
    return _wish.refuse(wanted)


def _none_of(name: str, wanted: str, known: tuple[str, ...]) -> TaskError:
    said = f"{name!r} is one of {', '.join(known)}"
    return TaskError(f"{said}{nearest(wanted, known)}, got {wanted!r}")


def refuse_permission(name: str, wanted: Any) -> None:
    """Raise a `TaskError` if a site has no such setting, or it cannot be that."""
    known = (*_PERMISSIONS, "zoom")
    if name not in known:
        raise TaskError(
            f"a site has no setting {name!r}{nearest(name, known)} (known: {', '.join(known)})"
        )
    may = ("allow", "block", "ask", "session", "default")
    if name != "zoom" and isinstance(wanted, str) and wanted not in may:
        raise TaskError(
            f"{name!r} is one of {', '.join(may)}{nearest(wanted, may)}, got {wanted!r}"
        )
    _wish.refuse(wanted)


def unlike(told: Any, name: str, wanted: Any) -> str:
    """Say how a setting differs from what is wanted; "" if it does not."""
    if name.startswith(RAW):
        return _wish.unlike(_at(told, name.removeprefix(RAW)), wanted)
    setting = _SETTINGS[name]
    found = _at(told, setting.place)
    found = setting.say(setting.default if found is MISSING else found)
    if not setting.addresses:
        return _wish.unlike(found, wanted)
    have = found if isinstance(found, list) else [found]
    want = list(wanted) if isinstance(wanted, (list, tuple)) else [wanted]
    have, want = [h for h in have if h], [w for w in want if w]
    left = [h for h in have if not any(_address.fits(str(h), w) for w in want)]
    lacks = [w for w in want if not any(_address.fits(str(h), w) for h in have)]
    if not left and not lacks:
        return ""
    said = ", ".join(map(_address.said, want)) or "none"
    return f"expected {said}, found {', '.join(map(str, have)) or 'none'}"


def unlike_site(told: Any, site: str, name: str, wanted: Any) -> str:
    """Say how a site's own setting differs from what is wanted; "" if it does not."""
    if name == "zoom":
        levels = _at(told, "partition.per_host_zoom_levels.x")
        level = levels.get(site, {}) if isinstance(levels, dict) else {}
        level = level.get("zoom_level", 0.0) if isinstance(level, dict) else level
        return _wish.unlike(_zoom(level), wanted)
    rules = _at(told, f"profile.content_settings.exceptions.{_PERMISSIONS[name][0]}")
    found = "default"
    for pattern, rule in rules.items() if isinstance(rules, dict) else ():
        if _is_of(pattern.partition(",")[0], site) and isinstance(rule, dict):
            found = _MAY.get(rule.get("setting", 0), "default")
    return _wish.unlike(found, wanted)


def _is_of(pattern: str, site: str) -> bool:
    """Whether a rule is of a site: `https://shop.example:443`, `[*.]shop.example`."""
    try:
        host = urlsplit(pattern if "://" in pattern else f"any://{pattern.replace('[*.]', '')}")
        return (host.hostname or "") == site
    except ValueError:
        return False


def _at(told: Any, place: str) -> Any:
    for key in place.split("."):
        if not isinstance(told, dict) or key not in told:
            return MISSING
        told = told[key]
    return told
