"""Colours of charts: they stand out from the page and can be told apart by all readers."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest

from web.charts.theme import DARK, LIGHT, Palette

Colour = npt.NDArray[np.float64]

# How eyes without one kind of cone see linear RGB: Machado, Oliveira, Fernandes (2009), severity 1.
SIGHTS = {
    "all cones": np.eye(3),
    "no red": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])
BOTH = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def linear(colour: str) -> Colour:
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: Colour) -> Colour:
    parts = XYZ @ np.clip(rgb, 0, 1) / WHITE
    x, y, z = np.where(parts > 0.008856, np.cbrt(parts), 7.787 * parts + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one: str, two: str) -> float:
    high, low = sorted((float(XYZ[1] @ linear(colour)) for colour in (one, two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@BOTH
def test_colours_stand_out_and_text_can_be_read(palette: Palette) -> None:
    marks = (*palette.lines, palette.mark)
    assert min(contrast(colour, palette.paper) for colour in marks) >= 3
    assert min(contrast(colour, palette.band) for colour in marks) >= 2.4
    assert min(contrast(text, palette.paper) for text in (palette.ink, palette.soft)) >= 4.5


@BOTH
@pytest.mark.parametrize("sight", SIGHTS)
def test_no_two_lines_look_alike(palette: Palette, sight: str) -> None:
    seen = [lab(SIGHTS[sight] @ linear(colour)) for colour in palette.lines]
    assert min(float(np.linalg.norm(one - two)) for one, two in combinations(seen, 2)) >= 20


@BOTH
def test_more_is_further_from_the_paper(palette: Palette) -> None:
    steps = [contrast(colour, palette.paper) for colour in palette.ramp]
    assert steps == sorted(steps)
