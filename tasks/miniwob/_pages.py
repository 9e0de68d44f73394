"""A family for each page of the miniwob package."""

from __future__ import annotations

import inspect
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from cuagym.actions import Click, Terminate, Turn
from cuagym.task import UNPROVEN, NearMiss, Params, Screen, TaskFamily, ValidatorSpec
from cuagym.tasks.miniwob._oracles import ORACLES, hands
from cuagym.tasks.miniwob._package import html

__all__ = ["family", "names"]

_SITE = "sites/miniwob.test"
_STATE = "browser/state.json"
_HORIZON = 30
_BESIDE = 40
"""So many pixels from the lower right corner of the screen no page has anything."""
# Before the page's own scripts nothing is done; after them, the episode is begun as its Start
# button would, and what the page reports goes out at once. The countdown is neither shown nor run.
_BEGIN = """
<style>#reward-display, #click-canvas, #sync-task-cover { display: none !important }</style>
<script>
addEventListener('load', () => setTimeout(function begin() {
  if (!core.cover_div) return setTimeout(begin, 10);
  const say = (what, body) => fetch('/.well-known/cuagym/' + what, {method: 'POST', body});
  const end = core.endEpisode;
  core.endEpisode = function (reward, proportional, reason) {
    const first = core.EP_TIMER !== null;
    end.apply(this, arguments);
    if (first) say('over', JSON.stringify({raw: reward, reason: reason || ''}));
  };
  core.countdownTimer = core.clearTimer = core.updateDisplay = () => {};
  core.EPISODE_MAX_TIME = 2 ** 31 - 1;
  Math.seedrandom(SEED);
  if (core.setDataMode) core.setDataMode('train');
  fetch('/.well-known/cuagym/begin', {method: 'POST'}).then(() => {
    core.startEpisodeReal();
    (function ready() {
      if (!WOB_TASK_READY) return setTimeout(ready, 10);
      const told = core.getUtterance();
      say('asks', told.utterance ?? told);
    })();
  });
}, 0));
</script>
"""
_NAMED = re.compile(r"""(?:src|href)=["']([^"'#?]+)["']|url\(["']?([^"')#?]+)["']?\)""")
_QUOTED = re.compile(r"""["'](\.\./(?:core|common)/[^"'#?]+)["']""")


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    text = Path(__file__).with_name("_pages.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def names() -> Iterable[str]:
    """The pages' names."""
    return _table()


@cache
def family(name: str) -> TaskFamily:
    """The family of a page."""
    return Page(name, _table()[name])


@cache
def _site(name: str) -> Mapping[str, bytes]:
    """A page and all that it names, by path."""
    found: dict[str, bytes] = {}
    todo = [PurePosixPath(f"miniwob/{name}.html")]
    while todo:
        path = todo.pop()
        file = html() / path
        if str(path) in found or not file.is_file():
            continue
        found[str(path)] = file.read_bytes()
        if path.suffix in (".html", ".css", ".js"):
            todo += _named(path, found[str(path)].decode(errors="replace"))
    return found


def _named(path: PurePosixPath, text: str) -> Iterator[PurePosixPath]:
    """What a file names, as paths from the same root; folders that scripts pick from, whole."""
    texts = [a or b for a, b in _NAMED.findall(text)] + _QUOTED.findall(text)
    for each in texts:
        if "://" in each or each.startswith(("data:", "/")):
            continue
        parts: list[str] = []
        for part in (path.parent / each).parts:
            if part == "..":
                parts = parts[:-1]
            else:
                parts.append(part)
        place = PurePosixPath(*parts)
        yield place
        if parts[:2] == ["common", "special"] and len(parts) > 2:
            folder = html() / "common" / "special" / parts[2]
            yield from (
                PurePosixPath(f.relative_to(html()).as_posix())
                for f in sorted(folder.rglob("*"))
                if f.is_file()
            )


class Page(TaskFamily):
    """A page of MiniWoB++.

    Parameters: `seed`, of the page's generator.
    """

    app = "browser"
    horizon = _HORIZON
    ends = True

    def __init__(self, name: str, about: Mapping[str, Any]) -> None:
        self.id = f"miniwob/{name}"  # type: ignore[misc]
        self.name = name
        self.enough = float(about.get("enough", 1))
        self.difficulty = about["difficulty"]  # type: ignore[misc]
        self.has_oracle = name in ORACLES  # type: ignore[misc]
        tags = tuple(about["capabilities"])
        self.capabilities = tags if self.has_oracle else (*tags, UNPROVEN)  # type: ignore[misc]

    def sources(self) -> Iterable[Path]:
        """Return this module, the page's reward, its oracle, and the page."""
        here = Path(__file__)
        yield from (here, here.with_name("validators.py"))
        yield html() / "miniwob" / f"{self.name}.html"
        if self.has_oracle:
            oracle = ORACLES[self.name]
            yield Path(inspect.getfile(getattr(oracle, "func", oracle)))  # of a partial, too
            yield Path(inspect.getfile(hands))

    def sample(self, rng: np.random.Generator) -> Params:
        """Draw the page's seed."""
        return {"seed": int(rng.integers(1_000_000))}

    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the page, begun by itself, and what it is made of."""
        page = f"miniwob/{self.name}.html"
        site = dict(_site(self.name))
        begin = _BEGIN.replace("SEED", str(params["seed"])).encode()
        first = site.pop(page).replace(b"</head>", begin + b"</head>", 1)
        return {
            f"{_SITE}/{page}": first,
            **{f"{_SITE}/{path}": data for path, data in site.items()},
        }

    def instruction(self, params: Params) -> str:
        """Return "": the page says it, once it has been opened."""
        return ""

    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Return the page's own reward."""
        return [ValidatorSpec("miniwob.raw_reward", {"enough": self.enough})]

    def solve(self, params: Params, screen: Screen) -> Iterator[Turn]:
        """Yield the oracle's turns; the page ends the episode."""
        yield from ORACLES[self.name](screen)
        yield (Terminate("success"),)

    def near_misses(self, params: Params, screen: Screen) -> Mapping[str, NearMiss]:
        """Return what must not pass."""
        beside = Click(screen.point(-_BESIDE, -_BESIDE))
        return {
            "nothing done": NearMiss("no reward", [(Terminate("success"),)]),
            "a click beside the page": NearMiss("no reward", [(beside,), (Terminate("success"),)]),
            "the reward kept back": NearMiss("no reward", partial(_rewarded, raw=None)),
            "a reward below zero": NearMiss("raw reward is -1", partial(_rewarded, raw=-1)),
            "half of the reward": NearMiss("raw reward is 0.5", partial(_rewarded, raw=0.5)),
            "the browser closed": NearMiss("browser was closed", _closed),
        }


def _rewarded(files: dict[str, bytes], raw: float | None) -> dict[str, bytes]:
    """Change what the page has said of how it was done; None: it has said nothing."""
    state = json.loads(files[_STATE])
    del state["said"]["over"]
    if raw is not None:
        state["said"]["over"] = json.dumps({"raw": raw})
    return {**files, _STATE: json.dumps(state).encode()}


def _closed(files: dict[str, bytes]) -> dict[str, bytes]:
    return {**files, _STATE: json.dumps({"open": False, "tabs": []}).encode()}
