from __future__ import annotations

import os
import sys

import pytest

from cuagym import packages
from cuagym.commands import doctor
from cuagym.commands._extras import EXTRAS, Extra, require
from cuagym.commands.doctor import checks, kernel, selftest
from cuagym.errors import Fault, SetupError
from cuagym.sandbox import criu, unfreezable

PARTS = {"name", "ok", "detail", "fix", "needed"}


def test_a_machine_that_can_run_desktops(cuagym):
    done = cuagym("doctor", "--json")
    told = done.document
    assert done.code == 0 and told["ok"], done.out
    found = {check["name"]: check for check in told["checks"]}
    assert all(set(check) == PARTS for check in told["checks"])
    assert all(check["ok"] for check in told["checks"] if check["needed"])
    assert "ms" in found["self-test"]["detail"] and "1280x720" in found["self-test"]["detail"]
    assert told["sandbox"]["backend"] in ("runc", "bubblewrap") and told["sandbox"]["promises"]
    assert ("copies" in found) == (told["reset_mode"] == "restore")
    restores = "by restore from snapshots" in found["reset"]["detail"]
    assert told["reset_mode"] == ("restore" if restores else "start")
    assert restores == (not criu.unusable() and told["sandbox"]["backend"] == "runc")
    assert done.err.count("self-test: ") >= 3


def test_a_machine_on_which_copies_fail_starts_afresh(monkeypatch):
    def fail(*_):
        raise Fault("CRIU failed (1): no such luck")

    monkeypatch.setattr(selftest, "_try_copy", fail)
    monkeypatch.setattr(checks, "every", lambda backend: iter(()))
    findings = list(doctor._findings("auto"))
    found = {finding.name: finding for finding in findings}
    assert found["self-test"].ok and "by start" in found["reset"].detail
    assert doctor._document(findings, True, "auto")["reset_mode"] == "start"
    if not unfreezable():
        assert not found["copies"].ok and not found["copies"].needed
        assert "no such luck" in found["reset"].detail


def test_a_machine_that_lacks_nearly_everything(cuagym, tmp_path):
    """Nothing on PATH and an empty cache: each gap comes with what fills it."""
    done = cuagym("doctor", "--json", PATH=str(tmp_path), CUAGYM_CACHE=str(tmp_path / "cache"))
    told = done.document
    assert done.code == 1 and not told["ok"]
    lacking = {c["name"]: c for c in told["checks"] if not c["ok"]}
    install = "sudo apt-get install --yes --no-install-recommends"
    assert lacking["compiler"]["fix"] == f"{install} gcc libc6-dev"
    assert f"{install} libreoffice-calc" in lacking["LibreOffice"]["fix"]
    if not os.path.exists("/usr/sbin/Xvfb"):
        assert "xvfb" in lacking["packages for the screen"]["fix"].split()
    assert "compiler" in lacking["self-test"]["detail"]


def test_the_report_for_people_says_what_to_do(cuagym, tmp_path):
    done = cuagym("doctor", PATH=str(tmp_path), CUAGYM_CACHE=str(tmp_path / "cache"))
    line = "mend it: " + packages.apt_line(packages.packages("compiler"))
    assert done.code == 1
    assert any(text.strip() == line for text in done.out.splitlines())
    assert done.out.splitlines()[-1].startswith("not all is well: ")


def test_a_sleeping_threads_wchan_is_what_the_clock_needs():
    assert kernel.wchan().ok and kernel.children().ok and kernel.futex().ok


def test_a_cache_that_cannot_be_written(monkeypatch):
    monkeypatch.setenv("CUAGYM_CACHE", "/proc/cuagym")
    finding = checks.warm_profiles()
    if os.geteuid():
        assert not finding.ok and "CUAGYM_CACHE" in finding.fix
    assert "no warm profile" in finding.detail


def test_a_missing_extra_names_the_line_that_installs_it(monkeypatch):
    for extra in EXTRAS.values():
        monkeypatch.setitem(sys.modules, extra.module, None)  # what import takes for missing
        with pytest.raises(SetupError, match=rf"pip install 'cuagym\[{extra.name}\]'"):
            require(extra.name)
    finding = checks.optional(Extra("unheard-of", "no_such_module_at_all", "does nothing"))
    assert not finding.ok and not finding.needed
    assert finding.fix == "pip install 'cuagym[unheard-of]'"
