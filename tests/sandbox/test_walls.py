"""What is visible inside, what can be changed, and what the limits do."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest

from cuagym.errors import UsageError
from cuagym.native.build import artifact
from cuagym.sandbox import Limits, Root, Sandbox, start

from ..conftest import below
from .conftest import as_nobody, wait_for


def shell(box: Sandbox, script: str, **options: float) -> str:
    done = box.run(["sh", "-c", script], **options)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().strip()


def test_the_host_is_out_of_sight(box: Sandbox, tmp_path: Path) -> None:
    secret = Path("/tmp") / f"cuagym-test-{os.getpid()}"
    secret.write_text("secret")
    try:
        hidden = [secret, tmp_path, "/root", "/etc/shadow", "/etc/ssh", "/sys", "/boot", "/srv"]
        for path in hidden:
            assert box.run(["test", "-e", str(path)]).returncode == 1, path
    finally:
        secret.unlink()
    top = set(shell(box, "ls -A /").split())
    assert top <= {*"bin sbin lib lib32 lib64 libx32 dev etc home opt proc run tmp usr var".split()}
    assert shell(box, "ls /home") == "agent"
    assert len(shell(box, "ls -d /proc/[0-9]*").split()) <= 4  # init, sh, ls and no more


def test_who_and_where(box: Sandbox) -> None:
    assert shell(box, "id -u; id -g; id -un; pwd; hostname").split() == [
        *("1000", "1000", "agent", "/home/agent", "desktop")
    ]
    assert shell(box, "echo $LANG $TZ $HOME; date +%Z").split() == [
        *("C.UTF-8", "UTC", "/home/agent", "UTC")
    ]
    status = shell(box, "cat /proc/self/status")
    for capabilities in ("CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert f"{capabilities}:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status
    assert shell(box, "ulimit -n; ulimit -c").split() == ["4096", "0"]
    assert box.read("/etc/machine-id") == Root().files["/etc/machine-id"]


def test_addresses_are_not_random(box: Sandbox) -> None:
    assert shell(box, "head -1 /proc/self/maps") == shell(box, "head -1 /proc/self/maps")


def test_no_network_but_loopback(box: Sandbox) -> None:
    names = [line.split(":")[0].strip() for line in shell(box, "cat /proc/net/dev").splitlines()]
    assert names[2:] == ["lo"]
    assert "127.0.0.1" in shell(box, "cat /proc/net/fib_trie")  # it is up
    assert not box.run(["grep", "-c", "00000000", "/proc/net/route"]).stdout.strip(b"0\n")


@pytest.mark.parametrize("path", "/x /etc/x /etc/passwd /usr/x /opt/cuagym/init /dev/x".split())
def test_writing_outside_the_tmpfs_fails(box: Sandbox, path: str) -> None:
    with pytest.raises(OSError) as e:
        box.open(path, os.O_WRONLY | os.O_CREAT)
    assert e.value.errno in (errno.EROFS, errno.EACCES)
    assert box.run(["chmod", "777", "/usr", "/etc", "/opt/cuagym/init"]).returncode


def test_writable_places(box: Sandbox) -> None:
    shell(box, "for d in /tmp /home /home/agent /run /dev/shm; do echo x >$d/x || exit 1; done")
    shell(box, "echo x >/dev/null; head -c 9 /dev/urandom >/dev/zero")


def test_the_disk_is_limited(backend: str) -> None:
    with start(backend, limits=Limits(disk=16 << 20)) as box:
        with pytest.raises(OSError) as e:
            box.write("/home/agent/big", bytes(9 << 20))
        assert e.value.errno == errno.ENOSPC
        assert box.run(["head", "-c", "9M", "/dev/zero"]).returncode == 0
        assert b"No space" in box.run(["sh", "-c", "head -c 9M /dev/zero >/tmp/big"]).stderr


def test_more_to_see(backend: str, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("data")
    (tmp_path / "data").chmod(0o666)
    tmp_path.chmod(0o777)  # the folders above are closed, which must not matter
    root = Root().plus(
        read_only=[(str(tmp_path), "/data"), (str(tmp_path / "data"), "/mnt/one")],
        files={"/opt/answer": b"42"},
        env={"ANSWER": "42"},
    )
    with start(backend, root, hostname="grader") as box:
        assert shell(box, "cat /data/data /mnt/one /opt/answer; echo $ANSWER; hostname") == (
            "datadata4242\ngrader"
        )
        assert b"Read-only" in box.run(["touch", "/data/x"]).stderr
        assert b"Read-only" in box.run(["sh", "-c", "echo x >>/mnt/one"]).stderr


def test_the_clock_is_preloaded_and_its_page_made(backend: str) -> None:
    with start(backend, Root(clock=True)) as box:
        assert box.read("/etc/ld.so.preload") == b"/opt/cuagym/clock.so\n"
        assert box.read("/opt/cuagym/clock.so") == artifact("clock.so").read_bytes()
        assert not any(page := box.read("/run/cuagym/clock"))
        assert len(page) > 4096
        assert shell(box, "stat -c %a /run/cuagym/clock") == "666"
        assert "clock.so" in shell(box, "cat /proc/self/maps")


def test_no_clock_unless_asked_for(box: Sandbox) -> None:
    for path in ("/etc/ld.so.preload", "/run/cuagym/clock"):
        with pytest.raises(FileNotFoundError):
            box.read(path)


def test_the_first_process_is_out_of_the_agents_reach(box: Sandbox) -> None:
    attack = """
import ctypes, errno, os, signal, socket
libc = ctypes.CDLL(None, use_errno=True)
assert libc.ptrace(16, 1, 0, 0) == -1 and ctypes.get_errno() == errno.EPERM
for path in ("/proc/1/environ", "/proc/1/mem"):
    try:
        open(path, "rb").read(1)
    except PermissionError:
        continue
    raise SystemExit(path)
os.kill(1, signal.SIGKILL), os.kill(1, signal.SIGSTOP), os.kill(1, signal.SIGTERM)
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.connect("/run/cuagym/control")
try:
    s.send(b"P\\0")
    answer = s.recv(100)
except OSError:
    answer = b""
assert answer == b"", answer
"""
    assert box.run(["python3", "-c", attack]).stderr == b""
    assert box.alive()
    assert shell(box, "echo still here") == "still here"


def test_processes_are_limited_inside_only(runc: str) -> None:
    with start(runc, limits=Limits(processes=16)) as box:
        assert _fill(box) > 8
        with pytest.raises(BlockingIOError):
            box.spawn(["true"])
        assert subprocess.run(["true"]).returncode == 0
        assert box.alive()


def _fill(box: Sandbox) -> int:
    pids = []
    try:
        for _ in range(32):
            pids.append(box.spawn(["sleep", "1000"]))
    except BlockingIOError:
        return len(pids)
    return 0


def test_running_out_of_memory_is_known(runc: str) -> None:
    with start(runc, limits=Limits(memory=64 << 20)) as box:
        assert not box.out_of_memory()
        assert box.run(["tail", "/dev/zero"]).returncode == -9
        assert box.out_of_memory()
        assert box.alive()
        assert shell(box, "echo still here") == "still here"
    assert box.out_of_memory()


def test_an_ordinary_user() -> None:
    if os.geteuid():
        pytest.skip("this is one already")
    as_nobody(_ordinary)


def _ordinary() -> None:
    with start(limits=Limits(processes=16)) as box:
        assert box.backend == "bubblewrap"
        assert shell(box, "id -un; stat -c %U /home/agent").split() == ["agent", "agent"]
        box.write("/tmp/x", b"x")
        assert box.read("/tmp/x") == b"x"
        assert box.open("/usr/bin/env") > 2
        assert _fill(box) > 8
        inside = [os.pidfd_open(pid) for pid in below(box.pid)]
        assert len(inside) > 8
    box.close(wait=True)
    assert all(wait_for(pidfd, 0) for pidfd in inside)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Root().plus(read_only=[("/no/such", "/x")]), "'/no/such'"),
        (lambda: Root().plus(read_only=[("/usr", "x")]), "absolute"),
        (lambda: Root().plus(files={"/tmp/x": b""}), "Sandbox.write"),
        (lambda: Root().plus(files={"/opt/../x": b""}), "plain"),
        (lambda: Limits(memory=0), "Limits.memory"),
        (lambda: Limits(processes=True), "Limits.processes"),
        (lambda: Limits(disk=1 << 20), "Limits.disk"),
        (lambda: start("bubblewarp"), "did you mean 'bubblewrap'"),
        (lambda: start(hostname="a b"), "hostname"),
    ],
)
def test_wrong_arguments(make: object, says: str) -> None:
    assert callable(make)
    with pytest.raises(UsageError, match=says):
        make()
