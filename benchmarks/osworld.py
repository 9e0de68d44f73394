"""One step of ours against one of OSWorld's, on the same Calc desktop, in one run.

    python benchmarks/osworld.py TREE --python VENV/bin/python

TREE is a checkout of OSWorld (github.com/xlang-ai/OSWorld), of which only desktop_env/server is
used; VENV holds what that needs (benchmarks/README.md). Its server runs as it does in its virtual
machines, with a real Calc on an Xvfb of its own: same size, same profile, same document, same
clicks. A step of theirs is what its controller does: POST /execute, GET /screenshot.

Four times are printed for them:
  no sleeps      nothing waits: the runner's pause is left out, and pyautogui.PAUSE is set to 0
  pyautogui's    as the controller sends it: pyautogui sleeps 0.1 s after each call
  default pause  the runner's DesktopEnv.step(pause=2), measured
  EvoCUA's       5 s in its place; added, not measured
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cuagym import app as apps
from cuagym.actions import Click
from cuagym.bench import machine
from cuagym.bench.subject import Subject
from cuagym.desktop.x11 import XConnection
from cuagym.session import WORKSPACE
from cuagym.task import TaskInstance

ENV = "CUA-Excel-v0"
SIZE = (1280, 720)
PREFIX = "import pyautogui; import time; pyautogui.FAILSAFE = False; "
"""What its controller puts before every command."""
NO_PAUSE = "pyautogui.PAUSE = 0; "
DEFAULT_PAUSE, EVOCUA_PAUSE = 2.0, 5.0
PACKAGES = "flask pyautogui pillow requests lxml numpy python-xlib"

Frame = NDArray[np.uint8]
Point = tuple[int, int]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def clicks(count: int) -> list[Point]:
    """Where both click: every click selects another cell than the one before."""
    return [(280 + 77 * (3 * i % 11), 213 + 20 * (7 * i % 20)) for i in range(count)]


class Peer:
    """OSWorld's server and its desktop, on the real clock. A context manager."""

    def __init__(self, tree: Path, python: Path, look: apps.Look, task: TaskInstance) -> None:
        self._stack = contextlib.ExitStack()
        self._tree, self._python = tree, python
        self._look, self._task = look, task

    def __enter__(self) -> Peer:
        with contextlib.ExitStack() as stack:
            scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="osworld-")))
            self._log = stack.enter_context((scratch / "log").open("w+"))
            self._home = scratch / "home"
            environment = self._desktop(stack, scratch)
            self._server(stack, scratch, environment)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _start(
        self, stack: contextlib.ExitStack, argv: list[str], env: dict[str, str], **more: Any
    ) -> subprocess.Popen[bytes]:
        """Starts a program that ends, with all of its group, when the stack is left."""
        given = {"stdin": subprocess.DEVNULL, "stdout": self._log, "stderr": self._log, **more}
        process = subprocess.Popen(argv, env=env, start_new_session=True, **given)
        stack.callback(end, process)
        return process

    def _desktop(self, stack: contextlib.ExitStack, scratch: Path) -> dict[str, str]:
        """Screen, window manager and Calc with the task's workbook; returns the environment."""
        app = apps.load(self._task.app)
        documents = Path(WORKSPACE).relative_to(apps.HOME)
        files = {str(documents / name): data for name, data in self._task.files.items()}
        for name, data in {**app.home(self._look), **files}.items():
            (self._home / name).parent.mkdir(parents=True, exist_ok=True)
            (self._home / name).write_bytes(data)
        (scratch / "Xauthority").touch()
        env = {"PATH": f"{self._python.parent}:{os.environ['PATH']}", "HOME": str(self._home)}
        env |= {"XAUTHORITY": str(scratch / "Xauthority"), "LANG": "C.UTF-8", "TZ": "UTC"}
        env |= {"USER": "agent", "LOGNAME": "agent", **app.environment(self._look)}
        env["DISPLAY"] = f":{self._screen(stack, env)}"
        self._start(stack, ["openbox", "--sm-disable"], env)
        time.sleep(1)
        inside = f"{WORKSPACE}/{self._task.open}"
        command = [word.replace(apps.HOME, str(self._home)) for word in app.command(inside)]
        self._start(stack, command, env)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(f"/tmp/.X11-unix/X{env['DISPLAY'][1:]}")
            x = XConnection(connection)
            for _ in range(300):
                if app.ready(x.windows(), inside):
                    break
                time.sleep(0.2)
            else:
                raise SystemExit(f"Calc showed no window on {env['DISPLAY']}:\n{self._said()}")
        time.sleep(3)
        return env

    def _screen(self, stack: contextlib.ExitStack, env: dict[str, str]) -> int:
        argv = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24"]
        argv += ["-nolisten", "tcp", "-ac", "-noreset"]
        screen = self._start(stack, argv, env, stdout=subprocess.PIPE)
        assert screen.stdout is not None
        with screen.stdout as said:
            return int(said.readline())

    def _server(self, stack: contextlib.ExitStack, scratch: Path, env: dict[str, str]) -> None:
        """Its Flask server, from a copy: it writes its screenshots beside its own source."""
        server = scratch / "server"
        server.mkdir()
        for source in (self._tree / "desktop_env" / "server").glob("*.py"):
            shutil.copy(source, server)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        code = f"import main; main.app.run(host='127.0.0.1', port={port})"
        env = {**env, "PYTHONPATH": f"{server}:/usr/lib/python3/dist-packages"}
        process = self._start(stack, [str(self._python), "-c", code], env, cwd=server)
        self._base = f"http://127.0.0.1:{port}"
        for _ in range(300):
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                self._get("/platform")
                return
            if process.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit(
            f"OSWorld's server did not start with {self._python}; it needs: pip install"
            f" {PACKAGES}; apt-get install python3-pyatspi gnome-screenshot. It said:\n"
            + self._said()
        )

    def _said(self) -> str:
        self._log.flush()
        return Path(self._log.name).read_text(errors="replace")[-3000:]

    def _get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self._base}{path}", timeout=60) as answer:
            return bytes(answer.read())

    def execute(self, code: str) -> None:
        """Runs a command as its controller has it run, and makes sure that it did run."""
        body = json.dumps({"command": ["python", "-c", PREFIX + code], "shell": False}).encode()
        request = urllib.request.Request(
            f"{self._base}/execute", body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                told = json.load(answer)
        except urllib.error.HTTPError as e:
            raise SystemExit(f"OSWorld's server refuses a click: {e.read()!r}") from None
        if told.get("returncode") != 0:
            raise SystemExit(f"OSWorld's server could not click: {told}")

    def screenshot(self) -> Frame:
        """The screen as its server gives it, uint8 (H, W, 3)."""
        return np.asarray(Image.open(io.BytesIO(self._get("/screenshot"))).convert("RGB"))

    def step(self, point: Point, code: str = "", pause: float = 0.0) -> float:
        """One step; seconds. The picture is not decoded, which its runner leaves to the agent."""
        start = time.perf_counter()
        self.execute(f"{code}pyautogui.click({point[0]}, {point[1]})")
        time.sleep(pause)
        self._get("/screenshot")
        return time.perf_counter() - start


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and its group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
    process.wait()


class Ours:
    """Our env on the same document."""

    def __init__(self, look: apps.Look, seed: int) -> None:
        self._env = Subject(ENV, look, SIZE).make()
        self.frame: Frame = self._env.reset(seed=seed)[0]["screenshot"]
        self.task = self._env.instance
        self.changed = self.unsettled = 0

    def step(self, point: Point) -> float:
        """One step; seconds."""
        x, y = point
        action = Click(((x + 0.5) / SIZE[0], (y + 0.5) / SIZE[1]))
        start = time.perf_counter()
        observation, *_, info = self._env.step(action)
        seconds = time.perf_counter() - start
        self.unsettled += not info["settled"]
        self.changed += not np.array_equal(self.frame, observation["screenshot"])
        self.frame = observation["screenshot"]
        return seconds

    def close(self) -> None:
        self._env.close()


def blocks(points: list[Point], count: int) -> Iterator[list[Point]]:
    size = -(-len(points) // count)
    for first in range(0, len(points), size):
        yield points[first : first + size]


def unsettled(peer: Peer, points: list[Point]) -> int:
    """How many of its frames, taken at once, are not the screen a second later."""
    found = 0
    for x, y in points:
        peer.execute(f"{NO_PAUSE}pyautogui.click({x}, {y})")
        first = peer.screenshot()
        time.sleep(1.0)
        found += not np.array_equal(first, peer.screenshot())
    return found


def measure(args: argparse.Namespace) -> dict[str, Any]:
    points = clicks(args.count)
    times: dict[str, list[float]] = {"ours": [], "no sleeps": [], "pyautogui's": [], "default": []}
    with contextlib.ExitStack() as stack:
        say("starting our desktop, then OSWorld's ...")
        ours = Ours(args.look, args.seed)
        stack.callback(ours.close)
        peer = stack.enter_context(Peer(args.tree, args.python, args.look, ours.task))
        same = float((ours.frame == peer.screenshot()).all(axis=2).mean())
        for part in blocks(points, args.blocks):  # in turns, so that the machine's mood is shared
            times["ours"] += [ours.step(point) for point in part]
            times["no sleeps"] += [peer.step(point, NO_PAUSE) for point in part]
            times["pyautogui's"] += [peer.step(point) for point in part]
            say(f"{len(times['ours'])} of {len(points)} clicks")
        times["default"] = [peer.step(p, pause=DEFAULT_PAUSE) for p in points[: args.paused]]
        late = unsettled(peer, points[: args.paused])
    p50 = {name: statistics.median(seconds) * 1e3 for name, seconds in times.items()}
    evocua = p50["pyautogui's"] + EVOCUA_PAUSE * 1e3
    theirs = {"no_sleeps": p50["no sleeps"], "runner_sleeps_removed": p50["pyautogui's"]}
    theirs |= {"default_pause": p50["default"], "evocua_pause_added": evocua}
    return {
        "ours_step_p50_ms": round(p50["ours"], 1),
        **{f"osworld_{name}_p50_ms": round(ms, 1) for name, ms in theirs.items()},
        **{f"times_faster_than_{name}": round(ms / p50["ours"], 1) for name, ms in theirs.items()},
        "ours_changing_steps": ours.changed,
        "ours_unsettled": ours.unsettled,
        "osworld_unsettled": f"{late} of {args.paused}",
        "same_pixels_at_the_start": round(same, 4),
        "clicks": args.count,
        "look": args.look,
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tree", type=Path, help="a checkout that holds desktop_env/server/main.py")
    parser.add_argument(
        "--python",
        type=Path,
        default=Path(sys.executable),
        help=f"an interpreter with {PACKAGES} (default: this one)",
    )
    parser.add_argument("--count", type=int, default=60, help="clicks of each (default: 60)")
    parser.add_argument("--blocks", type=int, default=4, help="turns that both take (default: 4)")
    parser.add_argument("--paused", type=int, default=5, help="steps with the pause (default: 5)")
    parser.add_argument("--look", default="gtk3", choices=apps.LOOKS)
    parser.add_argument("--seed", type=int, default=0, help="of the document (default: 0)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    args = parser.parse_args()
    if not (args.tree / "desktop_env/server/main.py").exists():
        parser.error(f"{args.tree} holds no desktop_env/server/main.py")
    args.tree, args.python = args.tree.resolve(), args.python.absolute()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    where = machine.describe("excel")
    figures = {**measure(args), "machine": where}
    if args.json:
        print(json.dumps(figures, indent=2))
    else:
        wide = max(map(len, figures))
        for key, value in figures.items():
            print(f"{key:{wide}}  {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
