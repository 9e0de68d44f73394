"""The command line's manners: help, exit codes, one document on stdout, one line for an error."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cuagym import cli, commands

NAMES = sorted(commands.names())


def test_every_command_has_a_summary_and_help(capsys):
    assert cli.main([]) == cli.WRONG
    overview = capsys.readouterr().out
    for name in NAMES:
        summary = (commands.load(name).__doc__ or "").partition("\n")[0]
        assert summary and f"  {name} " in overview and summary in overview


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("words", [["{}", "--help"], ["help", "{}"]])
def test_help(name, words, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([word.format(name) for word in words])
    assert ended.value.code == 0
    assert f"usage: cuagym {name}" in capsys.readouterr().out


def test_a_new_command_is_one_new_file(tmp_path, monkeypatch, capsys):
    (tmp_path / "say_hello.py").write_text(
        '"""Greets."""\n'
        "def add_arguments(parser):\n    parser.add_argument('--name', default='you')\n"
        "def main(args):\n    print('hello', args.name)\n    return 3\n"
    )
    monkeypatch.setattr(commands, "__path__", [*commands.__path__, str(tmp_path)])
    assert cli.main(["say-hello", "--name", "Ada"]) == 3
    assert capsys.readouterr().out == "hello Ada\n"


@pytest.mark.parametrize(
    "words, near",
    [
        (["lst"], "did you mean 'list'"),
        (["list", "--app", "exel"], "did you mean 'excel'"),
        (["run", "CUA-Exel-v0"], "did you mean 'CUA-Excel-v0'"),
        (["run", "cuagym:CUA-Exel-v0"], "did you mean 'CUA-Excel-v0'"),
        (["run", "CUA-Excel-v0", "--task", "excel/montly-total"], "did you mean 'excel/monthly"),
        (["run", "CUA-Excel-v0", "--look", "plane"], "did you mean 'plain'"),
        (["doctor", "--sandbox", "bubblwrap"], "did you mean 'bubblewrap'"),
        (["run", "CartPole-v1"], "is no desktop"),
        (["run", "no_such_module:CUA-Excel-v0"], "No module named 'no_such_module'"),
        (["run", "CUA-Excel-v0", "--size", "10x10"], "size=(10, 10)"),
        (["run", "CUA-Excel-v0", "--video", "film.avi"], "'film.avi'"),
        (["run", "CUA-Excel-v0", "--video", "/no/such/film.mp4"], "'/no/such'"),
        (["demo", "--out", "/proc/demo"], "'/proc/demo'"),
        (["play", "CUA-Excel-v0", "--open", "nothing.xlsx"], "'nothing.xlsx'"),
        (["check", "team/invoyce"], "did you mean 'team/invoice'"),
        (["check", "team", "--only", "not shared"], "--only is not there for the tasks of teams"),
    ],
)
def test_what_is_wrong_is_one_line(words, near, capsys):
    assert cli.main(words) == cli.WRONG
    said = capsys.readouterr()
    assert said.out == ""
    assert near in said.err and said.err.count("\n") == 1 and said.err.startswith("cuagym: ")


@pytest.mark.parametrize("option", ["--episodes=0", "--episodes=x", "--seed=-1", "--size=big"])
def test_wrong_values_name_the_option(option, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["run", "CUA-Excel-v0", option])
    assert ended.value.code == 2
    assert option.partition("=")[0] in capsys.readouterr().err


def test_an_error_is_a_document_too(capsys):
    assert cli.main(["list", "--app", "exel", "--json"]) == cli.WRONG
    assert "exel" in json.loads(capsys.readouterr().out)["error"]


def test_a_closed_pipe_is_no_traceback():
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "cuagym.cli", "list"], stdout=write, stderr=subprocess.PIPE
    )
    os.close(write)
    assert done.returncode == 1 and done.stderr == b""


def test_interrupted_in_mid_episode(tmp_path):
    """Ctrl-C closes the env: the desktop is gone when the command is."""
    words = ["run", "CUA-Excel-v0", "--agent", "random", "--look", "plain", "--episodes", "50"]
    running = subprocess.Popen(
        [sys.executable, "-m", "cuagym.cli", *words, "--max-steps", "3"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    assert running.stderr
    said = ""
    while "[1/50]" not in said:
        said = running.stderr.readline()
        assert said, "it ended early"
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == cli.INTERRUPTED
    assert out == "" and "Traceback" not in err and "cuagym: interrupted\n" in err
    assert not list(Path("/run/cuagym").glob(f"{running.pid}-*"))


def test_importing_the_command_line_is_light():
    code = (
        "import sys, cuagym; before = set(sys.modules); import cuagym.cli\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = ("PIL", "openpyxl", "pygame", "moviepy", "importlib.metadata", "cuagym.env")
    assert not [module for module in done.stdout.split() if module.startswith(heavy)]


def test_warnings_are_lines(monkeypatch, capsys):
    import warnings

    def main(args: argparse.Namespace) -> int:
        warnings.warn("the sky is falling", stacklevel=1)
        return 0

    monkeypatch.setattr(commands.load("list"), "main", main)
    assert cli.main(["list"]) == 0
    assert capsys.readouterr().err == "cuagym: warning: the sky is falling\n"
