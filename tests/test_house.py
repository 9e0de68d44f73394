"""The house keeps its own rules: floors, what an import costs, one list of packages."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "cuagym"
CONTENT = ("envs", "tasks", "validators")

FLOORS = {
    0: "errors verdict actions codecs native cache packages artefacts documents formats jobs"
    " modules",
    1: "sandbox",
    2: "desktop",
    3: "app helper session task validation taskfile pack grading",
    4: "desktops renewal supply judge episode snapshot fingerprint env",
    5: "vector wrappers multi",
    6: "policies trajectory",
    7: "synthesis rollout learning serve inspector",
    8: "testing cli __main__ commands bench doctor play render",
}
FLOOR = {name: floor for floor, names in FLOORS.items() for name in names.split()}


def _modules() -> Iterator[tuple[str, Path]]:
    """The engine's modules by full name; its content lies behind symlinks."""
    for path in sorted(ENGINE.rglob("*.py")):
        inner = path.relative_to(ROOT).with_suffix("")
        if inner.parts[1] not in CONTENT and len(inner.parts) > 1:
            yield ".".join(inner.parts).removesuffix(".__init__"), path


def _imports(name: str, path: Path) -> Iterator[str]:
    """Everything of cuagym that a module imports, inside functions too."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        found: list[str] = []
        if isinstance(node, ast.Import):
            found = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*package.split(".")[: 1 - node.level or None], *base.split(".")])
            found = [f"{base}.{a.name}" for a in node.names]
        yield from (f for f in found if f.split(".")[0] == "cuagym")


def _part(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


EDGES = {
    (_part(name), _part(target), name)
    for name, path in _modules()
    for target in _imports(name, path)
    if _part(name) and _part(target) and not _part(target).startswith("_")
}


def test_every_module_has_a_floor() -> None:
    homeless = {_part(n) for n, _ in _modules()} - set(FLOOR) - {""}
    assert not homeless, f"give these a floor in this test and in docs/architecture.md: {homeless}"


def test_floors_import_only_downwards() -> None:
    upwards = {
        f"{name} (floor {FLOOR[source]}) imports cuagym.{target} (floor {FLOOR[target]})"
        for source, target, name in EDGES
        if source in FLOOR and target in FLOOR and FLOOR[target] > FLOOR[source]
    }
    assert not upwards


def test_parts_of_one_floor_do_not_import_each_other_in_circles() -> None:
    below = {s: {t for a, t, _ in EDGES if a == s and t != s} for s, _, _ in EDGES}

    def reached(part: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
        for target in below.get(part, set()) - seen:
            seen = reached(target, seen | {target})
        return seen

    assert not [part for part in below if part in reached(part)]


def test_the_engine_imports_no_content() -> None:
    assert not {(name, target) for _, target, name in EDGES if target in CONTENT}


def test_the_package_itself_imports_no_part_of_it() -> None:
    assert list(_imports("cuagym", ENGINE / "__init__.py")) == []


def _python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/"
    )
    return done.stdout.strip()


def test_import_starts_nothing_and_loads_nothing_heavy() -> None:
    loaded = _python(
        "import sys, os, threading, gymnasium\n"
        "before, fds = set(sys.modules), len(os.listdir('/proc/self/fd'))\n"
        "import cuagym\n"
        "assert threading.active_count() == 1\n"
        "assert len(os.listdir('/proc/self/fd')) == fds\n"
        "assert not open('/proc/thread-self/children').read()\n"
        "print(*sorted(set(sys.modules) - before))"
    ).split()
    heavy = ("torch", "docker", "Xlib", "PIL", "openpyxl", "importlib.metadata")
    heavy += tuple(f"cuagym.{name}" for name in FLOOR)
    assert not [m for m in loaded if m.startswith(heavy)]


@pytest.mark.parametrize("name", [*CONTENT, "images"])
def test_content_is_linked_into_the_package(name: str) -> None:
    link = ENGINE / name
    assert link.is_symlink() and str(link.readlink()) == f"../{name}"


def test_set_up_and_package_read_the_same_list_of_packages() -> None:
    from cuagym.packages import packages

    script = (ROOT / "setup.sh").read_text(encoding="utf-8")
    listed = next(line for line in script.splitlines() if line.startswith("listed() "))
    done = subprocess.run(
        ["sh", "-c", f"{listed}\nlisted"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert tuple(done.stdout.split()) == packages()


def test_every_package_of_the_list_has_a_reason() -> None:
    from cuagym.packages import groups

    assert all(group.why and group.packages for group in groups().values())
