from __future__ import annotations

import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from cuagym import pack as packs
from cuagym.errors import TaskError
from cuagym.pack import TaskPack, discover, find, validator_sources

FAMILY = """
from cuagym.task import TaskFamily

from ._helper import APP


class Family(TaskFamily):
    id = "{id}"
    app = APP

    def sample(self, rng): return {{}}
    def setup(self, params): return {{}}
    def instruction(self, params): return "Do it."
    def validators(self, params): return []
    def solve(self, params, screen): return []
    def near_misses(self, params, screen): return {{}}
"""
TOML = 'name = "{name}"\nversion = "2.1"\n[sets]\n"core@1" = ["do-this"]\n'


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Discovery is remembered; tests must not see each other's."""
    packs._discover.cache_clear()
    yield
    packs._discover.cache_clear()
    packs._by_path.clear()


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    def make(name: str = "mine", **files: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        standard = {
            "pack.toml": TOML.format(name=name),
            "do_this.py": FAMILY.format(id=f"{name}/do-this"),
            "_helper.py": 'APP = "excel"\n',
        }
        for file, text in (standard | files).items():
            (folder / file).write_text(text)
        return folder

    return make


def test_our_own_pack_is_installed() -> None:
    pack = discover()["excel"]
    assert "monthly-total" in pack.names
    assert "excel/monthly-total" in [f.id for f in find("excel/core@1", app="excel")]
    assert [f.id for f in find("excel/monthly-*")] == ["excel/monthly-total"]


def test_a_folder_is_a_pack(make: Callable[..., Path]) -> None:
    folder = make()
    pack = discover([folder])["mine"]
    assert (pack.version, pack.names, pack.sets) == ("2.1", ("do-this",), {"core@1": ("do-this",)})
    for spec in ("mine/do-this", "mine/*", "m*/do-*", "mine/core@1"):
        assert [f.id for f in find(spec, folders=[folder])] == ["mine/do-this"]
    assert find("mine/do-this", folders=[folder])[0] is find("mine/*", folders=[folder])[0]


def test_the_environment_lists_folders(
    make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUAGYM_PACKS", f"{make('one')}:{make('two')}")
    assert {"excel", "one", "two"} <= set(discover())
    assert find("two/do-this")[0].id == "two/do-this"


def test_finding_packs_imports_no_family(make: Callable[..., Path]) -> None:
    folder = make(**{"do_this.py": "raise RuntimeError('imported')"})
    before = set(sys.modules)
    assert discover([folder])["mine"].names == ("do-this",)
    assert not [m for m in set(sys.modules) - before if "do_this" in m or "monthly_total" in m]


def test_the_hash_is_of_the_content_and_not_of_the_place(
    make: Callable[..., Path], tmp_path: Path
) -> None:
    folder = make()
    copy = shutil.copytree(folder, tmp_path / "elsewhere")
    (copy / "__pycache__").mkdir()
    (copy / "__pycache__" / "do_this.pyc").write_bytes(b"x")
    assert TaskPack.read(folder).hash == TaskPack.read(copy).hash
    (copy / "_helper.py").write_text('APP = "word"\n')
    assert TaskPack.read(folder).hash != TaskPack.read(copy).hash


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("pack.toml", "name = ", "not TOML"),
        ("pack.toml", 'name = "mine"', "'version'"),
        ("pack.toml", 'name = "My/Pack"\nversion = "1"', "lower case"),
        ("pack.toml", TOML.format(name="mine").replace("do-this", "do-thsi"), "did you mean"),
        ("pack.toml", TOML.format(name="excel"), "is taken by"),
        ("pack.toml", 'name = "mine"\nversion = "1"\ngenerator = "_made"', "No module named"),
    ],
)
def test_a_broken_pack_warns_and_harms_no_other(
    make: Callable[..., Path], file: str, text: str, says: str
) -> None:
    broken, sound = make("mine", **{file: text}), make("sound")
    with pytest.warns(UserWarning, match=rf"'mine'.*left out.*{says}"):
        found = discover([broken, sound])
    assert {"excel", "sound"} <= set(found) and "mine" not in found
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # said once
        with pytest.raises(TaskError, match=says):
            find("mine/do-this", folders=[broken, sound])


def test_a_missing_folder_warns(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="No such file"):
        assert "excel" in discover([tmp_path / "gone"])


def test_a_broken_distribution_warns_and_harms_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    real = packs.entry_points

    def with_broken(group: str) -> list[EntryPoint]:
        return [EntryPoint("bad", "no_such_module.tasks", group), *real(group=group)]

    monkeypatch.setattr(packs, "entry_points", with_broken)
    with pytest.warns(UserWarning, match="'bad'.*no_such_module"):
        assert "excel" in discover()
    with pytest.raises(TaskError, match="pack 'bad' is broken: .*no_such_module"):
        find("bad/anything")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import nothing_of_that_name", "nothing_of_that_name"),
        ("raise SystemError('boom')", "boom"),
        ("x = 1", "must define one TaskFamily, has 0"),
        (FAMILY.format(id="mine/other"), "must be 'mine/do-this'.*'mine/other'"),
        (FAMILY.format(id="mine/do-this").replace("def solve", "def sovle"), "Family lacks solve"),
    ],
)
def test_a_broken_family_is_an_error_by_name_and_left_out_of_globs(
    make: Callable[..., Path], text: str, says: str
) -> None:
    folder = make(
        **{"do_this.py": text, "do_that.py": FAMILY.format(id="mine/do-that")},
    )
    for spec in ("mine/do-this", "mine/core@1"):
        with pytest.raises(TaskError, match=says):
            find(spec, folders=[folder])
    with pytest.warns(UserWarning, match=says):
        assert [f.id for f in find("mine/*", folders=[folder])] == ["mine/do-that"]


@pytest.mark.parametrize(
    ("spec", "app", "says"),
    [
        ("excel/monthly-totl", None, "did you mean 'excel/monthly-total'"),
        ("exel/core@1", None, "did you mean 'excel/core@1'"),
        ("nonsense", None, "known are browser/core@1, excel/core@1"),
        ("excel/nothing-*", None, "no task is named by"),
        ("excel/monthly-total", "word", "for the application 'word'.*it is for 'excel'"),
    ],
)
def test_unknown_names_are_answered_with_known_ones(spec: str, app: str | None, says: str) -> None:
    with pytest.raises(TaskError, match=says):
        find(spec, app)


def test_unknown_family_of_a_pack() -> None:
    with pytest.raises(TaskError, match="did you mean 'excel/monthly-total'"):
        discover()["excel"].family("monthly-totals")


def test_validators_come_from_entry_points_and_packs(make: Callable[..., Path]) -> None:
    folder = make(**{"validators.py": "__all__ = []"})
    sources = validator_sources([folder])
    assert sources["workbook"] == "cuagym.validators.workbook"
    assert sources["mine"] == str(folder / "validators.py")
    assert discover([folder])["mine"].names == ("do-this",)


TASK = """
id = "{id}"
app = "excel"
instruction = "Do it."
open = "{document}"
[[validators]]
name = "workbook.cells"
cells = {{ A1 = 1 }}
"""


def task(path: Path, id: str) -> Path:
    """A task file, and the workbook that it opens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / f"{path.stem}.csv").write_text("a,b\n")
    path.write_text(TASK.format(id=id, document=f"{path.stem}.csv"))
    return path


def test_task_files_stand_beside_modules(make: Callable[..., Path]) -> None:
    folder = make()
    task(folder / "with_file.toml", "mine/with-file")
    task(folder / "own-folder" / "task.toml", "mine/own-folder")
    for hidden in ("_draft.toml", ".hidden.toml", "corpus/task.toml", "_x/task.toml"):
        task(folder / hidden, "mine/none")
    text = (folder / "pack.toml").read_text().replace('["do-this"]', '["do-this", "own-folder"]')
    (folder / "pack.toml").write_text(text)
    assert discover([folder])["mine"].names == ("do-this", "own-folder", "with-file")
    for spec in ("mine/core@1", "mine/with-file", "mine/*"):
        assert find(spec, folders=[folder])
    assert [f.id for f in find("mine/core@1", folders=[folder])] == [
        "mine/do-this",
        "mine/own-folder",
    ]
    for path, names in {folder: 3, folder / "pack.toml": 3, folder / "with_file.toml": 1}.items():
        assert len(find(str(path), folders=[folder])) == names
    found = find(str(folder / "own-folder" / "task.toml"), folders=[folder])
    assert found[0] is find("mine/own-folder", folders=[folder])[0]


def test_a_folder_of_task_files_is_a_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        task(tmp_path / "some" / f"{name}.toml", f"errands/{name}-x")
    monkeypatch.setenv("CUAGYM_PACKS", str(tmp_path / "some"))
    pack = discover()["errands"]
    assert (pack.version, pack.names) == ("0", ("one-x", "two-x"))
    assert [f.id for f in find("errands/*")] == ["errands/one-x", "errands/two-x"]
    assert find(str(tmp_path / "some" / "two.toml")) == find("errands/two-x")
    assert packs.pack_of("errands/two-x") is pack


def test_one_broken_task_file_harms_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "some"
    task(folder / "good.toml", "errands/good")
    task(folder / "bad_one.toml", "errands/bad-one").write_text("id = 3\n")
    assert discover([folder])["errands"].names == ("bad-one", "good")
    with pytest.warns(UserWarning, match=r"'errands/bad-one' is left out: .*line 1, key 'id'"):
        assert [f.id for f in find("errands/*", folders=[folder])] == ["errands/good"]
    with pytest.raises(TaskError, match="bad_one.toml, line 1, key 'id': a text is wanted, got 3"):
        find(str(folder))


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (
            {"a.toml": "errands/x", "b.toml": "errands/x"},
            r"task 'errands/x' is there twice: .*a\.toml and .*b\.toml",
        ),
        (
            {"a.toml": "errands/x", "b.toml": "chores/y"},
            r"several packs, .*'errands/x' \(.*a\.toml\) and 'chores/y' \(.*b\.toml\)",
        ),
        (
            {"do_this.py": "", "do-this.toml": "mine/do-this", "pack.toml": ""},
            r"task 'mine/do-this' is there twice: .*do_this\.py and .*do-this\.toml",
        ),
        (
            {"a.toml": "mine/b", "do_this.py": "", "pack.toml": ""},
            r"a\.toml, line 2, key 'id': it must be 'mine/a', as pack and file are called",
        ),
        ({}, "holds neither a pack.toml nor task files$"),
        ({"src/mine/pack.toml": ""}, "nor task files; did you mean '.*src/mine'"),
    ],
)
def test_folders_that_are_no_pack(tmp_path: Path, files: dict[str, str], says: str) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, id in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".py"):
            path.write_text(
                FAMILY.format(id="mine/do-this").replace("from ._helper", "APP = 'excel' #")
            )
        elif name.endswith("pack.toml"):
            path.write_text(TOML.format(name="mine"))
        else:
            task(path, id)
    with pytest.raises(TaskError, match=says):
        find(str(folder))


def test_the_hash_leaves_out_recorded_ends_and_takes_in_files_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "some"
    path = task(folder / "one.toml", "errands/one")
    (tmp_path / "far.csv").write_text("1\n")
    path.write_text('files = ["../far.csv"]\n' + path.read_text())
    before = TaskPack.read(folder).hash
    for ignored in ("corpus/one.tar.xz", ".git/x", "__pycache__/x.pyc"):
        (folder / ignored).parent.mkdir()
        (folder / ignored).write_text("x")
    assert TaskPack.read(folder).hash == before
    for changed in (tmp_path / "far.csv", folder / "one.csv", folder / "more.txt"):
        changed.write_text("2\n")
        assert TaskPack.read(folder).hash != before
        before = TaskPack.read(folder).hash


def test_a_packs_folder_brings_its_validators(make: Callable[..., Path]) -> None:
    folder = make(**{"validators.py": "__all__ = ['ok']\ndef ok(artefacts, n: int): return []\n"})
    path = task(folder / "with-own.toml", "mine/with-own")
    path.write_text(path.read_text() + '[[validators]]\nname = "mine.ok"\nn = 1\n')
    [found] = find(str(path))
    assert [v.name for v in found.validators({})] == ["workbook.cells", "mine.ok"]
    assert validator_sources()["mine"] == str(folder / "validators.py")
    path.write_text(path.read_text().replace("n = 1", "n = '1'"))
    with pytest.raises(TaskError, match=r"validators\[1\]\.n.* must be a whole number, got '1'"):
        find(str(path))
