"""The action space under Gymnasium's own tools."""

from __future__ import annotations

import copy
import pickle
import warnings

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.utils.env_checker import check_env
from gymnasium.vector.utils import batch_space, concatenate, create_empty_array, iterate

from cuagym.actions import KEYS, NAMES, action_space, mask, parse
from cuagym.actions.space import UnicodeText
from cuagym.errors import UsageError


class Echo(gym.Env):
    """An env that takes the action space and shows nothing."""

    action_space = action_space()
    observation_space = spaces.Discrete(2)
    metadata = {"render_modes": []}
    render_mode = None

    def __init__(self):
        self.action_space = action_space()

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 0, {}

    def step(self, action):
        parse(action)
        return 1, 0.0, False, False, {}


def test_the_space_is_the_published_one():
    space = action_space()
    unit = spaces.Box(0, 1, (2,), np.float32)
    assert type(space) is spaces.Dict
    assert dict(space.spaces) == {
        "action": spaces.Discrete(12),
        "point": unit,
        "use_point": spaces.Discrete(2),
        "start": unit,
        "use_start": spaces.Discrete(2),
        "button": spaces.Discrete(3),
        "count": spaces.Discrete(3, start=1),
        "scroll": spaces.MultiDiscrete([41, 41], start=[-20, -20]),
        "text": UnicodeText(4096),
        "keys": spaces.MultiDiscrete([len(KEYS)] * 4),
        "seconds": spaces.Discrete(60, start=1),
        "status": spaces.Discrete(2),
        "answer": UnicodeText(4096),
    }


def test_check_env_passes_without_a_warning():
    gym.register("cuagym-test-Echo-v0", Echo, max_episode_steps=5)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            env = gym.make("cuagym-test-Echo-v0")
            check_env(env.unwrapped)
            env.reset(seed=0)
            env.step(env.action_space.sample())
            vector = gym.make_vec("cuagym-test-Echo-v0", num_envs=2)
            vector.reset(seed=0)
            vector.step(vector.action_space.sample(mask(num_envs=2)))
            vector.close()
    finally:
        gym.registry.pop("cuagym-test-Echo-v0")


@pytest.mark.parametrize("change", [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_copies_are_equal_and_sample_the_same(change):
    space = action_space(seed=3)
    space.sample()
    other = change(space)
    assert other == space
    assert [repr(space.sample()) for _ in range(20)] == [repr(other.sample()) for _ in range(20)]


def test_seeds_repeat():
    a, b, c = action_space(), action_space(7), action_space(8)
    a.seed(7)
    rows = [[repr(s.sample()) for _ in range(10)] for s in (a, b, c)]
    assert rows[0] == rows[1] != rows[2]


def test_texts():
    space = UnicodeText()
    good = ["", "é€中😀", "\n\t\x07", "\uffff", "x" * 4096]
    bad = ["x" * 4097, "\0", "a\ud83d", "\udfff", b"x", None, 3, ["x"]]
    assert all(t in space for t in good) and not any(t in space for t in bad)
    assert "abcd" not in UnicodeText(3)
    assert repr(space) == "UnicodeText(4096)" and eval(repr(space)) == space
    assert space != UnicodeText(5) and space != spaces.Text(4096, min_length=0)
    with pytest.raises(UsageError, match="from 0 to 4096"):
        UnicodeText(5000)


def test_text_samples_are_short_and_printable():
    space = UnicodeText()
    space.seed(0)
    samples = [space.sample() for _ in range(300)]
    assert all(s in space and len(s) <= 16 and (s.isprintable() or not s) for s in samples)
    assert {len(s) for s in samples} == set(range(17)) and type(samples[0]) is str
    assert len(UnicodeText(2).sample()) <= 2


def test_text_masks():
    space = UnicodeText()
    only = np.zeros(len(space.character_list), np.int8)
    only[space.character_index("z")] = 1
    assert space.sample((3, None)) in space and space.sample((3, only)) == "zzz"
    assert set(space.sample((None, only))) <= {"z"}
    assert space.sample(probability=(2, only.astype(np.float64))) == "zz"
    assert len(space.sample(probability=(None, only.astype(np.float64)))) <= 16
    with pytest.raises(AssertionError):
        space.sample("zz")


def test_mask_leaves_actions_out():
    space = action_space(seed=0)
    excluded = ("terminate", "wait", "type")
    seen = {NAMES[space.sample(mask(excluded))["action"]] for _ in range(400)}
    assert seen == set(NAMES) - set(excluded)
    assert {NAMES[space.sample(mask(exclude=NAMES[1:]))["action"]] for _ in range(9)} == {"move"}


def test_mask_for_a_batch():
    batched = batch_space(action_space(seed=1), 3)
    for _ in range(50):
        sample = batched.sample(mask(exclude=("terminate",), num_envs=3))
        assert sample in batched
        parts = list(iterate(batched, sample))
        assert len(parts) == 3 and all(parse(p).name != "terminate" for p in parts)


def test_batches_can_be_built_from_single_actions():
    space = action_space(seed=2)
    items = [space.sample() for _ in range(3)]
    out = concatenate(space, items, create_empty_array(space, 3))
    back = list(iterate(batch_space(space, 3), out))
    assert [parse(b) for b in back] == [parse(i) for i in items]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"exclude": ("terminat",)}, "'terminat'; did you mean 'terminate'"),
        ({"exclude": NAMES}, "at least one must be left"),
        ({"num_envs": 0}, "num_envs must be at least 1"),
    ],
)
def test_mask_refuses_nonsense(arguments, message):
    with pytest.raises(UsageError, match=message):
        mask(**arguments)


def test_mask_takes_one_name():
    assert mask("wait")["action"][NAMES.index("wait")] == 0
