from __future__ import annotations

from pathlib import Path

from cuagym import cache

FAMILY = '''
from cuagym.task import TaskFamily

print("a pack that prints while it is imported")


class Added(TaskFamily):
    """A task that somebody has added."""

    id = "mine/added"
    app = "excel"
    capabilities = ("nothing",)
    difficulty = "hard"

    def sample(self, rng): return {}
    def setup(self, params): return {}
    def instruction(self, params): return ""
    def validators(self, params): return []
    def solve(self, params, screen): return []
    def near_misses(self, params, screen): return {}
'''


def pack(folder: Path, name: str, **files: str) -> Path:
    folder.mkdir()
    (folder / "pack.toml").write_text(f'name = "{name}"\nversion = "2.0"\n')
    for stem, text in files.items():
        (folder / f"{stem}.py").write_text(text)
    return folder


def test_the_list_for_machines(cuagym):
    done = cuagym("list", "--json")
    assert done.code == 0 and done.err == ""
    tasks = {task["id"]: task for task in done.document["tasks"]}
    task = tasks["excel/monthly-total"]
    assert (task["app"], task["difficulty"], task["split"]) == ("excel", "easy", "train")
    assert "formula-sum" in task["capabilities"] and task["horizon"] > 0 and task["summary"]
    core = next(s for s in done.document["sets"] if s["id"] == "excel/core@1")
    assert set(core["tasks"]) <= set(tasks)


def test_the_list_for_people(cuagym):
    done = cuagym("list", "--app", "excel")
    assert done.code == 0 and done.out.startswith("ID ") and "excel/monthly-total" in done.out
    assert "excel/core@1" in cuagym("list", "--sets").out


def test_tasks_of_teams_are_listed_apart(cuagym):
    told = {team["id"]: team for team in cuagym("list", "--json").document["teams"]}
    assert told["team/regional-report"]["roles"] == {"analyst": "excel", "author": "word"}
    people = cuagym("list", "--app", "word").out
    assert "analyst (excel), author (word)" in people and "team/invoice" not in people


def test_other_peoples_packs_and_broken_ones(cuagym, tmp_path):
    mine = pack(tmp_path / "mine", "mine", added=FAMILY, torn="import nothing_like_this\n")
    torn = tmp_path / "torn"
    torn.mkdir()
    (torn / "pack.toml").write_text("name = 1\n")
    done = cuagym("list", "--json", CUAGYM_PACKS=f"{mine}:{torn}")
    assert done.code == 0
    ids = [task["id"] for task in done.document["tasks"]]
    assert {"excel/monthly-total", "mine/added"} <= set(ids) and "mine/torn" not in ids
    warned = [line for line in done.err.splitlines() if line.startswith("cuagym: warning: ")]
    assert len(warned) == 2
    assert any("'mine/torn'" in w and "nothing_like_this" in w for w in warned)
    assert any("'torn'" in w and "pack.toml" in w for w in warned)


def test_the_cache_is_shown_and_cleared(cuagym, tmp_path, monkeypatch):
    place = tmp_path / "cache"
    monkeypatch.setenv("CUAGYM_CACHE", str(place))
    cache.entry("profile", "excel-gtk3-1", lambda f: (f / "home.tar").write_bytes(b"x" * 2048))
    cache.entry("native", "clock-1", lambda f: (f / "clock.so").write_bytes(b"x" * 10))
    shown = cuagym("cache", "show", "--json").document
    assert (shown["folder"], shown["size"]) == (str(place), 2058)
    assert {"kind": "profile", "name": "excel-gtk3-1", "size": 2048} in shown["entries"]
    assert "2.0 KiB" in cuagym("cache").out
    assert cuagym("cache", "clear", "--json").document["cleared"] == 2058
    assert cuagym("cache", "--json").document["entries"] == [] and not place.exists()
