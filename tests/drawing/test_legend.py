"""Legends as values."""

import math

from drawing.legend import bands_legend, classes_legend, services_legend, squares_legend
from drawing.palette import INK, NO_FIGURE, class_breaks, time_bands


def test_a_choropleth_s_legend_has_each_class_then_no_figure_then_the_outline():
    classes = class_breaks([210, 480, 990])
    legend = classes_legend(classes, "Children", missing="no figure", outline="target ward")
    assert legend.title == "Children"
    assert [one.words for one in legend.entries] == [*classes.labels, "no figure", "target ward"]
    assert [one.colour for one in legend.entries] == [*classes.colours, NO_FIGURE, INK]
    assert [one.kind for one in legend.entries][-2:] == ["area", "outline"]
    assert [one.words for one in classes_legend(classes, "Children").entries] == list(classes.labels)


def test_lines_are_as_wide_as_on_the_map():
    bands = time_bands(15)
    lines = [one for one in bands_legend(bands, "Minutes").entries if one.kind == "line"]
    assert [(one.colour, one.words, one.width_px) for one in lines] == list(
        zip(bands.colours, bands.labels, bands.widths_px, strict=True)
    )
    assert math.isclose(bands_legend(bands, "", outline="target ward").entries[-1].width_px, 2)


def test_a_bus_stop_is_a_dot_and_every_other_service_has_its_letters():
    stop, library = services_legend(["bus_stop", "library"]).entries
    assert (stop.letters, library.letters) == ("", "L")
    assert squares_legend([("#FFFFFF", "none")], "Share").entries[0].kind == "area"
