"""What cannot be read is an error that says what is wrong; nothing hangs, nothing is executed."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuagym import codecs
from cuagym.codecs import MAX_ACTIONS, MAX_LENGTH, Codec, Reply
from cuagym.errors import ActionError, UsageError

from .conftest import USES, loaded

Q, P, C = "qwen", "pyautogui", "computer_13"
A, R, U = "anthropic", "openai", "uitars"


def call(**arguments: Any) -> str:
    """A tool call of Qwen's."""
    return f"<tool_call>{json.dumps({'name': 'computer_use', 'arguments': arguments})}</tool_call>"


def use(**given: Any) -> str:
    """A use of Anthropic's tool."""
    return json.dumps([{"type": "tool_use", "name": "computer", "input": given}])


def act(**given: Any) -> str:
    """A computer call of OpenAI's."""
    return json.dumps([{"type": "computer_call", "action": given}])


CLICK = call(action="left_click", coordinate=[1, 2])

# A codec, what is said, and what the error must tell.
WRONG: list[tuple[str, Any, str]] = [
    (Q, "", "no tool call"),
    (Q, "I am done.", "no tool call"),
    (Q, "<think>hm", "the thinking never ends"),
    (Q, f"<think>{CLICK}</think>", "no tool call"),
    (Q, "<tool_call>", "not JSON"),
    (Q, CLICK[:40], "not JSON"),
    (Q, CLICK[:-12] + "}</tool_call>", "more: '}'"),
    (Q, CLICK + CLICK, "2 tool calls in one reply, at most 1"),
    (Q, "<tool_call>[1]</tool_call>", 'object with "name" and "arguments"'),
    (Q, '<tool_call>{"name": "bash", "arguments": {}}</tool_call>', "'computer_use'"),
    (Q, '<tool_call>{"name": "computer_use", "arguments": 1}</tool_call>', 'with "action", got 1'),
    (Q, '<tool_call>{"name": "a", "name": "b"}</tool_call>', "'name' is there twice"),
    (Q, call(action="left_clik"), "did you mean 'left_click'"),
    (Q, call(action=["left_click"]), "no action is called"),
    (Q, call(action="left_click", coordinate=["three", "four"]), "two numbers [x, y], x from 0"),
    (Q, call(action="left_click", coordinate="500, 300"), "two numbers"),
    (Q, call(action="left_click", coordinate=[500]), "two numbers"),
    (Q, call(action="left_click", coordinate=[True, 1]), "two numbers"),
    (Q, call(action="left_click", coordinate=[1000, 1]), "x from 0 to 999"),
    (Q, call(action="left_click", coordinate=[-1, 1]), "x from 0 to 999"),
    (Q, CLICK.replace("[1, 2]", "[NaN, 1]"), "NaN is no number"),
    (Q, CLICK.replace("[1, 2]", "[1e999, 1]"), "two numbers"),
    (Q, CLICK.replace("[1, 2]", f"[{'9' * 5000}, 1]"), "not JSON"),
    (Q, call(action="left_click", cordinate=[1, 2]), "did you mean 'coordinate'"),
    (Q, call(action="mouse_move"), "needs the field 'coordinate'"),
    (Q, call(action="type"), "needs the field 'text'"),
    (Q, call(action="type", text=7), "must be a string"),
    (Q, call(action="type", text="x" * 5000), "at most 4096 characters"),
    (Q, call(action="type", text="a\x00b"), "without NUL"),
    (Q, call(action="key", keys=["contrl"]), "did you mean 'control'"),
    (Q, call(action="key", keys=[]), "1 to 16 names of keys"),
    (Q, call(action="key", keys=["a"] * 99), "1 to 16 names of keys"),
    (Q, call(action="key", keys=["ctrl+c"]), "['ctrl', 'c'] instead of 'ctrl+c'"),
    (Q, call(action="scroll", pixels="down"), "a whole number from -10000"),
    (Q, call(action="scroll", pixels=10**9), "a whole number from -10000"),
    (Q, call(action="wait", time=1e300), "a number from 0 to 86400"),
    (Q, call(action="terminate", status="sucess"), "did you mean 'success'"),
    (Q, "<tool_call>" + '{"a":' * 50_000, "nested too deeply"),
    (Q, "[" * 100_000, "no tool call"),
    (Q, call(**{"action": "type", "x" * 99_999: 1}), "no field 'xxx"),
    (Q, call(action="key", keys=["k" * 99_999]), "no key is called"),
    (Q, call(action="key", keys="a+" * 99_999 + "a"), "one key at a time"),
    (Q, call(action="x" * 99_999), "no action is called"),
    (Q, "<tool_call>{" + "".join(f'"{n}":1,' for n in range(30_000)) + '"7":1}', "'7' is there"),
    (Q, "x" * (MAX_LENGTH + 1), "characters long"),
    (Q, None, "a text or a chat message"),
    (Q, {"role": "assistant", "content": 3}, "a text as 'content'"),
    (Q, {"tool_calls": [None]}, 'object with "name" and "arguments"'),
    (P, "", "there is no code"),
    (P, "I will click now.", "line 1:"),
    (P, "```python\npyautogui.click(1, 2)", "never ends"),
    (P, "pyautogui.click('left', 'top')", "two numbers"),
    (P, "pyautogui.click(5000, 2)", "x from 0 to 1280"),
    (P, "pyautogui.click(1)", "go together"),
    (P, "pyautogui.click(1, 2, clicks=4)", "an integer from 1 to 3"),
    (P, "pyautogui.click(1, 2, button='lefty')", "did you mean 'left'"),
    (P, "pyautogui.click(1, 2, spead=3)", "no field 'spead'"),
    (P, "pyautogui.click(1, 2, 1, 0, 'left', 0, 0, 0, 0, 0, 0)", "takes at most 10 values"),
    (P, "pyautogui.click(1, x=2)", "'x' twice"),
    (P, "pyautogui.clik(1, 2)", "did you mean 'pyautogui.click'"),
    (P, "click(1, 2)", "no call is known as click"),
    (P, "pyautogui.moveTo()", "x and y are wanted"),
    (P, "pyautogui.moveRel(5, 5)", "where the pointer is"),
    (P, "pyautogui.moveTo(5, 5); pyautogui.move(-9, 0)", "x from 0 to 1280"),
    (P, "pyautogui.press('entr')", "did you mean 'enter'"),
    (P, "pyautogui.press('a', presses=10**9)", "10 ** 9"),
    (P, "pyautogui.press('a', presses=1000000000)", f"an integer from 1 to {MAX_ACTIONS}"),
    (P, "pyautogui.press(['a'] * 10)", "only numbers"),
    (P, "pyautogui.press('a'*10**9)", "10 ** 9"),
    (P, "pyautogui.press(['a', 'b'], presses=200)", f"at most {MAX_ACTIONS} actions"),
    (P, "pyautogui.write('a' + 1)", "only numbers"),
    (P, f"pyautogui.write('{'a' * 4097}')", "4097 characters"),
    (P, "pyautogui.hotkey()", "1 to 16 names of keys"),
    (P, "pyautogui.hotkey(*keys)", "*keys"),
    (P, "pyautogui.click(**place)", "**"),
    (P, "time.sleep(-1)", "a number from 0"),
    (P, "time.sleep(1/0)", "division by zero"),
    (P, "\n\nwhile True: pass", "line 1: a statement of the kind While"),
    (P, "pyautogui.click(1, 2)\nfor i in range(3):\n    pass", "line 2: a statement"),
    (P, "import os", "'import os'"),
    (P, "from os import system", "ImportFrom"),
    (P, "import os as pyautogui", "'import os'"),
    (P, "import time as pyautogui", "'import time'"),
    (P, "__import__('os').system('touch /tmp/hit')", "no call is known"),
    (P, "pyautogui.os.system('x')", "no call is known"),
    (P, "pyautogui.click(__import__('sys').exit(1), 2)", "only plain values"),
    (P, "pyautogui.write(open('/etc/passwd').read())", "only plain values"),
    (P, "pyautogui.write(f'{1}')", "only plain values"),
    (P, "pyautogui.click = print", "an assignment to 'pyautogui.click'"),
    (P, "x = x", "the value 'x'"),
    (P, "(lambda: 1)()", "no call is known"),
    (P, "async def f(): pass", "AsyncFunctionDef"),
    (P, "pyautogui.screenshot()", "no call is known"),
    (P, "1", "the expression '1'"),
    (P, "(" * 15_000, "line 1"),
    (P, "-" * 15_000 + "1", "cannot be read"),
    (P, "pyautogui.click(" + "1+" * 9_000 + "1)", ""),
    (P, "a" + ".a" * 9_000, ""),
    (P, "x" * 30_000, "characters long"),
    (P, "pyautogui.click(1e400, 2)", "so large a number"),
    (P, "pyautogui.click(" + "9" * 5_000 + ", 2)", "line 1"),
    (P, "pyautogui.click(1,\x002)", ""),
    (P, {"a": 1}, "a text is wanted"),
    (C, "", "not JSON"),
    (C, "```json\n{}\n```", 'object with "action_type"'),
    (C, '{"action_type": "CLIK"}', "did you mean 'CLICK'"),
    (C, '{"action_type": "CLICK", "parameters": {"x": 1}}', "'x' and 'y' go together"),
    (C, '{"action_type": "CLICK", "parameters": {"x": 1, "y": 9999}}', "y from 0 to 720"),
    (C, '{"action_type": "CLICK", "parameters": {"x": "left", "y": 1}}', "must be a number"),
    (C, '{"action_type": "CLICK", "parameters": [1, 2]}', "is an object that holds all"),
    (C, '{"action_type": "CLICK", "x": 1, "parameters": {"y": 1}}', "holds all fields"),
    (C, '{"action_type": "PRESS", "parameters": {"key": "capslok"}}', "no key is called"),
    (C, '{"action_type": "SCROLL", "parameters": {}}', "'dx' or 'dy'"),
    (C, "```json\n" + '{"action_type":' * 20_000 + "\n```", "nested too deeply"),
    (C, 3, "an action is an object"),
    (A, "I am done", "not JSON"),
    (A, "[]", "neither a use of the tool nor a text"),
    (A, '[{"type": "tool_use"', "not JSON"),
    (A, '[{"type": "image"}]', "no content block is like this"),
    (A, '[{"type": "tool_use", "name": "bash", "input": {}}]', "no tool is called 'bash'"),
    (A, '[{"type": "tool_use", "name": "computer", "input": []}]', 'object with "action"'),
    (A, use(action="left_click", coordinate=["a", "b"]), "two numbers"),
    (A, use(action="left_click", coordinate=[1, 2], text="ctl+shft"), "did you mean 'shift'"),
    (A, use(action="key", text="ctrl+"), "no key is called ''"),
    (A, use(action="key"), "needs the field 'text'"),
    (A, use(action="scroll", scroll_direction="downward", scroll_amount=1), "did you mean 'down'"),
    (A, use(action="scroll", scroll_direction="down", scroll_amount=-1), "an integer from 0"),
    (A, use(action="wait", duration="long"), "must be a number"),
    (A, use(action="hold_key", text="a", duration=10**9), "a number from 0 to 86400"),
    (A, use(action="zoom", region=[5, 5, 1, 1]), "left < right"),
    (A, use(action="key", text="a " * 400), "400 actions of one turn"),
    (A, json.dumps(json.loads(use(action="screenshot")) * 2), "at most 1 allowed"),
    (A, 7, "a message, or the list"),
    (R, "done", "not JSON"),
    (R, "[]", "neither a computer call nor a text"),
    (R, '[{"type": "function_call"}]', "no output item is like this"),
    (R, '[{"type": "computer_call"}]', 'object with "type"'),
    (R, '[{"type": "computer_call", "actions": 3}]', 'object with "type"'),
    (R, '[{"type": "message", "content": 3}]', "objects with 'text'"),
    (R, '[{"type": "computer_call", "action": {"type": "wait"},'
     ' "pending_safety_checks": 3}]', ""),
    (R, act(type="clik", x=1, y=2), "did you mean 'click'"),
    (R, act(type="click", x=1), "needs the field 'y'"),
    (R, act(type="click", x="a", y=2), "must be a number"),
    (R, act(type="click", x=1, y=2, button="leftt"), "did you mean 'left'"),
    (R, act(type="drag", path=[{"x": 1, "y": 1}]), "2 to 200 places"),
    (R, act(type="drag", path=[{"x": 1}, [2, 2]]), "two numbers"),
    (R, act(type="drag", path=[[1, 1]] * 9_999), "2 to 200 places"),
    (R, act(type="keypress", keys=["CTRL+C"]), "one key at a time"),
    (R, act(type="scroll", scroll_y=1e300), "must be a number"),
    (R, json.dumps(json.loads(act(type="wait")) * 2), "at most 1 allowed"),
    (U, "", "there is no action"),
    (U, "Thought: I think.", "there is no action"),
    (U, "Action:", "ought to be here"),
    (U, "Action: click", "ought to be here"),
    (U, "Action: click(", "ought to be here"),
    (U, "Action: click()", "needs the field 'start_box'"),
    (U, "Action: clik(start_box='(1,2)')", "did you mean 'click'"),
    (U, "Action: click(start_box='here')", "a place such as '(x,y)'"),
    (U, "Action: click(start_box='(1,2,3)')", "a place such as '(x,y)'"),
    (U, "Action: click(start_box='(9999,2)')", "x from 0 to 1288"),
    (U, "Action: click(start_box=(1,2))", "ought to be here"),
    (U, "Action: click(start_box='(1,2)', start_box='(1,2)')", "twice"),
    (U, "Action: click(start_box='(1,2)', point='(1,2)')", "twice"),
    (U, "Action: click(start_box='(1,2)') and then", "never ends"),
    (U, "Action: type(content='never ends", "never ends"),
    (U, "Action: hotkey(key='contrl')", "did you mean 'control'"),
    (U, "Action: hotkey()", "give the keys as 'key'"),
    (U, "Action: scroll(direction='sideways')", "must be one of"),
    (U, "Action: wait()\n\nwait()", "at most 1 allowed"),
    (U, "Action: " + "click(" * 3_000, "ought to be here"),
    (U, "Action: " + "wait() " * 9_000, "at most 20000"),
    (U, "Action: type(content='" + "'" * 19_000, "never ends"),
    (U, "Action: type(content='" + "' " * 9_000, "never ends"),
    (U, "Action: type(content='" + "\\" * 19_000, "never ends"),
    (U, "Action: click(start_box='" + " " * 19_000 + "')", "a place such as"),
    (U, "Action: click(start_box='" + "1 " * 9_000 + "')", "a place such as"),
    (U, [], "a text is wanted"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "said", "told"), WRONG)
def test_what_is_wrong_is_said_at_once(name: str, said: Any, told: str) -> None:
    codec = codecs.load(name)
    began = time.process_time()
    with pytest.raises(ActionError) as caught:
        codec.parse(said)
    assert told in str(caught.value)
    assert len(str(caught.value)) < 1500, "an error is to be read by a model"
    assert time.process_time() - began < 2


def test_hostile_text_is_never_executed(tmp_path: Any) -> None:
    hit = tmp_path / "hit"
    for code in (
        f"open({str(hit)!r}, 'w')",
        f"pyautogui.write(open({str(hit)!r}, 'w').name)",
        f"x = open({str(hit)!r}, 'w')",
        f"with open({str(hit)!r}, 'w'): pass",
    ):
        with pytest.raises(ActionError):
            codecs.load("pyautogui").parse(code)
        with pytest.raises(ActionError):
            codecs.load("uitars").parse(f"Action: {code}")
    assert not hit.exists() and "pyautogui" not in sys.modules


PIECES = st.sampled_from(
    [
        *("<tool_call>", "</tool_call>", "```", "```json\n", "Action:", "Thought:", "</think>"),
        *('{"name": "computer_use", "arguments": ', '{"action": "left_click"', '"coordinate": '),
        *("[1, 2]", "}", "}}", "click(", "start_box='(1,2)'", ")", "'", '"', "\\", "\n", ",", " "),
        *("pyautogui.click(", "pyautogui.write('", "1, 2)", "DONE", '{"action_type": "WAIT"}'),
        *('[{"type": "text", "text": "a"}', '{"type": "computer_call", "action": ', "]", "null"),
    ]
)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "action", "content", "text", "input", "name", "output", "actions", "x"]
            ),
            inner | st.sampled_from(["click", "tool_use", "computer", "message", "computer_call"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("use", USES)
@settings(deadline=None, max_examples=80)
@given(said=st.text(max_size=30) | st.lists(PIECES, max_size=10).map("".join) | DATA)
def test_whatever_is_said_is_a_reply_or_an_action_error(use: str, said: Any) -> None:
    try:
        assert isinstance(loaded(use).parse(said), Reply)
    except ActionError as e:
        assert str(e)


def test_codecs_are_found_by_name_and_wrong_arguments_are_told() -> None:
    assert {"qwen", "evocua", "pyautogui", "computer_13", A, R, U} <= set(codecs.names())
    assert isinstance(codecs.load("evocua"), Codec)
    for name, options, told in [
        ("quen", {}, "did you mean 'qwen'"),
        ("qwen", {"coordinate": "grid"}, "did you mean 'coordinates'"),
        ("computer_13", {"calls": 1}, "it has: none"),
        ("qwen", {"coordinates": "gird"}, "did you mean 'grid'"),
        ("qwen", {"factor": 0}, "factor=0"),
        ("qwen", {"calls": 0}, "calls=0"),
        ("anthropic", {"version": "computer_2025"}, "did you mean"),
        ("openai", {"notch": 0}, "notch=0"),
        ("openai", {"shown": (0, 1)}, "shown=(0, 1)"),
        ("uitars", {"coordinates": "pixel"}, "did you mean 'pixels'"),
    ]:
        with pytest.raises(UsageError) as caught:
            codecs.load(name, **options)
        assert told in str(caught.value)
    with pytest.raises(UsageError, match="size="):
        codecs.load("qwen", (1280.0, 720))  # type: ignore[arg-type]


@pytest.mark.parametrize("use", USES)
def test_a_model_is_told_every_action_that_is_taken(use: str) -> None:
    codec = loaded(use)
    json.dumps(codec.schema())
    prompt, schema = codec.prompt(), json.dumps(codec.schema())
    assert prompt
    for name in getattr(codec, "actions", ()):
        assert name in schema and f"`{name}`" in prompt
    width, height = codec.image
    if codec.name not in ("uitars", "pyautogui") and codec.places.scale == codec.image:
        assert str(width) in schema and str(height) in schema
