"""What a task is: a family that draws parameters, and the instance that comes of them.

A family is written by the author of a task pack and names no process and no pixel but through its
oracle. An instance is plain data: it can be stored, sent to another machine and run there.
"""

from __future__ import annotations

import base64
import inspect
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar, Final, TypeAlias

import numpy as np

from cuagym import documents, formats
from cuagym.actions import Point, Turn
from cuagym.errors import TaskError, nearest

__all__ = [
    "DIFFICULTIES",
    "ID",
    "MAX_INSTRUCTION",
    "SPLITS",
    "UNPROVEN",
    "Change",
    "Element",
    "NearMiss",
    "Params",
    "Screen",
    "TaskFamily",
    "TaskInstance",
    "ValidatorSpec",
    "no_task",
]

MAX_INSTRUCTION: Final = 1024
"""The most bytes of an instruction in UTF-8: the length of the observation that carries it."""
DIFFICULTIES: Final = ("easy", "medium", "hard")
SPLITS: Final = ("train", "test")

Params: TypeAlias = dict[str, Any]
"""A family's parameters: what json can hold."""
Change: TypeAlias = Callable[[dict[str, bytes]], dict[str, bytes]]
"""What is done to the files of a workspace, by name."""

UNPROVEN: Final = "unproven"
"""The capability tag of a family of which nobody has shown that it can be done."""
_DRAWS: Final = 1000
"""How often parameters are drawn until they are of the split that is asked for."""
ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*")
"""What a family's id looks like: PACK/NAME."""


@dataclass(frozen=True)
class Element:
    """A part of a web page that shows.

    Attributes:
        tag: Its kind, in lower case.
        text: What it shows.
        value: What it holds, of a field; "true" or "false" where it is checked or not.
        attributes: As the page says them: id, class, href ...
        x: Its left edge on the screen, in pixels.
        y: Its upper edge.
        width: In pixels.
        height: In pixels.
    """

    tag: str
    text: str
    value: str
    attributes: Mapping[str, str]
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle on the screen, in pixels."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Screen:
    """What an oracle knows of the screen that it acts on.

    Attributes:
        width: Pixels from left to right.
        height: Pixels from top to bottom.
        look: The toolkit's look, `gtk3` or `plain`; it moves toolbars by some pixels.
        ask: Finds what a page of the live application shows, by a CSS selector.
    """

    width: int = 1280
    height: int = 720
    look: str = "gtk3"
    ask: Callable[[str], list[Element]] | None = field(default=None, repr=False, compare=False)

    def elements(self, selector: str) -> list[Element]:
        """Return what a page shows, for an oracle: no agent is told.

        Args:
            selector: A CSS selector, such as `button.buy`.

        Raises:
            TaskError: If nobody can be asked.
        """
        if self.ask is None:
            raise TaskError(f"no page is at hand to look for {selector!r} in")
        return self.ask(selector)

    def element(self, selector: str, text: str = "") -> Element:
        """Return the first of the elements, with a text if one is given.

        Raises:
            TaskError: If there is none; tells the texts of those that there are.
        """
        found = self.elements(selector)
        for each in found:
            if not text or each.text.strip() == text:
                return each
        texts = ", ".join(repr(each.text.strip()[:40]) for each in found[:8])
        raise TaskError(f"the page shows no {selector!r} with the text {text!r} (there: {texts})")

    def middle(self, element: Element) -> Point:
        """Return the middle of an element, as actions want it."""
        return self.point(*element.middle)

    def point(self, x: float, y: float) -> Point:
        """Return the middle of a pixel as the fractions of the screen that actions want.

        Negative coordinates count from the right and from the bottom.
        """
        x, y = x % self.width, y % self.height
        return (x + 0.5) / self.width, (y + 0.5) / self.height


@dataclass(frozen=True)
class ValidatorSpec:
    """Which validator judges an episode, and with what.

    Attributes:
        name: A validator's full name, such as `workbook.cells`.
        args: Its keyword arguments; what json can hold.
        weight: What its checks weigh together, relative to the other validators'.
    """

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)
    weight: float = 1.0


@dataclass(frozen=True)
class NearMiss:
    """A wrong end that must not pass, and what the verdict must say of it.

    Attributes:
        says: Occurs in the name or in the detail of a failed check: it fails for its reason.
        how: Turns from the first frame to `Terminate`; or a change of the files that the oracle
            left, which is quicker and says nothing of the GUI.
    """

    says: str
    how: Iterable[Turn] | Change


@dataclass(frozen=True)
class TaskInstance:
    """One task, ready to be run: plain data.

    Attributes:
        id: The family's id, `PACK/NAME`; "" for a document without a task.
        app: The application's name, such as `excel`.
        seed: What the parameters were drawn with.
        params: The parameters.
        instruction: What the agent is asked, at most 1024 bytes of UTF-8.
        files: What lies in the workspace at the start, by name.
        open: The name of the file that is opened; "" for none.
        save: Whether the file on disk is graded; if not, the application's live state is.
        max_steps: The horizon; None for none.
        validators: What judges the episode; empty for a document without a task.
        gold: Files that validators compare with, by name; the agent never sees them.
        capabilities: Tags of what the task exercises.
        difficulty: `easy`, `medium` or `hard`.
        split: `train` or `test`.
        feasible: Whether it can be done; if not, terminating with failure is right.
        ends: Whether the document itself says when the episode is over.

    Raises:
        TaskError: If a value is not what it should be.
    """

    id: str
    app: str
    seed: int = 0
    params: Mapping[str, Any] = field(default_factory=dict)
    instruction: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    open: str = ""
    save: bool = False
    max_steps: int | None = None
    validators: tuple[ValidatorSpec, ...] = ()
    gold: Mapping[str, bytes] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    difficulty: str = ""
    split: str = ""
    feasible: bool = True
    ends: bool = False

    def __post_init__(self) -> None:
        """Refuse what could not be shown, stored or opened."""
        who = f"task {self.id!r}" if self.id else "task"
        try:
            size = len(self.instruction.encode())
        except UnicodeEncodeError as e:
            raise TaskError(f"{who}: the instruction is no valid text: {e}") from None
        if size > MAX_INSTRUCTION:
            raise TaskError(
                f"{who}: the instruction has {size} bytes in UTF-8, at most {MAX_INSTRUCTION} fit"
            )
        if "\0" in self.instruction:
            raise TaskError(f"{who}: the instruction holds a NUL character")
        for name in (*self.files, *self.gold):
            path = PurePosixPath(name)
            if not name or path.is_absolute() or ".." in path.parts or str(path) != name:
                raise TaskError(f"{who}: file {name!r} must be a plain relative path")
        if self.open and self.open not in self.files:
            raise TaskError(
                f"{who}: opens {self.open!r}, which is not among its files"
                f" {sorted(self.files)}{nearest(self.open, self.files)}"
            )
        if self.max_steps is not None and self.max_steps < 1:
            raise TaskError(f"{who}: max_steps must be at least 1, got {self.max_steps!r}")

    def to_json(self) -> dict[str, Any]:
        """Return plain data for json; files are base64."""
        data = asdict(self)
        for key, files in (("files", self.files), ("gold", self.gold)):
            data[key] = {n: base64.b64encode(b).decode() for n, b in files.items()}
        data["validators"] = [asdict(v) for v in self.validators]
        data["capabilities"] = list(self.capabilities)
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TaskInstance:
        """Return the instance that `to_json` wrote.

        Raises:
            TaskError: If the data is not what `to_json` writes.
        """
        try:
            files, gold = (
                {n: base64.b64decode(b, validate=True) for n, b in data[key].items()}
                for key in ("files", "gold")
            )
            validators = tuple(ValidatorSpec(**v) for v in data["validators"])
            given = {**data, "files": files, "gold": gold, "validators": validators}
            return cls(**{**given, "capabilities": tuple(data["capabilities"])})
        except (KeyError, TypeError, ValueError, AttributeError) as e:
            if isinstance(e, TaskError):
                raise
            raise TaskError(f"not a task as TaskInstance.to_json writes it: {e!r}") from e


class TaskFamily(ABC):
    """A kind of task with parameters, its validators, and the proof that it can be done.

    A subclass sets the attributes and writes `sample`, `setup`, `instruction`, `validators`,
    `solve` and `near_misses`. All of them are functions of their arguments alone: the same
    parameters give the same bytes, texts and turns.

    Attributes:
        id: `PACK/NAME`; the module that holds the family is called NAME, `_` in place of `-`.
        app: The application's name, such as `excel`.
        capabilities: Tags of what the task exercises.
        difficulty: `easy`, `medium` or `hard`.
        horizon: The most steps of an episode.
        split: `train` or `test`, where the whole family is held out for testing; `held_out` says
            it by parameters.
        save: Whether the instruction asks to save: then the file on disk is graded, else the
            application's live state.
        feasible: Whether the task can be done; if not, terminating with failure is right.
        ends: Whether the document itself says when the episode is over, as a game does.
        has_oracle: Whether `solve` knows a way to the goal; a task file need not tell one.
        keeps: Whether the goal lies in what the document holds, and so outlives another program
            that stores it again; not so where it lies in what is shown, or selected.
    """

    id: ClassVar[str]
    app: ClassVar[str]
    capabilities: ClassVar[tuple[str, ...]] = ()
    difficulty: ClassVar[str] = "easy"
    horizon: ClassVar[int] = 50
    split: ClassVar[str] = "train"
    save: ClassVar[bool] = False
    feasible: ClassVar[bool] = True
    ends: ClassVar[bool] = False
    has_oracle: ClassVar[bool] = True
    keeps: ClassVar[bool] = True

    @abstractmethod
    def sample(self, rng: np.random.Generator) -> Params:
        """Draw parameters; plain Python values that json can hold."""

    @abstractmethod
    def setup(self, params: Params) -> dict[str, bytes]:
        """Return the workspace's files by name; the first is the one that is opened."""

    @abstractmethod
    def instruction(self, params: Params) -> str:
        """Return what the agent is asked; the wording is one of several, chosen by a parameter."""

    @abstractmethod
    def validators(self, params: Params) -> Iterable[ValidatorSpec]:
        """Return what judges the episode."""

    @abstractmethod
    def solve(self, params: Params, screen: Screen) -> Iterable[Turn]:
        """Yield the oracle's turns, from the first frame to `Terminate`."""

    @abstractmethod
    def near_misses(self, params: Params, screen: Screen) -> Mapping[str, NearMiss]:
        """Return wrong ends by name: what a hasty agent, or a guessing one, would leave."""

    def routes(self, params: Params, screen: Screen) -> Mapping[str, Iterable[Turn]]:
        """Return other ways to the goal by name, each like `solve`: all of them must pass."""
        return {}

    def gold(self, params: Params) -> dict[str, bytes]:
        """Return the files that validators compare with, by name."""
        return {}

    def gold_states(self) -> dict[str, dict[str, bytes]]:
        """Return end states that are right as they stand, by name: a workspace's files each.

        A family with parameters has none: its oracle shows the way to them.
        """
        return {}

    def sources(self) -> Iterable[Path]:
        """Return the files that the family is made of: its proof holds while they stay the same.

        By default these are its module, and the modules beside it that begin with `_`.
        """
        own = Path(inspect.getfile(type(self)))
        return [own, *sorted(own.parent.glob("_*.py"))]

    def held_out(self, params: Params) -> bool:
        """Whether the parameters lie in the range that only the test split draws from."""
        return False

    def offers(self, split: str) -> bool:
        """Whether the family has tasks in a split: `train`, `test`, or "" for either."""
        ranges = type(self).held_out is not TaskFamily.held_out
        return split in ("", self.split) or (split == "test" and ranges)

    def instance(self, seed: int, split: str = "") -> TaskInstance:
        """Return the task that a seed gives, always the same one.

        Args:
            seed: What the parameters are drawn with.
            split: `train` or `test`: draw until the parameters are of that split; "" for either.

        Raises:
            TaskError: If the family breaks a rule of tasks, naming it, or has none in the split.
        """
        self._check_declared()
        rng = np.random.default_rng(seed)
        for _ in range(_DRAWS):
            params = self._drawn(rng)
            part = "test" if self.held_out(params) else self.split
            if split in ("", part):
                break
        else:
            raise TaskError(f"task {self.id!r} has nothing in the split {split!r}")
        files = self.setup(params)
        return TaskInstance(
            id=self.id,
            app=self.app,
            seed=int(seed),
            params=params,
            instruction=self.instruction(params),
            files=files,
            open=next(iter(files), ""),
            save=self.save,
            max_steps=self.horizon,
            validators=tuple(self.validators(params)),
            gold=self.gold(params),
            capabilities=tuple(self.capabilities),
            difficulty=self.difficulty,
            split=part,
            feasible=self.feasible,
            ends=self.ends,
        )

    def _drawn(self, rng: np.random.Generator) -> Params:
        """Draw parameters, as they are once stored and read again."""
        try:
            return dict(json.loads(json.dumps(self.sample(rng))))
        except TypeError as e:
            raise TaskError(
                f"task {self.id!r}: sample() must give what json can hold (int(), float() or"
                f" .tolist() turn numpy's values into it): {e}"
            ) from None

    def _check_declared(self) -> None:
        """Refuse a family whose attributes are not what they should be."""
        who = f"task family {type(self).__module__}.{type(self).__qualname__}"
        for name in ("id", "app"):
            if not isinstance(getattr(self, name, None), str):
                raise TaskError(f"{who} has no {name!r}")
        if not ID.fullmatch(self.id):
            raise TaskError(f"{who}: id {self.id!r} must be PACK/NAME in lower case")
        for name, known in (("difficulty", DIFFICULTIES), ("split", SPLITS)):
            value = getattr(self, name)
            if value not in known:
                raise TaskError(
                    f"{who}: {name} {value!r} must be one of {', '.join(known)}"
                    + nearest(value, known)
                )


def no_task(app: str, path: str | Path) -> TaskInstance:
    """Return an instance that opens a user's own document and asks for nothing.

    Args:
        app: The application's name.
        path: The document; a copy of it is opened, under its own name.

    Raises:
        TaskError: If it is missing, damaged, protected by a password or of an unknown kind.
    """
    source = Path(path).expanduser()
    data = documents.read(source, "document")
    wrong = formats.problem(source.name, data)
    if wrong:
        raise TaskError(f"document {str(path)!r} cannot be opened: {wrong}")
    return TaskInstance(id="", app=app, files={source.name: data}, open=source.name)
