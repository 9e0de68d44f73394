"""MiniWoB++: the pages of the miniwob package as tasks of a real browser.

A page is a family, its seed the parameter. The instruction is what the page says itself, the reward
its own raw one, without the clock that the pages count down.

    _pages.toml     the pages: how hard, and what they exercise
    _pages.py       a family for each of them
    _oracles/       ways to the goal, by page
    _package.py     where the pages are
    validators.py   the page's own reward
"""
