"""Measures desktops: steps, resets, replays, memory, and what is left behind.

Every figure is taken from outside where that is possible: the screen is watched by a process of its
own, CPU is read from the kernel, a replay is another desktop and, for first frames, another
process. `cuagym bench` is the way in.
"""
