"""Random numbers of a desktop: as good as any, and the same in every run."""

import ctypes
import os

import pytest

from cuagym.desktop.clock import PAGE, Clock
from cuagym.sandbox import Root, start

PROGRAM = """
import ctypes, os
libc = ctypes.CDLL(None)
def drawn():
    buffer = ctypes.create_string_buffer(16)
    assert libc.getentropy(buffer, 16) == 0
    raw = libc.syscall(318 if os.uname().machine == "x86_64" else 278, buffer, 8, 0)
    assert raw == 8
    return [os.urandom(16).hex(), buffer.raw.hex(), hash("a") + libc.arc4random()]
print("own", drawn())
pid = os.fork()
if not pid:
    print("child", drawn())
    os._exit(0)
os.waitpid(pid, 0)
print("after", drawn())
bytes_ = os.urandom(1 << 16)
print("ones", sum(bin(b).count("1") for b in bytes_))
print("bounded", max(libc.arc4random_uniform(7) for _ in range(500)))
assert libc.getentropy(ctypes.create_string_buffer(257), 257) == -1
"""


def draw() -> list[str]:
    """What two processes of a fresh desktop draw, one after the other."""
    sandbox = start("auto", Root(clock=True))
    page = sandbox.open(PAGE, os.O_RDWR)
    clock = Clock(page, sandbox.pid)
    os.close(page)
    try:
        told = [sandbox.run(["/usr/bin/python3", "-uc", PROGRAM], timeout=30) for _ in range(2)]
    finally:
        clock.close()
        sandbox.close(wait=True)
    assert [t.returncode for t in told] == [0, 0], told[0].stderr
    return [line for t in told for line in t.stdout.decode().splitlines()]


def test_every_run_draws_the_same_and_no_two_processes_do() -> None:
    if not hasattr(ctypes.CDLL(None), "arc4random"):
        pytest.skip("this libc has no arc4random")
    first, second = draw(), draw()
    assert first == second and len(first) == 10
    values = [
        line.split(" ", 1)[1] for line in first if line.split()[0] in ("own", "child", "after")
    ]
    assert len(set(values)) == 6
    ones = [int(line.split()[1]) for line in first if line.startswith("ones")]
    assert all(abs(n - (1 << 18)) < 2000 for n in ones)  # of 524288 bits; five times the deviation
    assert [line for line in first if line.startswith("bounded")] == ["bounded 6"] * 2
