"""What is one per env, and what is one for all: actions taken apart, infos put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from gymnasium import Space
from gymnasium.vector.utils import batch_space, iterate
from numpy.typing import NDArray

from cuagym.errors import ActionError, UsageError

__all__ = ["each", "gathered", "turns"]


def each(args: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
    """Give every env its arguments: a list holds one value for each, anything else is for all.

    Args:
        args: By name. A list under "size" is width and height, as for a single env.
        count: How many envs there are.

    Raises:
        UsageError: A list is of another length.
    """
    for name, value in args.items():
        if isinstance(value, list) and name != "size" and len(value) != count:
            raise UsageError(
                f"{name}={value!r}: a list holds one value for each of num_envs={count} envs,"
                f" this one holds {len(value)}"
            )
    sizes = args.get("size")
    if isinstance(sizes, list) and any(isinstance(size, (list, tuple)) for size in sizes):
        raise UsageError(f"size={sizes!r}: screens of one vector env are of one size")
    listed = {name for name, v in args.items() if isinstance(v, list) and name != "size"}
    return [{k: v[i] if k in listed else v for k, v in args.items()} for i in range(count)]


def turns(space: Space[Any], actions: Any, count: int) -> list[Sequence[Any]]:
    """Take a batch of actions apart.

    Args:
        space: The action space of one env.
        actions: An element of the batched space, or a sequence of what `DesktopEnv.step` takes, or
            of turns: lists or tuples of such.
        count: How many are wanted.

    Returns:
        A turn for each.

    Raises:
        ActionError: It is neither, or of another length.
    """
    if isinstance(actions, Mapping):
        try:
            single = list(_unbatched(batch_space(space, count), actions))
        except (KeyError, TypeError, ValueError, IndexError) as e:
            raise ActionError(
                f"a batch of actions is an element of the batched action space, a Dict of arrays of"
                f" length {count}; got keys {sorted(map(str, actions))} ({type(e).__name__}: {e})"
            ) from None
    elif isinstance(actions, (list, tuple, np.ndarray)):
        single = list(actions)
    else:
        raise ActionError(
            "actions are an element of the batched action space or a sequence of actions, got"
            f" {type(actions).__name__}"
        )
    if len(single) != count:
        raise ActionError(f"{len(single)} actions were given, {count} are wanted: one for each env")
    return [list(a) if isinstance(a, (list, tuple)) else [a] for a in single]


def _unbatched(space: Space[Any], actions: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    lengths = {name: len(values) for name, values in actions.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"arrays of different lengths: {lengths}")
    yield from iterate(space, actions)


def gathered(infos: Iterable[tuple[int, Mapping[str, Any]]], count: int) -> dict[str, Any]:
    """Put single infos together as Gymnasium's vector envs do.

    Args:
        infos: Each with its place; not every place needs one.
        count: How many places there are.

    Returns:
        For each key an array of length `count` (of numbers where the values are numbers, else of
        objects) and under "_key" whether a place has it. Dicts are gathered likewise; what is under
        "final_obs" stays as it is, in an array of objects.
    """
    by_key: dict[str, list[tuple[int, Any]]] = {}
    for place, info in infos:
        for key, value in info.items():
            by_key.setdefault(key, []).append((place, value))
    out: dict[str, Any] = {}
    for key, values in by_key.items():
        has = np.zeros(count, np.bool_)
        has[[place for place, _ in values]] = True
        first = values[0][1]
        if isinstance(first, Mapping) and key != "final_obs":
            out[key] = gathered(values, count)
        else:
            out[key] = _array(
                values, count, numbers=isinstance(first, (bool, int, float, np.number))
            )
        out[f"_{key}"] = has
    return out


def _array(values: Sequence[tuple[int, Any]], count: int, *, numbers: bool) -> NDArray[Any]:
    if numbers:
        array: NDArray[Any] = np.zeros(count, dtype=type(values[0][1]))
    else:
        array = np.full(count, None, dtype=object)
    for place, value in values:
        array[place] = value
    return array
