"""A snapshot as one file: written by one process, read by another on such a machine.

It is a tar. The first member is a table of the others, with the length and the hash of each, and
all that is not an image of processes; the table's own hash stands in its name.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cuagym import app as apps
from cuagym.actions import from_json, to_json
from cuagym.errors import CuagymError, Fault, UsageError
from cuagym.sandbox import memory
from cuagym.session import Frozen
from cuagym.supply import Settings
from cuagym.task import TaskInstance
from cuagym.verdict import Verdict

if TYPE_CHECKING:
    from cuagym.snapshot.state import Snapshot

__all__ = ["read", "write"]

FORMAT: Final = 2
_TABLE: Final = "snapshot-{}.json"
_FRAME: Final = "frame"
_CHUNK: Final = 1 << 20


def write(snapshot: Snapshot, path: Path) -> None:
    """Write a snapshot to a file, which is there whole or not at all.

    Raises:
        OSError: It cannot be written.
    """
    images = sorted(snapshot.session.image.folder.iterdir())
    frame = snapshot.frame.tobytes()
    table = {
        "format": FORMAT,
        "parts": {
            **{f"image/{p.name}": [p.stat().st_size, _hash_of(p)] for p in images},
            _FRAME: [len(frame), hashlib.blake2b(frame).hexdigest()],
        },
        "shape": snapshot.frame.shape,
        "settings": asdict(snapshot.settings),
        "session": snapshot.session.to_json(),
        "episode": _episode_to_json(snapshot.episode),
        "judged": _judged_to_json(snapshot.judged),
        "random": snapshot.random.bit_generator.state,
        "options": _options_to_json(snapshot.options),
    }
    told = json.dumps(table).encode()
    work = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with tarfile.open(work, "w") as archive:
            _add(archive, _TABLE.format(hashlib.blake2b(told, digest_size=16).hexdigest()), told)
            for image in images:
                archive.add(image, f"image/{image.name}", filter=_plain)
            _add(archive, _FRAME, frame)
        work.replace(path)
    finally:
        with suppress(FileNotFoundError):
            work.unlink()


def read(path: Path, make: Callable[..., Snapshot]) -> Snapshot:
    """Read the snapshot that `write` wrote.

    Args:
        path: The file.
        make: Makes a snapshot of its attributes.

    Raises:
        UsageError: It is none, is cut short, was altered, or was taken on another kind of machine.
        Fault: There is too little memory for it.
        OSError: It cannot be read.
    """
    try:
        with tarfile.open(path, "r:") as archive:
            return _read(archive, path, make)
    except (tarfile.TarError, EOFError) as e:
        raise UsageError(f"{path} is no snapshot, or was cut short: {e}") from e
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as e:
        if isinstance(e, CuagymError):
            raise
        raise UsageError(f"{path} is no snapshot that this version can read: {e!r}") from e


def _read(archive: tarfile.TarFile, path: Path, make: Callable[..., Snapshot]) -> Snapshot:
    first = archive.next()
    told = _content(archive, first) if first else b""
    wanted = _TABLE.format(hashlib.blake2b(told, digest_size=16).hexdigest())
    if first is None or first.name != wanted:
        raise UsageError(f"{path} is no snapshot, or was altered: its table of contents is wrong")
    table = json.loads(told)
    if table["format"] != FORMAT:
        raise UsageError(f"{path} has format {table['format']}; this version reads {FORMAT}")
    listed = {k: tuple(v) for k, v in table["settings"].items() if isinstance(v, list)}
    settings = Settings(**{**table["settings"], **listed})
    app = apps.load(settings.app)
    parts = table["parts"]
    try:
        # Before anything large is read: is it of this kind of machine at all?
        Frozen.from_json(table["session"], path, app)
        folder = memory.claim(sum(size for size, _ in parts.values()))
    except OSError as e:
        raise Fault(f"{path} cannot be loaded: {e}") from e
    except Fault as e:
        raise UsageError(f"{path} cannot go on here: {e}; take it again on this machine") from e
    try:
        frame = b""
        for name, (size, digest) in parts.items():
            member = archive.next()
            if member is None or member.name != name or member.size != size:
                raise UsageError(f"{path} was cut short or altered: {name} is missing")
            if name == _FRAME:
                frame = _content(archive, member)
                found = hashlib.blake2b(frame).hexdigest()
            else:
                found = _unpack(archive, member, folder.path / Path(name).name)
            if found != digest:
                raise UsageError(f"{path} was altered: {name} is not what was written")
        return make(
            settings,
            Frozen.from_json(table["session"], folder.path, app),
            _episode_from_json(table["episode"]),
            _judged_from_json(table["judged"]),
            _generator(table["random"]),
            _options_from_json(table["options"]),
            np.frombuffer(frame, np.uint8).reshape(table["shape"]).copy(),
            folder,
        )
    except BaseException:
        folder.remove()
        raise


# ---- parts


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = info.mtime = 0
    info.uname = info.gname = ""
    return info


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    if file is None:
        raise tarfile.ReadError(f"{member.name} is no file")
    return file.read()


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, to: Path) -> str:
    file, digest = archive.extractfile(member), hashlib.blake2b()
    if file is None:
        raise tarfile.ReadError(f"{member.name} is no file")
    with to.open("wb") as target:
        while data := file.read(_CHUNK):
            digest.update(data)
            target.write(data)
    to.chmod(0o644)  # whatever the umask: who is restored reads it, and is nobody to the host
    return digest.hexdigest()


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, hashlib.blake2b).hexdigest()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _generator(state: Mapping[str, Any]) -> np.random.Generator:
    generator = getattr(np.random, str(state["bit_generator"]))()
    generator.state = dict(state)
    return np.random.Generator(generator)


def _episode_to_json(episode: Mapping[str, Any]) -> dict[str, Any]:
    verdict, end = episode["verdict"], episode["end"]
    return {
        **episode,
        "instance": episode["instance"].to_json(),
        "verdict": verdict and verdict.to_json(),
        "end": end and to_json(end),
    }


def _episode_from_json(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **data,
        "instance": TaskInstance.from_json(data["instance"]),
        "verdict": data["verdict"] and Verdict.from_json(data["verdict"]),
        "end": data["end"] and from_json(data["end"]),
    }


def _judged_to_json(judged: Mapping[str, Any]) -> dict[str, Any]:
    """Verdicts are not kept: what was judged is judged again when it is asked for."""
    return {
        part: {name: _text(data) for name, data in judged[part].items()}
        for part in ("files", "beginning")
        if judged
    }


def _judged_from_json(data: Mapping[str, Any]) -> dict[str, Any]:
    if not data:
        return {}
    parts = {
        part: {name: base64.b64decode(text) for name, text in files.items()}
        for part, files in data.items()
    }
    return {"known": {}, **parts}


def _options_to_json(options: Mapping[str, Any]) -> dict[str, Any]:
    """Only what a reset heeds."""
    task = options.get("task")
    if isinstance(task, TaskInstance):
        return {"instance": task.to_json()}
    return {} if task is None else {"task": str(task)}


def _options_from_json(data: Mapping[str, Any]) -> dict[str, Any]:
    if "instance" in data:
        return {"task": TaskInstance.from_json(data["instance"])}
    return dict(data)
