"""Charts as SVG, by Vega itself and with no internet."""

import altair as alt
import pandas as pd
import pytest

from drawing.chart_picture import chart_title, draw_chart
from geo.errors import InputError


def chart(**more):
    data = pd.DataFrame({"ward": ["Kursaal", "Milton"], "share": [0.4, 0.5]})
    return alt.Chart(data, **more).mark_bar().encode(x="share:Q", y="ward:N").to_dict()


def test_a_chart_is_drawn_with_its_words_and_without_its_title():
    svg, width_mm, height_mm = draw_chart(chart(title="Who can reach one"))
    text = svg.decode()
    assert "Kursaal" in text
    assert "Milton" in text
    assert "Who can reach one" not in text  # it is written above, with the frame
    assert "Source Sans Pro" in text
    assert 640 * 25.4 / 96 < width_mm < 260
    assert 10 < height_mm < 100


def test_the_title_is_found_in_each_of_its_forms():
    assert chart_title(chart(title="Who can reach one")) == "Who can reach one"
    assert chart_title(chart(title=alt.TitleParams(["Who can", "reach one"]))) == "Who can reach one"
    assert chart_title(chart()) == ""


def test_nothing_is_asked_of_another_host():
    asked = {"mark": "bar", "data": {"url": "http://127.0.0.1:9/data.json"}, "encoding": {}}
    with pytest.raises(InputError, match="cannot be made"):
        draw_chart(asked)
