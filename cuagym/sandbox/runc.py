"""Sandboxes by runc, for root: a user namespace, limits on memory and processes, and copies (CRIU).

`runc delete` is not used: it takes 0.1 s for what a signal and a few rmdir do. When the first
process of a pid namespace is killed, the kernel kills the rest, and the mounts go with the last of
them; the control groups and the folder are ours to remove.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from cuagym.errors import Fault, SetupError
from cuagym.native.build import artifact
from cuagym.sandbox import cgroups, criu, folders, memory
from cuagym.sandbox.image import Image
from cuagym.sandbox.launch import Launch, Recipe, Running, find
from cuagym.sandbox.root import UID, Limits, Root

PROMISES = (
    "runc: its own user, pid, mount, ipc, uts and network namespaces (loopback only); no user of "
    "the host inside; memory, processes and disk limited per desktop; out of memory is told apart "
    "from a crash."
)

_IDS = [{"containerID": 0, "hostID": 100_000, "size": 65_536}]
_NAMESPACES = ("pid", "mount", "ipc", "uts", "network", "user")
_CAPABILITIES = ("bounding", "effective", "permitted", "inheritable", "ambient")
_MASKED = ("/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/sched_debug", "/proc/timer_list")
_READ_ONLY = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")


def unusable() -> str:
    """Why runc cannot be used here; "" if it can."""
    if os.geteuid():
        return "only root can use runc"
    if not find("runc"):
        return "runc is not installed (apt-get install runc)"
    return cgroups.unusable()


def _mounts(root: Root, limits: Limits) -> list[dict[str, Any]]:
    def tmpfs(path: str, *options: str) -> dict[str, Any]:
        options = ("nosuid", *options)
        return {"destination": path, "type": "tmpfs", "source": "tmpfs", "options": [*options]}

    def bind(host: str, inside: str) -> dict[str, Any]:
        options = ["rbind", "rro", "nosuid", "nodev"]  # rro: also what is mounted below it
        return {"destination": inside, "type": "bind", "source": host, "options": options}

    options = ["nosuid", "nodev", "noexec"]
    proc = {"destination": "/proc", "type": "proc", "source": "proc", "options": options}
    return [
        proc,
        tmpfs("/dev", "mode=755", "size=64k"),
        *(
            tmpfs(path, "nodev", "mode=1777", f"size={size}")
            for path, size in limits.tmpfs().items()
        ),
        *(bind(host, inside) for host, inside in root.read_only),
    ]


def _config(name: str, root: Root, limits: Limits, hostname: str, rootfs: Path) -> dict[str, Any]:
    return {
        "ociVersion": "1.0.2",
        "hostname": hostname,
        "root": {"path": str(rootfs), "readonly": True},
        "mounts": _mounts(root, limits),
        "process": {
            "terminal": False,
            "user": {"uid": UID, "gid": UID},
            "args": root.init(),
            "env": [f"{key}={value}" for key, value in root.env.items()],
            "cwd": "/",
            "noNewPrivileges": True,
            "capabilities": {kind: [] for kind in _CAPABILITIES},
        },
        "linux": {
            "namespaces": [{"type": kind} for kind in _NAMESPACES],
            "uidMappings": _IDS,
            "gidMappings": _IDS,
            "maskedPaths": list(_MASKED),
            "readonlyPaths": list(_READ_ONLY),
            "cgroupsPath": f"/{cgroups.PARENT}/{name}",
            "resources": {
                "memory": cgroups.memory(limits.memory),
                "pids": {"limit": limits.processes},
            },
        },
    }


def _folder(path: Path, mode: int = 0o755) -> None:
    """Makes a folder that sandboxes can see into, whatever the umask."""
    if path.is_dir():
        return
    _folder(path.parent)
    path.mkdir()
    path.chmod(mode)


def _write(path: Path, content: bytes, mode: int) -> None:
    _folder(path.parent)
    path.write_bytes(content)
    path.chmod(mode)


def _build(rootfs: Path, root: Root, places: Mapping[str, int]) -> None:
    """Fills the folder that the sandbox has as its root; runc then has nothing to make in it."""

    def at(inside: str) -> Path:
        return rootfs / inside.removeprefix("/")

    for path in ("/proc", "/dev"):
        _folder(at(path))
    for path in places:
        _folder(at(path), 0o1777)  # runc gives a tmpfs the mode of its mount point
    for path, content in root.files.items():
        _write(at(path), content, 0o444)
    for path, host in root.executables:
        _write(at(path), Path(host).read_bytes(), 0o555)
    for path, target in root.links:
        _folder(at(path).parent)
        at(path).symlink_to(target)
    for host, inside in root.read_only:
        if os.path.isdir(host):
            _folder(at(inside))
        elif not at(inside).exists():
            _write(at(inside), b"", 0o444)


def _discard(folder: folders.Folder) -> None:
    """Removes what a sandbox has on the host, its processes included, if any is left."""
    cgroups.kill(folder.name)
    left = cgroups.remove(folder.name)
    if left:
        warnings.warn(f"could not remove {', '.join(map(str, left))}", stacklevel=2)
    folder.remove()
    folders.when_empty(also=cgroups.remove_parents)


def sweep() -> None:
    """Discards what owners that were killed have left behind."""
    for folder in folders.abandoned():
        _discard(folder)
    memory.sweep()


def start(root: Root, limits: Limits, hostname: str) -> Running:
    """Starts a sandbox.

    Raises:
        SetupError: If the machine does not let it.
        Fault: If something broke; nothing is left running.
    """
    program = find("runc")
    reason = unusable()
    if reason or not program:
        raise SetupError(reason)
    root = root.complete(hostname)
    try:
        folder = folders.claim()
    except OSError as e:
        raise Fault(f"a sandbox's folder could not be made: {e}") from e
    try:
        return _start(program, folder, root, limits, hostname)
    except BaseException as e:
        _discard(folder)
        if isinstance(e, OSError):
            raise Fault(f"a sandbox could not be started with runc: {e}") from e
        raise


def _start(
    program: str, folder: folders.Folder, root: Root, limits: Limits, hostname: str
) -> Running:
    rootfs, state, pid_file = (folder.path / name for name in ("rootfs", "state", "pid"))
    _build(rootfs, root, limits.tmpfs())
    config = _config(folder.name, root, limits, hostname, rootfs)
    (folder.path / "config.json").write_text(json.dumps(config))
    try:
        cgroups.prepare()
    except OSError as e:
        raise SetupError(f"control groups cannot be made here ({e}); use bubblewrap") from e
    command = [str(artifact("init")), "--reap", program, "--root", str(state), "run", "--detach"]
    command += ["--no-new-keyring", "--preserve-fds", "2", "--pid-file", str(pid_file)]
    command += ["--bundle", str(folder.path), folder.name]
    with Launch(command, name="runc", awaited=b"12") as launch:
        launch.wait_ready()
        pid = int(pid_file.read_text())
        recipe = Recipe(root, limits, hostname)
        return _running(folder, recipe, launch, pid, cgroups.scheduled if root.clock else None)


def _running(
    folder: folders.Folder,
    recipe: Recipe,
    launch: Launch,
    pid: int,
    finish: Callable[[int], object] | None = None,
) -> Running:
    """What `start` and `restore` return of a first process, after something was done to it."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        raise launch.failure("ended as soon as it was ready") from None
    try:
        if finish:
            finish(pid)
    except BaseException:
        os.close(pidfd)
        raise
    return Running(
        "runc",
        pid,
        pidfd,
        launch.take_helper(),
        lambda: _discard(folder),
        partial(cgroups.out_of_memory, cgroups.memory_events(folder.name)),
        partial(cgroups.memory_used, folder.name),
        recipe,
        watched=True,
    )


def restore(image: Image, cpu: int) -> Running:
    """Makes a sandbox of what CRIU has written of another one.

    Args:
        image: Of that one.
        cpu: Where its processes will live.

    Raises:
        SetupError: If the machine does not let it.
        Fault: If something broke; nothing is left running.
    """
    if reason := unusable() or criu.unusable():
        raise SetupError(reason)
    try:
        folder = folders.claim()
    except OSError as e:
        raise Fault(f"a sandbox's folder could not be made: {e}") from e
    try:
        return _restore(folder, image, cpu)
    except BaseException as e:
        _discard(folder)
        if isinstance(e, OSError):
            raise Fault(f"a snapshot could not be restored: {e}") from e
        raise


def _restore(folder: folders.Folder, image: Image, cpu: int) -> Running:
    rootfs = folder.path / "rootfs"
    root, limits = image.recipe.root, image.recipe.limits
    _build(rootfs, root, limits.tmpfs())
    claimed = memory.claim(0)  # not below /run, which CRIU sees another one of
    work = claimed.path
    try:
        cgroups.prepare()
        joins = cgroups.make(folder.name, limits.memory, limits.processes)
        hosts = {inside: host for host, inside in root.read_only}
        seen = {place: hosts.get(place) or _device(place) for place in image.external}
        command = [str(artifact("init")), "--reap"]
        command += criu.command(
            *(word for join in joins for word in ("--join", join)),
            *("--cpu", str(cpu), "--root", str(rootfs)),
        )
        command += criu.restore_options(image.folder, work, seen)
        with Launch(command, name="CRIU", awaited=b"2") as launch:
            try:
                launch.wait_ready()
            except Fault as e:
                raise Fault(f"{e}: {criu.said(work / 'restore.log')}") from e
            pid = int((work / "pid").read_text())
            counted = partial(criu.last_pid, wanted=image.last_pid)
            return _running(folder, image.recipe, launch, pid, counted)
    finally:
        claimed.remove()


def _device(place: str) -> str:
    """What of the host stands at a place: a device, or nothing in front of a masked file."""
    return place if place.startswith("/dev/") else "/dev/null"
