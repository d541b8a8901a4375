"""Contrast, symbols and classes."""

import numpy as np
import pytest

from drawing import palette
from geo.errors import InputError


@pytest.mark.parametrize("colour", [*palette.CATEGORICAL, palette.SELECTED_COLOUR, *palette.time_bands(15).colours])
def test_shapes_stand_out_from_the_land(colour: str) -> None:
    assert palette.contrast(colour, palette.LAND) >= 3


@pytest.mark.parametrize("category", [*palette.categories(), "something_new"])
def test_letters_can_be_read_on_their_disc(category: str) -> None:
    sign = palette.symbol(category)
    assert palette.contrast(sign.ink, sign.colour) >= 4.5
    assert palette.contrast(sign.colour, palette.LAND) >= 3
    assert 1 <= len(sign.letters) <= 2


def test_no_two_categories_look_the_same() -> None:
    letters = [palette.symbol(c).letters for c in palette.categories()]
    assert len(set(letters)) == len(letters)


def test_text_colours() -> None:
    for ink in (palette.INK, palette.MUTED_INK):
        assert palette.contrast(ink, palette.LAND) >= 4.5
        assert palette.contrast(ink, palette.SEA) >= 4.5


def test_contrast_of_black_and_white() -> None:
    assert palette.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert palette.contrast("#777777", "#777777") == pytest.approx(1)


def test_sequential_colours_darken() -> None:
    shades = [palette.luminance(c) for c in palette.SEQUENTIAL]
    assert shades == sorted(shades, reverse=True)


@pytest.mark.parametrize("bad", ["red", "#12", "#12436G", ""])
def test_bad_colour(bad: str) -> None:
    with pytest.raises(InputError, match="RRGGBB"):
        palette.rgb(bad)


@pytest.mark.parametrize("method", ["round", "quantile", "equal"])
def test_classes_hold_every_value(method: palette.Method) -> None:
    values = np.random.default_rng(4).lognormal(5, 1, 107)
    classes = palette.class_breaks(values, method=method)
    assert len(classes.labels) == len(classes.colours) == len(classes.edges) - 1 <= 5
    assert classes.edges[0] <= values.min()
    assert classes.edges[-1] >= values.max()
    index = classes.index(values)
    assert index.min() >= 0
    assert index.max() < len(classes.colours)


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (195, 1026), (-4.2, 3.9), (9.99, 10.01), (1e6, 9e6), (0.001, 0.0042)]
)
def test_round_classes_never_exceed_the_colours(low: float, high: float) -> None:
    classes = palette.class_breaks(np.array([low, high]))
    assert len(classes.colours) <= 5
    assert classes.edges[0] <= low
    assert classes.edges[-1] >= high


def test_round_edges_and_labels() -> None:
    classes = palette.class_breaks([210, 480, 990])
    assert classes.edges == (200, 400, 600, 800, 1000)
    assert classes.labels[0] == "200 to 400"
    assert classes.index([210, 400, 1000, np.nan]).tolist() == [0, 1, 3, -1]


def test_one_value_makes_one_class() -> None:
    classes = palette.class_breaks([7, 7, np.nan])
    assert classes.labels == ("7",)
    assert classes.index([7, np.nan]).tolist() == [0, -1]


def test_no_value_is_an_error() -> None:
    with pytest.raises(InputError, match="every value is missing"):
        palette.class_breaks([np.nan])


def test_threshold_is_at_most() -> None:
    bands = palette.time_bands(15)
    assert bands.limits_min == (5, 10, 15, 30, 60)
    asked = [0, 300, 300.1, 900, 900.1, 1800, 1801, 3600, 3601, np.inf]
    assert bands.index(asked).tolist() == [0, 0, 1, 2, 3, 3, 4, 4, 5, 6]
    assert len(bands.labels) == len(bands.colours) == len(bands.widths_px) == len(bands.kinds) == 7


@pytest.mark.parametrize(
    ("minutes", "limits", "word"),
    [
        (15, (5, 10, 15, 30, 60), "over 60: not walkable"),
        (45, (15, 30, 45, 60), "over 60: not walkable"),
        (60, (20, 40, 60), "over 60: not walkable"),
        (90, (30, 60, 90), "over 90: not walkable"),
    ],
)
def test_more_than_an_hour_on_foot_is_not_walkable(minutes: float, limits: tuple[float, ...], word: str) -> None:
    bands = palette.time_bands(minutes)
    assert bands.limits_min == limits
    assert bands.labels[-2:] == (word, "no way there")
    assert bands.kinds[bands.index([max(minutes, 60) * 60 + 1])[0]] == palette.NOT_WALKABLE
    assert bands.kinds[bands.index([np.inf])[0]] == palette.NO_WAY


def test_a_long_ride_is_no_walk() -> None:
    bands = palette.time_bands(15, on_foot=False)
    assert bands.limits_min == (5, 10, 15, 30)
    assert bands.kinds[bands.index([4000])[0]] == palette.FURTHER


@pytest.mark.parametrize("minutes", [1, 5, 7, 20, 45])
def test_bands_rise(minutes: float) -> None:
    limits = palette.time_bands(minutes).limits_min
    assert list(limits) == sorted(set(limits))
    assert minutes in limits


@pytest.mark.parametrize("bad", [0, -5, float("inf"), float("nan")])
def test_bad_threshold(bad: float) -> None:
    with pytest.raises(InputError, match="threshold"):
        palette.time_bands(bad)


# How the eye sees without one kind of cone: Machado, Oliveira and Fernandes 2009, severity 1, on linear light.
SEEN = {
    "all": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "no red": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "no green": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "no blue": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


def as_seen(colour: str, eye: str) -> np.ndarray:
    """Colour as CIE L*a*b* of an eye: a distance of 2 is just noticed, 20 is seen at a glance."""
    part = np.array(palette.rgb(colour)) / 255
    light = np.array(SEEN[eye]) @ np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(np.clip(matrix @ np.clip(light, 0, 1) / [0.9505, 1, 1.089], 1e-4, None))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("eye", SEEN)
def test_the_nine_colours_of_need_and_reach_are_told_apart_by_every_eye(eye: str) -> None:
    seen = [as_seen(colour, eye) for colour in palette.BIVARIATE]
    apart = [np.linalg.norm(one - other) for i, one in enumerate(seen) for other in seen[:i]]
    assert len(apart) == 36
    assert min(apart) > 20


def test_need_and_reach_get_darker_towards_the_corner_of_both() -> None:
    light = np.array([palette.luminance(colour) for colour in palette.BIVARIATE]).reshape(3, 3)
    assert (np.diff(light, axis=0) < 0).all()
    assert (np.diff(light, axis=1) < 0).all()
    assert palette.contrast(palette.BIVARIATE[8], palette.BIVARIATE[4]) >= 3
    assert palette.contrast(palette.ALONE_COLOUR, palette.SHARED_COLOUR) >= 3
