"""Screens made smaller, against what numpy and Pillow say."""

from __future__ import annotations

import os
import threading
import time

import numpy as np
import pytest
from PIL import Image

from cuagym.errors import UsageError
from cuagym.wrappers import resize


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, shape, np.uint8)


def means(image: np.ndarray, w: int, h: int) -> np.ndarray:
    """The mean of the area of each pixel, by repeating every pixel until all factors are whole."""
    height, width, channels = image.shape
    large = image.repeat(h, 0).repeat(w, 1).astype(np.int64)
    sums = large.reshape(h, height, w, width, channels).sum((1, 3))
    return sums / (height * width)


@pytest.mark.parametrize("size", [(16, 9), (64, 36), (17, 11), (63, 35), (1, 1), (64, 1)])
def test_area_is_the_exact_mean_whatever_the_factor(size: tuple[int, int]) -> None:
    image = noise(36, 64, 3)
    expected = means(image, *size)
    got = resize(image, size)
    assert got.dtype == np.uint8 and got.shape == (size[1], size[0], 3)
    assert np.abs(got - expected).max() <= 0.5
    luma = expected @ [0.299, 0.587, 0.114]
    assert np.abs(resize(image, size, gray=True)[..., 0] - luma).max() <= 0.51


def test_bright_and_large_does_not_overflow() -> None:
    white = np.full((1080, 1920, 3), 255, np.uint8)
    for size in [(1, 1), (1, 4), (7, 3), (1920, 1)]:
        assert (resize(white, size) == 255).all() and (resize(white, size, gray=True) == 255).all()


def test_gray_is_pillows() -> None:
    image = noise(40, 50, 3)
    theirs = np.asarray(Image.fromarray(image).convert("L")).astype(int)
    assert np.abs(resize(image, (50, 40), gray=True)[..., 0] - theirs).max() <= 1


def test_nearest_takes_the_pixel_in_the_middle_and_enlarges() -> None:
    image = noise(36, 64, 3)
    assert np.array_equal(resize(image, (8, 9), method="nearest"), image[2::4, 4::8])
    twice = resize(image, (128, 72), method="nearest")
    assert np.array_equal(twice, image.repeat(2, 0).repeat(2, 1))


def test_many_at_once_and_parts_in_place_are_the_same_as_one_by_one() -> None:
    images = noise(4, 60, 80, 3)
    part = images[::2, 10:50, 16:64]
    for gray in (False, True):
        for size in [(12, 10), (11, 9)]:
            one_by_one = [resize(np.ascontiguousarray(i), size, gray=gray) for i in part]
            assert np.array_equal(resize(part, size, gray=gray), one_by_one)
    mirrored = images[:, ::-1, ::-1]
    assert np.array_equal(resize(mirrored, (20, 15)), resize(mirrored.copy(), (20, 15)))
    assert resize(images[:0], (8, 6)).shape == (0, 6, 8, 3)


@pytest.mark.parametrize(
    ("image", "size", "method", "told"),
    [
        (np.zeros((4, 4, 3)), (2, 2), "area", "float64 of shape"),
        (np.zeros((4, 4), np.uint8), (2, 2), "area", r"shape \(4, 4\)"),
        (np.zeros((4, 4, 3), np.uint8), (0, 2), "area", r"size=\(0, 2\)"),
        (np.zeros((4, 4, 3), np.uint8), (8, 2), "area", "method='nearest' enlarges"),
        (np.zeros((4, 4, 3), np.uint8), (2, 2), "aera", "did you mean 'area'"),
    ],
)
def test_what_cannot_be_done_is_said(image, size, method, told) -> None:
    with pytest.raises(UsageError, match=told):
        resize(image, size, method=method)


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one CPU runs one thread at a time")
def test_other_threads_run_meanwhile() -> None:
    images, counted, stop = noise(8, 720, 1280, 3), [0], threading.Event()

    def count() -> None:
        while not stop.is_set():
            counted[0] += 1
            time.sleep(0)

    thread = threading.Thread(target=count)
    thread.start()
    before = counted[0]
    resize(images, (1279, 719))
    during = counted[0] - before
    stop.set()
    thread.join()
    assert during > 100
