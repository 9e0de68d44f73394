"""Transitions and animations, in both directions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from .conftest import DECK, Judge, changed, said

SPACES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main"'
)


def element(text: str) -> Any:
    name = text.split()[0].split(">")[0].removeprefix("<")
    return etree.fromstring(text.replace(name, f"{name} {SPACES}", 1))


def shown(kind: str, slide: int = 2, **about: str) -> bytes:
    said_ = " ".join(f'{k}="{v}"' for k, v in about.items())
    made = element(f"<p:transition {said_}>{kind}</p:transition>")
    return changed(DECK, lambda deck: deck.slides[slide - 1]._element.append(made))


@pytest.mark.parametrize(
    ("markup", "kind"),
    [
        ("<p:fade/>", "fade"),
        ('<p:push dir="l"/>', "push"),
        ('<p:wipe dir="u"/>', "wipe"),
        ('<p:randomBar dir="horz"/>', "random bars"),
        ('<p:pull dir="d"/>', "uncover"),
        ('<p:wheel spokes="4"/>', "wheel"),
        ("<p:dissolve/>", "dissolve"),
        ("<p:checker/>", "checkerboard"),
    ],
)
def test_kinds_of_transitions(both: Judge, markup: str, kind: str) -> None:
    left = shown(markup, spd="med", advTm="3000")
    wanted = {"2": {"kind": kind, "speed": "medium", "after": 3}, "3": False}
    assert both(left, "transitions", slides=wanted).success
    assert both(left, "transitions", slides={"2": True}).success
    other = "cover" if kind != "cover" else "fade"
    says = said(both(left, "transitions", slides={"2": other}))
    assert f"has the transition {kind}, expected {other}" in says


def test_other_transitions_fail(both: Judge) -> None:
    says = said(both(DECK, "transitions", slides={"2": "fade", "3": True, "4": {"after": 5}}))
    assert "slide 2 ('Results') has the transition none, expected fade" in says
    assert "slide 3 has no transition" in says
    assert "after slide 4 ('Figures') the next comes by a click, expected 5 seconds" in says
    left = shown("<p:fade/>", spd="fast", advTm="3000")
    for wanted in ({"speed": "slow"}, {"after": 5}, {"after": False}, {"kind": False}):
        assert not both(left, "transitions", slides={"2": wanted}).success, wanted
    assert not both(left, "transitions", slides={"*": "fade"}).success


def test_a_transition_that_libreoffice_cannot_show_is_seen(judge: Judge) -> None:
    left = shown('<p:zoom dir="in"/>', advTm="1000")
    assert judge(left, "transitions", slides={"2": {"kind": "zoom", "after": 1}}).success
    # Nor is it held against whoever stored the presentation with it.
    assert judge(left, "unchanged", initial=left, aspects=["transitions"]).success


def effect(key: int, number: int, of: int, kind: str = "entr", start: str = "clickEffect") -> str:
    target = f'<p:tgtEl><p:spTgt spid="{of}"/></p:tgtEl>'
    return (
        f'<p:par><p:cTn id="{key}" fill="hold"><p:stCondLst><p:cond delay="indefinite"/>'
        f'</p:stCondLst><p:childTnLst><p:par><p:cTn id="{key + 1}" fill="hold"><p:stCondLst>'
        f'<p:cond delay="0"/></p:stCondLst><p:childTnLst><p:par><p:cTn id="{key + 2}"'
        f' presetID="{number}" presetClass="{kind}" presetSubtype="0" fill="hold"'
        f' nodeType="{start}"><p:stCondLst><p:cond delay="0"/></p:stCondLst><p:childTnLst><p:set>'
        f'<p:cBhvr><p:cTn id="{key + 3}" dur="1" fill="hold"><p:stCondLst><p:cond delay="0"/>'
        f"</p:stCondLst></p:cTn>{target}<p:attrNameLst><p:attrName>style.visibility</p:attrName>"
        '</p:attrNameLst></p:cBhvr><p:to><p:strVal val="visible"/></p:to></p:set>'
        f'<p:animEffect transition="in" filter="fade"><p:cBhvr><p:cTn id="{key + 4}" dur="500"/>'
        f"{target}</p:cBhvr></p:animEffect></p:childTnLst></p:cTn></p:par></p:childTnLst></p:cTn>"
        "</p:par></p:childTnLst></p:cTn></p:par>"
    )


def animated(*numbers: tuple[int, int]) -> bytes:
    """Effects on the third slide, each by its number and the place of its shape."""

    def change(deck: Any) -> None:
        slide = deck.slides[2]
        steps = "".join(
            effect(10 * n, number, slide.shapes[at].shape_id)
            for n, (number, at) in enumerate(numbers, 1)
        )
        slide._element.append(
            element(
                '<p:timing><p:tnLst><p:par><p:cTn id="1" dur="indefinite" restart="never"'
                ' nodeType="tmRoot"><p:childTnLst><p:seq concurrent="1" nextAc="seek"><p:cTn id="2"'
                f' dur="indefinite" nodeType="mainSeq"><p:childTnLst>{steps}</p:childTnLst></p:cTn>'
                '<p:prevCondLst><p:cond evt="onPrev" delay="0"><p:tgtEl><p:sldTgt/></p:tgtEl>'
                '</p:cond></p:prevCondLst><p:nextCondLst><p:cond evt="onNext" delay="0"><p:tgtEl>'
                "<p:sldTgt/></p:tgtEl></p:cond></p:nextCondLst></p:seq></p:childTnLst></p:cTn>"
                "</p:par></p:tnLst></p:timing>"
            )
        )

    return changed(DECK, change)


def test_animations(both: Judge, resaved: Callable[[bytes], bytes]) -> None:
    left = animated((10, 1), (1, 0))
    build = {"shape": "'Build'", "effect": "fade", "kind": "entrance", "start": "click"}
    start = {"shape": "rectangle 1", "effect": "appear"}
    assert both(left, "animations", slides={"3": [build, start], "2": []}).success
    says = said(both(left, "animations", slides={"3": [start, build]}))
    assert "animation 1 has the shape the rectangle 'Build', expected the rectangle 'Start'" in says
    says = said(both(DECK, "animations", slides={"3": [build]}))
    assert "slide 3 has 0 animations (none), expected 1" in says
    for wrong in ({**build, "effect": "wipe"}, {**build, "start": "with previous"}):
        assert not both(left, "animations", slides={"3": [wrong, start]}).success
    assert not both(left, "animations", slides={"3": [build]}).success
