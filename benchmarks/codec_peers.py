"""Whether our codecs read what models say as the published parsers do.

    python benchmarks/codec_peers.py --evocua TREE --osworld TREE --uitars TREE [--json]

Each TREE is a checkout: of meituan/EvoCUA, of xlang-ai/OSWorld, and of bytedance/UI-TARS or the
unpacked wheel of ui-tars. Only the named functions are taken from their sources, and the code of
pyautogui that they make runs against a stand-in that notes what it is asked to do. What is said,
and what is meant by it, is tests/codecs/outputs.jsonl. Printed is each output on which a published
parser does something else, and the counts.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import json
import logging
import math
import random
import re
import types
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

KEYS: Final[set[str]] = set()
"""The names of keys that pyautogui knows, by OSWorld's list of them; it does nothing for others."""
OUTPUTS: Final = Path(__file__).parents[1] / "tests" / "codecs" / "outputs.jsonl"
Events = list[list[Any]]
Peer = Callable[[dict[str, Any]], Events]


class PyAutoGUI(types.ModuleType):
    """Notes what pyautogui would do, by its documented signatures."""

    def __init__(self, events: Events) -> None:
        super().__init__("pyautogui")
        self._events = events

    def __getattr__(self, name: str) -> Any:
        if name.startswith("ease"):
            return None
        raise AttributeError(name)

    def _at(self, x: Any, y: Any) -> None:
        if x is not None:
            self._events.append(["move", int(x), int(y)])

    def click(self, x=None, y=None, clicks=1, interval=0.0, button="left", duration=0.0) -> None:  # type: ignore[no-untyped-def]
        self._at(x, y)
        self._events.append(["click", button, clicks])

    def rightClick(self, x: Any = None, y: Any = None) -> None:
        self.click(x, y, button="right")

    def middleClick(self, x: Any = None, y: Any = None) -> None:
        self.click(x, y, button="middle")

    def doubleClick(
        self, x: Any = None, y: Any = None, interval: Any = 0, button: Any = "left"
    ) -> None:
        self.click(x, y, 2, button=button)

    def tripleClick(
        self, x: Any = None, y: Any = None, interval: Any = 0, button: Any = "left"
    ) -> None:
        self.click(x, y, 3, button=button)

    def moveTo(self, x: Any, y: Any, duration: Any = 0, tween: Any = None) -> None:
        self._at(x, y)

    def dragTo(  # type: ignore[no-untyped-def]
        self, x, y, duration=0.0, tween=None, button="left", mouseDownUp=True
    ) -> None:
        self._events.append(["drag", int(x), int(y), button])

    def mouseDown(self, x: Any = None, y: Any = None, button: Any = "left") -> None:
        self._at(x, y)
        self._events.append(["down", button])

    def mouseUp(self, x: Any = None, y: Any = None, button: Any = "left") -> None:
        self._at(x, y)
        self._events.append(["up", button])

    def scroll(self, clicks: Any, x: Any = None, y: Any = None) -> None:
        self._at(x, y)
        self._events.append(["scroll", 0, -int(clicks)])

    def hscroll(self, clicks: Any, x: Any = None, y: Any = None) -> None:
        self._at(x, y)
        self._events.append(["scroll", int(clicks), 0])

    vscroll = scroll

    def write(self, message: Any, interval: Any = 0) -> None:
        self._events += [["key", c] for c in message]

    typewrite = write

    def press(self, keys: Any, presses: int = 1, interval: Any = 0) -> None:
        self._events += [["key", k] for k in ([keys] if isinstance(keys, str) else keys)] * presses

    def hotkey(self, *keys: Any, interval: Any = 0) -> None:
        self._events += [["key_down", k] for k in keys] + [["key_up", k] for k in keys[::-1]]

    def keyDown(self, key: Any) -> None:
        self._events.append(["key_down", key])

    def keyUp(self, key: Any) -> None:
        self._events.append(["key_up", key])

    def sleep(self, seconds: Any) -> None:
        self._events.append(["wait"])


def run(code: str) -> Events:
    """What code of pyautogui does."""
    events: Events = []
    if code.strip() in ("WAIT", "DONE", "FAIL"):
        return [
            {"WAIT": ["wait"], "DONE": ["end", "success"], "FAIL": ["end", "failure"]}[code.strip()]
        ]
    gui = PyAutoGUI(events)
    clip = SimpleNamespace(copy=lambda text: events.append(["clip", text]))
    stand_ins = {"pyautogui": gui, "time": SimpleNamespace(sleep=gui.sleep), "pyperclip": clip}
    code = re.sub(r"^\s*import .*$", "", code, flags=re.MULTILINE)
    exec(compile(code, "<published>", "exec"), dict(stand_ins))
    for event in events:
        if event[0].startswith("key") and len(event[1]) > 1 and KEYS:
            if event[1].lower() not in KEYS:
                event[1] = f"no key {event[1]!r}"
    return events


def plain(events: Events) -> Events:
    """The same in one way: characters of their own, chords as presses, no waits beside others."""
    out: Events = []
    for event in events:
        kind = event[0]
        if kind == "type":
            out += [["key", c] for c in event[1]]
        elif kind == "keys" and len(event[1]) > 1:
            out += [["key_down", k] for k in event[1]] + [["key_up", k] for k in event[1][::-1]]
        elif kind == "keys":
            out.append(["key", event[1][0]])
        elif kind != "answer":
            out.append(list(event))
    out = _struck(_pasted(out))
    for event in out:
        if event[0].startswith("key"):
            event[1] = _key(event[1])
    rest = [e for e in out if e[0] != "wait"]
    return rest or out[:1]


def _pasted(events: Events) -> Events:
    """What is put on the clipboard and pasted counts as typed."""
    out: Events = []
    paste = [["key_down", "ctrl"], ["key_down", "v"], ["key_up", "v"], ["key_up", "ctrl"]]
    at = 0
    while at < len(events):
        if events[at][0] == "clip" and events[at + 1 : at + 5] == paste:
            out += [["key", c] for c in events[at][1]]
            at += 5
        else:
            out.append(events[at])
            at += 1
    return out


def _struck(events: Events) -> Events:
    """A key that is pressed and released with nothing in between is struck."""
    out: Events = []
    for event in events:
        if event[0] == "key_up" and out and out[-1] == ["key_down", event[1]]:
            out[-1] = ["key", event[1]]
        else:
            out.append(event)
    return out


def _key(name: str) -> str:
    from cuagym.actions import key_name
    from cuagym.errors import ActionError

    if len(name) == 1 and name not in "\n\t":
        return name
    try:
        found = key_name(name)
    except ActionError:
        return name
    return {"space": " "}.get(found, found)


def ours(output: dict[str, Any]) -> Events:
    """What our codec makes of an output."""
    from cuagym import codecs
    from cuagym.actions.values import pixel_of

    size = tuple(output["size"])
    codec = codecs.load(output["codec"], size, **output["options"])
    events: Events = []
    for action in codec.parse(output["said"]).turn:
        for name in ("start", "point") if action.name != "drag" else ("start",):
            if getattr(action, name, None):
                events.append(["move", *pixel_of(getattr(action, name), size)])
        if action.name == "drag":
            events.append(["drag", *pixel_of(action.point, size), action.button])
        else:
            events += _SAID[action.name](action)
    return events


_SAID: Final[dict[str, Callable[[Any], Events]]] = {
    "move": lambda a: [],
    "click": lambda a: [["click", a.button, a.count]],
    "mouse_down": lambda a: [["down", a.button]],
    "mouse_up": lambda a: [["up", a.button]],
    "scroll": lambda a: [["scroll", *a.scroll]],
    "type": lambda a: [["type", a.text]],
    "key": lambda a: [["keys", list(a.keys)]],
    "key_down": lambda a: [["key_down", k] for k in a.keys],
    "key_up": lambda a: [["key_up", k] for k in a.keys[::-1]],
    "wait": lambda a: [["wait"]],
    "terminate": lambda a: [["end", a.status], *([["answer", a.answer]] if a.answer else [])],
}


def functions(path: Path, *names: str, **given: Any) -> SimpleNamespace:
    """Some functions or methods of a source file, and its plain constants; nothing else of it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    body: list[ast.stmt] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            node.decorator_list = []
            node.returns = None
            for arg in [*node.args.args, *node.args.kwonlyargs]:
                arg.annotation = None
            body.append(node)
    constants = [
        n
        for n in tree.body
        if isinstance(n, ast.Assign)
        and isinstance(n.targets[0], ast.Name)
        and n.targets[0].id.isupper()
    ]
    space = {"re": re, "json": json, "ast": ast, "math": math, "random": random,
             "logger": logging.getLogger("peer"), "List": list, "Tuple": tuple, "Dict": dict,
             "Optional": Any, "Any": Any, **given}  # fmt: skip
    for node in constants:
        with contextlib.suppress(Exception):
            exec(compile(ast.Module([node], []), str(path), "exec"), space)
    exec(compile(ast.Module(body, []), str(path), "exec"), space)
    missing = [name for name in names if name not in space]
    if missing:
        raise SystemExit(f"{path} has no function {', '.join(missing)}")
    return SimpleNamespace(**{name: space[name] for name in names})


def evocua(tree: Path) -> dict[str, Peer]:
    """EvoCUA's two styles."""
    agents = tree / "mm_agents"
    resize = functions(agents / "utils" / "qwen_vl_utils.py", "smart_resize", "round_by_factor",
                       "ceil_by_factor", "floor_by_factor").smart_resize  # fmt: skip
    utils = functions(
        agents / "evocua" / "utils.py", "rewrite_pyautogui_text_inputs",
        "_fallback_rewrite_pyautogui_text_inputs", "project_coordinate_to_absolute_scale",
        smart_resize=resize,
    )  # fmt: skip
    agent = functions(
        agents / "evocua" / "evocua_agent.py", "_parse_response_s2", "_parse_response_s1",
        rewrite_pyautogui_text_inputs=utils.rewrite_pyautogui_text_inputs,
        project_coordinate_to_absolute_scale=utils.project_coordinate_to_absolute_scale,
    )  # fmt: skip
    return {
        "evocua s2": lambda o: _tool_calls(agent._parse_response_s2, o, resize),
        "evocua s1": lambda o: _s1(agent._parse_response_s1, o),
    }


def _tool_calls(parse: Any, output: dict[str, Any], resize: Any) -> Events:
    width, height = output["size"]
    options = output["options"]
    kind = "absolute" if options.get("coordinates") == "pixels" else "relative"
    shown = (height, width)
    if options.get("factor"):
        shown = resize(height, width, factor=options["factor"], max_pixels=16 * 16 * 4 * 12800)
    self = SimpleNamespace(coordinate_type=kind, screen_size=(width, height))
    codes = parse(
        self, output["said"], processed_width=shown[1], processed_height=shown[0],
        original_width=width, original_height=height,
    )[1]  # fmt: skip
    return [event for code in codes for event in run(code)]


def _s1(parse: Any, output: dict[str, Any]) -> Events:
    self = SimpleNamespace(
        screen_size=tuple(output["size"]), coordinate_type="qwen25", resize_factor=28
    )
    return [event for code in parse(self, output["said"])[1] for event in run(code)]


def osworld(tree: Path) -> dict[str, Peer]:
    """OSWorld's own two action spaces, and its agents for Qwen3-VL, Anthropic and OpenAI."""
    agents = tree / "mm_agents"
    own = functions(agents / "agent.py", "parse_actions_from_string", "parse_code_from_string")
    space: dict[str, Any] = {}
    exec((tree / "desktop_env" / "actions.py").read_text(), space)
    KEYS.update({*space["KEYBOARD_KEYS"], "space"})  # which its list lacks
    control = functions(
        tree / "desktop_env" / "controllers" / "python.py", "execute_action",
        KEYBOARD_KEYS=space["KEYBOARD_KEYS"],
    )  # fmt: skip
    found: dict[str, Peer] = {
        "computer_13": lambda o: _computer_13(own, control, o),
        "pyautogui": lambda o: [
            e for code in own.parse_code_from_string(o["said"]) for e in run(code)
        ],
    }
    for name, file, function in [
        ("qwen3vl", "qwen3vl_agent.py", "parse_response"),
        ("anthropic", "anthropic/main.py", "parse_actions_from_tool_call"),
        ("openai", "openai_cua_agent.py", "_convert_cua_action_to_pyautogui_action"),
    ]:
        if (agents / file).exists():
            parse = getattr(functions(agents / file, function), function)
            found[name] = _AGENTS[name](parse)
    return found


def _computer_13(own: Any, control: Any, output: dict[str, Any]) -> Events:
    events: Events = []
    for action in own.parse_actions_from_string(output["said"]):
        name = action if isinstance(action, str) else action.get("action_type")
        if name in ("WAIT", "DONE", "FAIL"):
            events += run(name)
        codes: list[str] = []
        control.execute_action(SimpleNamespace(execute_python_command=codes.append), action)
        events += [event for code in codes for event in run(code)]
    return events


def _of_qwen(parse: Any) -> Peer:
    def read(output: dict[str, Any]) -> Events:
        width, height = output["size"]
        codes = parse(
            SimpleNamespace(coordinate_type="relative"), output["said"],
            original_width=width, original_height=height,
        )[1]  # fmt: skip
        return [event for code in codes for event in run(code)]

    return read


def _of_anthropic(parse: Any) -> Peer:
    def read(output: dict[str, Any]) -> Events:
        uses = [b for b in json.loads(output["said"]) if b["type"] == "tool_use"]
        self = SimpleNamespace(resize_factor=None)
        return [event for use in uses for event in run(parse(self, use))]

    return read


def _of_openai(parse: Any) -> Peer:
    def read(output: dict[str, Any]) -> Events:
        calls = [i for i in json.loads(output["said"]) if i["type"] == "computer_call"]
        actions = [a for c in calls for a in c.get("actions") or [c["action"]]]
        codes = [
            parse(None, a["type"], {k: v for k, v in a.items() if k != "type"}) for a in actions
        ]
        return [event for code in codes for event in run(code or "")]

    return read


_AGENTS: Final = {"qwen3vl": _of_qwen, "anthropic": _of_anthropic, "openai": _of_openai}


def uitars(tree: Path) -> dict[str, Peer]:
    """UI-TARS's package."""
    path = next(p for p in (tree / "codes/ui_tars", tree / "ui_tars") if p.exists())
    source = (path / "action_parser.py").read_text(encoding="utf-8")
    single = [n for n in ("parse_action", "ast_parse") if f"def {n}(" in source]
    names = [
        *("parse_action_to_structure_output", "parsing_response_to_pyautogui_code", *single),
        *("convert_point_to_coordinates", "escape_single_quotes", "smart_resize"),
        *("round_by_factor", "ceil_by_factor", "floor_by_factor"),
    ]
    import copy

    parser = functions(path / "action_parser.py", *names, deepcopy=copy.deepcopy)

    def read(output: dict[str, Any]) -> Events:
        width, height = output["size"]
        kind = (
            "qwen25vl" if output["options"].get("coordinates", "pixels") == "pixels" else "doubao"
        )
        actions = parser.parse_action_to_structure_output(output["said"], 1000, height, width, kind)
        scale = {"scale_factor": 1} if "scale_factor" in source else {}
        code = parser.parsing_response_to_pyautogui_code(actions, height, width, **scale)
        if actions[0]["action_type"] == "wait":
            return [["wait"]]
        if actions[0]["action_type"] == "call_user":
            return [["end", "failure"]]
        return run(code)

    return {"uitars": read}


def compare(peers: dict[str, Peer]) -> dict[str, Any]:
    """What each parser makes of the outputs that are of its format."""
    outputs = [json.loads(line) for line in OUTPUTS.read_text(encoding="utf-8").splitlines()]
    counts: Counter[str] = Counter()
    differences = []
    for output in outputs:
        want = plain(output["events"])
        got = plain(ours(output))
        counts["outputs"] += 1
        counts["ours as meant"] += got == want
        for name in output["peers"]:
            if name not in peers:
                continue
            counts[f"{name}: compared"] += 1
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    theirs: Any = plain(peers[name](output))
            except Exception as e:  # a published parser that fails is one that differs
                theirs = f"{type(e).__name__}: {e}"
            if theirs == want:
                counts[f"{name}: as meant"] += 1
            else:
                note = output.get("note", "")
                differences.append(
                    {
                        "peer": name,
                        "said": output["said"],
                        "theirs": theirs,
                        "meant": want,
                        "note": note,
                    }
                )
        if got != want:
            differences.append(
                {"peer": "ours", "said": output["said"], "theirs": got, "meant": want}
            )
    return {"counts": dict(counts), "differences": differences}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("evocua", "osworld", "uitars"):
        parser.add_argument(f"--{name}", type=Path, help="a checkout")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    peers: dict[str, Peer] = {}
    for name, make in (("evocua", evocua), ("osworld", osworld), ("uitars", uitars)):
        if getattr(args, name):
            peers |= make(getattr(args, name))
    found = compare(peers)
    if args.json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for d in found["differences"]:
        print(f"{d['peer']}: {d['said']!r}\n    theirs {d['theirs']}\n    meant  {d['meant']}")
        print(f"    {d.get('note') or '-'}")
    for name, n in found["counts"].items():
        print(f"{n:5} {name}")


if __name__ == "__main__":
    main()
