"""Outputs of real form mean what they are meant to; the published parsers saw the same ones."""

from __future__ import annotations

import json
import runpy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cuagym import codecs
from cuagym.codecs import Reply

ROOT = Path(__file__).parents[2]
PEERS = runpy.run_path(str(ROOT / "benchmarks" / "codec_peers.py"))
OUTPUTS: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parent / "outputs.jsonl").read_text(encoding="utf-8").splitlines()
]


def test_there_are_enough_outputs_of_every_format() -> None:
    counts = Counter(output["codec"] for output in OUTPUTS)
    assert sum(counts.values()) >= 200
    assert set(counts) == set(codecs.names()) and min(counts.values()) >= 5


@pytest.mark.parametrize("name", codecs.names())
def test_an_output_means_what_it_is_meant_to(name: str) -> None:
    for output in OUTPUTS:
        if output["codec"] == name:
            meant, found = PEERS["plain"](output["events"]), PEERS["plain"](PEERS["ours"](output))
            assert found == meant, output["said"]


@pytest.mark.parametrize("name", codecs.names())
def test_what_was_read_is_said_again(name: str) -> None:
    for output in OUTPUTS:
        if output["codec"] != name:
            continue
        options = {**output["options"]}
        codec = codecs.load(name, tuple(output["size"]), **options)
        reply = codec.parse(output["said"])
        if len(reply.turn) == 1 or not hasattr(codec, "calls"):
            again = codec.parse(codec.render(Reply(reply.turn, "", reply.asks)))
            assert (again.turn, again.asks) == (reply.turn, reply.asks), output["said"]


def test_answers_are_kept() -> None:
    for output in OUTPUTS:
        [answer] = [e[1] for e in output["events"] if e[0] == "answer"] or [""]
        if answer:
            codec = codecs.load(output["codec"], tuple(output["size"]), **output["options"])
            assert codec.parse(output["said"]).turn[-1].answer == answer  # type: ignore[union-attr]
