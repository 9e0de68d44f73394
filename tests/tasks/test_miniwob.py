"""MiniWoB++ pages: what each owes its users, and what they ask. Proofs are in another file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from cuagym.actions import Click, Terminate
from cuagym.env import DesktopEnv
from cuagym.pack import find
from cuagym.task import DIFFICULTIES, UNPROVEN, Screen, TaskFamily

PAGES = find("miniwob/*")
HANDFUL = ("click-color", "email-inbox-nl-turk", "guess-number", "social-media", "use-slider")


@pytest.fixture(scope="module")
def env() -> Iterator[DesktopEnv]:
    env = DesktopEnv("browser", "miniwob/click-test", look="plain", prepare=0)
    yield env
    env.close()


def page(name: str) -> TaskFamily:
    return find(f"miniwob/{name}")[0]


def test_most_pages_are_proven_and_the_others_say_that_they_are_not() -> None:
    proven = [f for f in PAGES if f.has_oracle]
    assert len(PAGES) == 130 and len(proven) >= 110
    assert all((UNPROVEN in f.capabilities) != f.has_oracle for f in PAGES)


def test_proven_pages_are_of_each_difficulty() -> None:
    counts = Counter(f.difficulty for f in PAGES if f.has_oracle)
    assert all(counts[level] >= 5 for level in DIFFICULTIES)


@pytest.mark.parametrize("name", HANDFUL)
def test_a_seed_is_the_whole_of_a_task(name: str) -> None:
    family = page(name)
    assert family.instance(3) == family.instance(3)
    assert family.instance(3).files != family.instance(4).files


def test_every_page_tells_the_files_that_it_is_made_of() -> None:
    made_of = [list(family.sources()) for family in PAGES]
    assert all(path.is_file() for paths in made_of for path in paths)
    assert len({paths[2] for paths in made_of}) == len(PAGES)


def asks(env: DesktopEnv, family: TaskFamily, seed: int = 0) -> str:
    """What a page says; it has settled, and its area shows."""
    _, info = env.reset(seed=0, options={"task": family.instance(seed)})
    assert info["settled"] and env.elements("#area")
    return str(info["instruction"])


@pytest.mark.parametrize("name", HANDFUL)
def test_a_page_says_what_it_asks_for(env: DesktopEnv, name: str) -> None:
    said = [asks(env, page(name), seed) for seed in (0, 1, 0)]
    assert all(said) and said[0] == said[2]


def test_what_a_seed_asks_for_is_not_what_another_one_does(env: DesktopEnv) -> None:
    assert len({asks(env, page("click-button"), seed) for seed in range(4)}) >= 3


def test_the_page_ends_the_episode_and_rewards_it(env: DesktopEnv) -> None:
    asks(env, page("click-test-2"))
    screen = Screen(ask=env.elements)
    step = env.step(Click(screen.middle(screen.element("#subbtn2"))))
    assert step[2] and step[4]["score"] == 0.0 and not step[4]["is_success"]
    asks(env, page("click-test-2"))
    step = env.step(Click(screen.middle(screen.element("#subbtn"))))
    assert step[1] == 1.0 and step[2] and step[4]["is_success"]


def test_the_countdown_of_a_page_takes_nothing_from_its_reward(env: DesktopEnv) -> None:
    asks(env, page("click-test"))
    screen = Screen(ask=env.elements)
    for _ in range(15):  # the page would have given up after 10 seconds
        assert not env.step({"action": "wait", "seconds": 2})[2]
    assert env.step(Click(screen.middle(screen.element("#subbtn"))))[1] == 1.0


def test_a_part_of_the_reward_is_the_score_and_no_success(env: DesktopEnv) -> None:
    asks(env, page("find-greatest"))
    screen = Screen(ask=env.elements)
    cards = screen.elements("#area .card")
    least = min(cards, key=lambda card: int(card.text))
    env.step(Click(screen.middle(least)))
    *_, info = env.step(Click(screen.middle(screen.element("#submit"))))
    assert info["score"] == pytest.approx(0.1) and not info["is_success"]


@pytest.mark.soak
@pytest.mark.parametrize("family", PAGES, ids=lambda f: f.id.partition("/")[2])
def test_every_page_starts_says_what_it_asks_for_and_settles(
    env: DesktopEnv, family: TaskFamily
) -> None:
    assert asks(env, family)
    *_, truncated, info = env.step(Terminate("failure"))
    assert not truncated and not info["is_success"] and info["fault"] == ""
