"""Programs, files and sockets, through the walls."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import tarfile
import threading
from pathlib import Path

import pytest

from cuagym.errors import Fault, UsageError
from cuagym.sandbox import Sandbox

from .conftest import wait_exits, wait_for


def wait_gone(box: Sandbox, name: str) -> None:
    """Waits until no process of that name is left: death takes the kernel a moment."""
    box.run(["sh", "-c", f"while cat /proc/[0-9]*/comm | grep -qx {name}; do :; done"], timeout=20)


def test_run(box: Sandbox) -> None:
    done = box.run(
        ["sh", "-c", "cat; echo $A $HOME >&2; pwd; exit 3"],
        env={"A": "1"},
        cwd="/tmp",
        input=b"in\0put\n",
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        3,
        b"in\0put\n/tmp\n",
        b"1 /home/agent\n",
    )
    assert box.run(["sh", "-c", "kill -11 $$"]).returncode == -signal.SIGSEGV
    assert box.run(["cat"]).stdout == b""


def test_much_input_and_output(box: Sandbox) -> None:
    data = os.urandom(9 << 20)
    done = box.run(["sh", "-c", "tee /dev/stderr"], input=data)
    assert done.stdout == data
    assert done.stderr == data


def test_too_much_output(box: Sandbox) -> None:
    with pytest.raises(OSError) as e:
        box.run(["yes"])
    assert e.value.errno == errno.EFBIG
    wait_gone(box, "yes")


def test_what_cannot_be_run(box: Sandbox) -> None:
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        box.run(["no-such-program"])
    with pytest.raises(PermissionError):
        box.spawn(["/etc/passwd"])
    with pytest.raises(FileNotFoundError):
        box.run(["true"], cwd="/nowhere")
    for argv in ("true", [], [1]):
        with pytest.raises(UsageError, match="argv"):
            box.run(argv)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="NUL"):
        box.run(["echo", "a\0b"])
    with pytest.raises(UsageError, match="131072"):
        box.run(["echo", "x" * 200_000])
    with pytest.raises(OSError):
        box.run(["echo", *"x" * 9000])
    assert box.run(["true"]).returncode == 0
    assert box.exits() == {}


def test_timeout_kills_the_group(box: Sandbox) -> None:
    with pytest.raises(subprocess.TimeoutExpired) as e:
        box.run(["sh", "-c", "echo begun; sleep 1000 & sleep 1000"], timeout=1.0)
    assert e.value.output == b"begun\n"
    wait_gone(box, "sleep")


def test_what_runs_on_in_the_background_is_not_waited_for(box: Sandbox) -> None:
    pid = int(box.run(["sh", "-c", "sleep 1000 & echo $!"]).stdout)
    box.kill(pid, 0)


def test_many_threads_run_at_once(box: Sandbox) -> None:
    got: dict[int, bytes] = {}

    def work(n: int) -> None:
        for _ in range(10):
            got[n] = box.run(["sh", "-c", f"echo {n}"]).stdout

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert got == {n: f"{n}\n".encode() for n in range(8)}


def test_exits(box: Sandbox) -> None:
    assert box.exits() == {}
    three = box.spawn(["sh", "-c", "exit 3"])
    sleeper = box.spawn(["sleep", "1000"])
    assert wait_exits(box, three) == {three: 3}
    box.kill(sleeper, signal.SIGTERM)
    assert wait_exits(box, three, sleeper) == {three: 3, sleeper: -signal.SIGTERM}
    with pytest.raises(ProcessLookupError):
        box.kill(sleeper)
    with pytest.raises(OSError):
        box.kill(-1)


def test_many_exits_unheard(box: Sandbox) -> None:
    """More than the socket holds: none is lost, and requests still get through."""
    pids = [box.spawn(["cat", "/run/gate"]) for _ in range(2)]
    wait_exits(box, *pids)
    pids = [box.spawn(["sh", "-c", "kill -STOP $$"]) for _ in range(480)]
    for pid in pids:
        box.kill(-pid, signal.SIGKILL)
    assert box.run(["true"]).returncode == 0
    ended = wait_exits(box, *pids)
    assert {ended[pid] for pid in pids} == {-signal.SIGKILL}


def test_descriptors_of_a_spawned_program(box: Sandbox) -> None:
    read, write = os.pipe()
    pid = box.spawn(["sh", "-c", "ls -l /proc/self/fd; cat"], stdout=write)
    os.close(write)
    with os.fdopen(read, "rb") as output:
        lines = output.read().decode().splitlines()[1:]
    wait_exits(box, pid)
    targets = {line.split()[-3]: line.split()[-1] for line in lines}
    assert targets["0"] == targets["2"] == "/dev/null"
    assert targets["1"].startswith("pipe:")
    assert set(targets) == {"0", "1", "2", "3"}  # 3 is ls's own


def test_files(box: Sandbox) -> None:
    box.write("/home/agent/a", b"content", mode=0o600)
    assert box.read("/home/agent/a") == b"content"
    assert box.run(["stat", "-c", "%a %U", "a"]).stdout == b"600 agent\n"
    box.write("/home/agent/a", b"x", mode=0o777)
    assert box.run(["stat", "-c", "%a %s", "a"]).stdout == b"777 1\n"
    fd = box.open("/home/agent/a", os.O_RDWR)
    try:
        assert not os.get_inheritable(fd)
        assert os.get_blocking(fd)
        assert os.read(fd, 10) == b"x"
    finally:
        os.close(fd)
    for bad in ("/home/agent/none", "/nowhere/a"):
        with pytest.raises(FileNotFoundError, match=bad):
            box.read(bad)
    with pytest.raises(FileNotFoundError):
        box.write("/nowhere/a", b"")
    with pytest.raises(IsADirectoryError):
        box.write("/home/agent", b"")
    with pytest.raises(UsageError, match="absolute"):
        box.read("a")


def test_links_lead_nowhere_on_the_host(box: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    for target in (tmp_path / "secret", "/etc/shadow"):
        box.run(["ln", "-sfn", str(target), "/home/agent/link"])
        with pytest.raises(FileNotFoundError):
            box.read("/home/agent/link")
        with pytest.raises(OSError):
            box.write("/home/agent/link", b"overwritten")
    box.run(["ln", "-sfn", "/etc/passwd", "/home/agent/link"])
    assert b"agent" in box.read("/home/agent/link")
    assert box.read("/home/agent/link") != Path("/etc/passwd").read_bytes()
    assert (tmp_path / "secret").read_text() == "secret"


def test_traps_do_not_hold_anybody(box: Sandbox) -> None:
    box.run(["mkfifo", "/tmp/fifo"])
    for path in ("/tmp/fifo", "/dev/zero", "/tmp"):
        with pytest.raises(OSError):
            box.read(path)
    with pytest.raises(OSError):
        box.write("/tmp/fifo", b"x")
    box.write("/tmp/big", bytes(1001))
    assert len(box.read("/tmp/big", limit=1001)) == 1001
    with pytest.raises(OSError) as e:
        box.read("/tmp/big", limit=1000)
    assert e.value.errno == errno.EFBIG


def test_connect(box: Sandbox) -> None:
    server = """
import socket
s = socket.socket(socket.AF_UNIX); s.bind("/tmp/socket"); s.listen()
print("listening", flush=True)
c = s.accept()[0]; c.sendall(c.recv(100).upper())
"""
    read, write = os.pipe()
    box.spawn(["python3", "-c", server], stdout=write)
    os.close(write)
    with os.fdopen(read, "rb") as output:
        assert output.readline() == b"listening\n"
    with box.connect("/tmp/socket") as s:
        s.settimeout(10)
        s.sendall(b"hello")
        assert s.recv(100) == b"HELLO"
    box.write("/tmp/plain", b"")
    with pytest.raises(ConnectionRefusedError):
        box.connect("/tmp/plain")
    with pytest.raises(FileNotFoundError):
        box.connect("/tmp/none")


def test_pack_and_unpack(box: Sandbox) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name, content in (("a", b"a"), ("sub/b", b"b" * 100_000)):
            member = tarfile.TarInfo(name)
            member.size, member.uid, member.mode = len(content), 0, 0o640
            tar.addfile(member, io.BytesIO(content))
    box.unpack(archive.getvalue(), "/home/agent/new/folder")
    assert box.read("/home/agent/new/folder/sub/b") == b"b" * 100_000
    box.run(["sh", "-c", "cd new/folder && mkfifo fifo && echo x >hidden && chmod 0 hidden"])
    packed = box.pack("/home/agent/new/folder")
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        assert {m.name for m in tar if m.isfile()} >= {"./a", "./sub/b"}
        content = tar.extractfile("./a")
        assert content and content.read() == b"a"
    assert box.pack("/home/agent/new/folder") == packed
    with pytest.raises(OSError, match="tar failed"):
        box.pack("/home/agent/none")
    with pytest.raises(OSError, match="tar failed"):
        box.unpack(b"no archive at all" * 100, "/tmp")


def test_a_dead_sandbox_is_a_fault(box: Sandbox) -> None:
    pidfd = os.pidfd_open(box.pid)
    os.kill(box.pid, signal.SIGKILL)
    assert wait_for(pidfd)
    os.close(pidfd)
    assert not box.alive()
    for use in (box.exits, lambda: box.run(["true"]), lambda: box.open("/tmp")):
        with pytest.raises(Fault, match="first process died"):
            use()


def test_death_in_the_middle_of_a_run(box: Sandbox) -> None:
    threading.Timer(0.1, os.kill, (box.pid, signal.SIGKILL)).start()
    with pytest.raises(Fault, match="first process died"):
        box.run(["sleep", "1000"])
