"""What of a start is LibreOffice's own: the same program on a bare Xvfb and in a desktop, in turns.

    python benchmarks/bare_start.py [--look plain] [--runs 5] [--json]

The bare one has the same profile and document, no sandbox, no clock and all cores; the CPU of its
process is counted until it has been idle for a second. Ours is the CPU of the same process in a
desktop that was just reset. They follow each other, so that a machine whose speed changes from
minute to minute changes it for both.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cuagym import app as apps
from cuagym.bench import machine, processes
from cuagym.bench.subject import Subject
from cuagym.session import WORKSPACE, warm_home

ENV, PROGRAM = "CUA-Excel-v0", "soffice.bin"
IDLE = 1.0
"""Real seconds without CPU after which a start is over."""


def program_cpu(above: int) -> float:
    """CPU seconds of the program among the processes below one; 0 before it runs."""
    pids = [pid for pid in processes.below(above) if processes.name(pid) == PROGRAM]
    return sum(processes.cpu(pids).values()) / 1e9


def wants_cpu(above: int) -> bool:
    """Whether a thread of the program runs or waits for a CPU: a starved start is not over."""
    for pid in processes.below(above):
        for stat in Path(f"/proc/{pid}/task").glob("*/stat"):
            with contextlib.suppress(OSError):
                if stat.read_text().rpartition(")")[2].split()[0] == "R":
                    return True
    return False


@contextlib.contextmanager
def started(argv: list[str], env: dict[str, str], **more: Any) -> Iterator[int]:
    """A program that ends, with its whole group, when the context is left; its pid."""
    null = subprocess.DEVNULL
    process = subprocess.Popen(
        argv, env=env, start_new_session=True, stdin=null, stdout=null, stderr=null, **more
    )
    try:
        yield process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def screen(home: Path) -> Iterator[dict[str, str]]:
    """A bare Xvfb with openbox; the environment for its programs."""
    ready, says = os.pipe()
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "TZ": "UTC"}
    argv = ["Xvfb", "-displayfd", str(says), "-screen", "0", "1280x720x24", "-nolisten", "tcp"]
    with started([*argv, "-noreset", "-extension", "GLX"], env, pass_fds=[says]):
        os.close(says)
        with open(ready) as pipe:
            env["DISPLAY"] = f":{pipe.readline().strip()}"
        with started(["openbox", "--sm-disable"], env):
            yield env


def bare(home: Path, profile: bytes, look: apps.Look, document: bytes) -> float:
    """CPU seconds of one start on a bare screen."""
    app = apps.load("excel")
    with tarfile.open(fileobj=io.BytesIO(profile)) as archive:
        archive.extractall(home, filter="data")
    place = home / Path(WORKSPACE).relative_to(apps.HOME) / "sales.xlsx"
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(document)
    command = [
        part.replace(apps.HOME, str(home)) for part in app.command(f"{WORKSPACE}/sales.xlsx")
    ]
    with screen(home) as env, started(command, {**env, **app.environment(look)}) as pid:
        used, since = 0.0, time.monotonic()
        while not used or time.monotonic() - since < IDLE:
            time.sleep(0.05)
            if (now := program_cpu(pid)) > used + 0.005 or (used and wants_cpu(pid)):
                used, since = now, time.monotonic()
            if not used and time.monotonic() - since > 60:
                raise SystemExit(f"{PROGRAM} did not start on a bare screen")
        return program_cpu(pid)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--look", choices=apps.LOOKS, default="gtk3")
    parser.add_argument("--runs", type=int, default=5, help="starts of each (default: 5)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    args = parser.parse_args()
    env = Subject(ENV, args.look).make(prepare=0)
    env.reset(seed=0)
    profile = warm_home(apps.load("excel"), args.look)
    document = next(iter(env.instance.files.values()))
    theirs, ours, seconds = [], [], []
    try:
        for number in range(args.runs):
            home = Path(tempfile.mkdtemp(prefix="cuagym-bare-"))
            try:
                theirs.append(bare(home, profile, args.look, document))
            finally:
                shutil.rmtree(home)
            start = time.monotonic()
            env.reset(seed=0)
            seconds.append(time.monotonic() - start)
            ours.append(program_cpu(env.sandbox.pid))
            told = f"bare {theirs[-1]:.2f} s, in a desktop {ours[-1]:.2f} s"
            print(f"{number + 1} of {args.runs}: {told}", file=sys.stderr, flush=True)
    finally:
        env.close()
    figures = {
        "bare_program_cpu_p50_ms": round(statistics.median(theirs) * 1e3),
        "our_program_cpu_p50_ms": round(statistics.median(ours) * 1e3),
        "our_reset_p50_ms": round(statistics.median(seconds) * 1e3),
        "reset_over_bare_cpu": round(
            statistics.median(s / t for s, t in zip(seconds, theirs, strict=True)), 2
        ),
        "look": args.look,
        "machine": machine.describe("excel"),
    }
    if args.json:
        print(json.dumps(figures))
    else:
        for key, value in figures.items():
            print(f"{key:28} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
