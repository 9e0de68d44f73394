"""What a desktop may see of its host, and how much it may use: one description for all backends.

The root of a sandbox is an allow list. There is /usr with the links into it, the few parts of /etc
and /var that its programs need, private tmpfs where one writes, and files of our own; nothing of
the host's users, network or configuration. All of it is read-only but the tmpfs.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from types import MappingProxyType

from cuagym.errors import UsageError
from cuagym.native.build import artifact

__all__ = ["Limits", "Root"]

UID = 1000
"""The agent's user and group inside; it has no capability and can get none."""
HOME = "/home/agent"
INIT = "/opt/cuagym/init"
PRELOAD = "/opt/cuagym/clock.so"

DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
DEVICE_LINKS = {
    "/dev/fd": "/proc/self/fd",
    "/dev/stdin": "/proc/self/fd/0",
    "/dev/stdout": "/proc/self/fd/1",
    "/dev/stderr": "/proc/self/fd/2",
}

# LibreOffice ends at once without /var/lib/libreoffice or a passwd entry. Fonts, GTK, X and menus
# are configured below /etc, and Debian's alternatives are links through it.
_HOST = (
    "/usr",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/gtk-3.0",
    "/etc/ld.so.cache",
    "/etc/libreoffice",
    "/etc/mime.types",
    "/etc/X11",
    "/etc/xdg",
    "/var/cache/fontconfig",
    "/var/lib/libreoffice",
)
_USR_LINKS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_FILES = {
    "/etc/passwd": f"root:x:0:0:root:/root:/usr/sbin/nologin\nagent:x:{UID}:{UID}::{HOME}:/bin/sh\n"
    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
    "/etc/group": f"root:x:0:\nagent:x:{UID}:\nnogroup:x:65534:\n",
    "/etc/machine-id": "c0a9e5d8f1b24e7396a1d0c3b2e4f586\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
_ENV = {
    "PATH": "/usr/bin:/bin",
    "HOME": HOME,
    "USER": "agent",
    "LOGNAME": "agent",
    "SHELL": "/bin/sh",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
}
# Sixteenths of Limits.disk. /tmp holds the framebuffer, /dev/shm what browsers share.
_TMPFS = {"/home": 8, "/tmp": 4, "/dev/shm": 3, "/run": 1}


def _frozen(content: Mapping[str, str]) -> Mapping[str, bytes]:
    return MappingProxyType({path: text.encode() for path, text in content.items()})


def _host_parts() -> tuple[tuple[str, str], ...]:
    unmerged = [p for p in _USR_LINKS if os.path.isdir(p) and not os.path.islink(p)]
    return tuple((os.path.realpath(p), p) for p in (*_HOST, *unmerged) if os.path.exists(p))


def _links() -> tuple[tuple[str, str], ...]:
    links = [(p, os.readlink(p).removeprefix("/")) for p in _USR_LINKS if os.path.islink(p)]
    return (*links, ("/etc/localtime", "../usr/share/zoneinfo/Etc/UTC"))


@dataclass(frozen=True)
class Limits:
    """What one sandbox may use.

    Attributes:
        memory: Bytes, of all its processes and tmpfs together. Only runc enforces it.
        processes: Processes and threads.
        disk: Bytes that can be written, all tmpfs together; half of it lies in /home.

    Raises:
        UsageError: If one is not a whole number above 0, or `disk` is below 16 MiB.
    """

    memory: int = 2 << 30
    processes: int = 512
    disk: int = 512 << 20

    def __post_init__(self) -> None:
        """Checks the values."""
        for name, least in (("memory", 1), ("processes", 1), ("disk", 16 << 20)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise UsageError(
                    f"Limits.{name} must be a whole number of at least {least}; got {value!r}"
                )

    def tmpfs(self) -> dict[str, int]:
        """The writable places and their sizes in bytes."""
        return {path: self.disk * share // 16 for path, share in _TMPFS.items()}


@dataclass(frozen=True)
class Root:
    """What a sandbox sees.

    Attributes:
        read_only: Pairs of a path on the host and the path inside where it is seen, read-only. The
            agent must be able to read it as a stranger does (the folders above do not matter).
        links: Pairs of a path inside and what the symbolic link there points to.
        files: Contents of files inside, by path. They lie outside the tmpfs and cannot be changed.
        executables: Pairs of a path inside and the program or library on the host copied there.
        env: The environment that every program starts with.
        clock: Whether the application clock is preloaded into every program, and its page made.

    Example:
        >>> root = Root(clock=True).plus(files={"/opt/answer": b"42"})
        >>> root.files["/opt/answer"]
        b'42'
    """

    read_only: tuple[tuple[str, str], ...] = field(default_factory=_host_parts)
    links: tuple[tuple[str, str], ...] = field(default_factory=_links)
    files: Mapping[str, bytes] = field(default_factory=lambda: _frozen(_FILES))
    executables: tuple[tuple[str, str], ...] = ()
    env: Mapping[str, str] = field(default_factory=lambda: MappingProxyType(dict(_ENV)))
    clock: bool = False

    def __post_init__(self) -> None:
        """Checks that every path can be shown."""
        for host, inside in self.read_only:
            _check(inside, "Root.read_only")
            if not os.path.exists(host):
                raise UsageError(f"Root.read_only names {host!r}, which does not exist on the host")
        for inside in (*self.files, *(path for path, _ in (*self.links, *self.executables))):
            _check(inside, "Root.files, Root.links and Root.executables")
            if place := next((p for p in _TMPFS if _below(inside, p)), None):
                raise UsageError(
                    f"{inside!r} lies in {place}, which is empty when a sandbox starts; write it "
                    "with Sandbox.write once it runs, or choose a path such as /opt/NAME"
                )

    def plus(
        self,
        read_only: Iterable[tuple[str, str]] = (),
        files: Mapping[str, bytes] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Root:
        """This root with more to see.

        Args:
            read_only: More pairs of host path and path inside.
            files: More files, or other contents for known ones.
            env: More variables, or other values.

        Raises:
            UsageError: If a path is not absolute and plain, is missing on the host, or a file would
                lie in a tmpfs.
        """
        return replace(
            self,
            read_only=(*self.read_only, *read_only),
            files=MappingProxyType({**self.files, **(files or {})}),
            env=MappingProxyType({**self.env, **(env or {})}),
        )

    def complete(self, hostname: str) -> Root:
        """This root with the files that follow from its settings, our own programs among them.

        Raises:
            SetupError: If a program of ours cannot be compiled.
        """
        own: dict[str, bytes] = {
            "/etc/hostname": f"{hostname}\n".encode(),
            "/etc/hosts": f"127.0.0.1 localhost {hostname}\n::1 localhost\n".encode(),
        }
        programs = [(INIT, str(artifact("init")))]
        if self.clock:
            own["/etc/ld.so.preload"] = f"{PRELOAD}\n".encode()
            programs.append((PRELOAD, str(artifact("clock.so"))))
        files = MappingProxyType({**own, **self.files})
        return replace(self, files=files, executables=(*self.executables, *programs))

    def folders(self) -> list[str]:
        """The folders in which everything is shown, parents first."""
        inside = [path for _, path in self.read_only]
        inside += [*self.files, *(path for path, _ in (*self.links, *self.executables)), *_TMPFS]
        parents = {str(p) for path in inside for p in PurePosixPath(path).parents}
        return sorted(parents - {"/"})

    def init(self, processes: int = 0) -> list[str]:
        """The command line of the first process.

        Args:
            processes: How many it and its children may be by RLIMIT_NPROC; 0: not limited by that.
        """
        clock = ["--clock"] if self.clock else []
        return [INIT, "--processes", str(processes), *clock]


def _below(path: str, folder: str) -> bool:
    return f"{path}/".startswith(f"{folder}/")


def _check(path: str, where: str) -> None:
    if not path.startswith("/") or path == "/" or os.path.normpath(path) != path:
        raise UsageError(f"{where}: a path inside must be absolute and plain; got {path!r}")
