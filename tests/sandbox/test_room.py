"""What the kernel hands out only so many of, told before it bites."""

from __future__ import annotations

import resource

import pytest

from cuagym.errors import UsageError
from cuagym.sandbox import memory, room


def test_what_there_is_too_little_of_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room.reserve(1)
    monkeypatch.setattr(memory, "available", lambda: 1 << 30)
    with pytest.raises(UsageError, match="40 desktops .* enough free memory for about 10 .*MiB"):
        room.reserve(40)
    monkeypatch.setattr(memory, "available", lambda: 1 << 40)
    monkeypatch.setattr(room, "_number", lambda name: 12 if "inotify" in name else 1 << 20)
    with pytest.raises(UsageError, match="inotify .* about 12 .sysctl -w fs.inotify"):
        room.reserve(40)


def test_a_process_may_open_as_many_files_as_its_desktops_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
    try:
        room.reserve(20)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (200 + 20 * 16, before[1])
        room.reserve(1)
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 200 + 20 * 16  # never lowered
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
