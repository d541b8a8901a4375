"""Pictures to hand on, with title, legends, date and credit."""

import re

from drawing.bitmap import to_png
from drawing.framed import framed
from drawing.legend import Legend, Swatch, services_legend

BODY = b'<svg xmlns="http://www.w3.org/2000/svg" width="80mm" height="40mm" viewBox="0 0 80 40"><rect width="9"/></svg>'
LEGEND = Legend("Share <half>", tuple(Swatch("area", "#12436D", f"class {n} of the share") for n in range(6)))


def texts(picture):
    found = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>', picture.svg.decode())
    return [(float(x), float(y), words) for x, y, words in found]


def test_all_is_on_the_sheet_from_the_top_down():
    picture = framed(
        BODY,
        80,
        40,
        title="Who can reach a children's centre, in a title that needs more than one line",
        legends=[LEGEND, services_legend(["library"])],
        notes=["Made on 3 May 2026", "© OpenStreetMap contributors " * 5],
    )
    drawn = texts(picture)
    assert all(0 < x < picture.width_mm and 0 < y < picture.height_mm for x, y, _ in drawn)
    words = " ".join(words for *_, words in drawn)
    for wanted in (
        "needs more than",
        "Share &lt;half&gt;",
        "class 5 of",
        "Library",
        "Made on 3 May 2026",
        "© Open",
    ):
        assert wanted in words
    inner = re.search(r'<svg x="5" y="([\d.]+)" width="80" height="40"[^>]*viewBox="0 0 80 40">', picture.svg.decode())
    assert inner
    top = float(inner[1])
    above = [y for _, y, words in drawn if "title" in words or "needs" in words]
    below = [y for _, y, words in drawn if "class" in words or "Made" in words or "©" in words]
    assert max(above) < top
    assert min(below) > top + 40
    rows = {y for _, y, words in drawn if words.startswith("class")}
    assert len(rows) > 1  # six of them do not fit one row


def test_a_size_inside_the_drawing_is_kept():
    assert '<rect width="9"/>' in framed(BODY, 80, 40, title="").svg.decode()


def test_it_becomes_a_bitmap_of_its_size():
    picture = framed(BODY, 80, 40, title="A map", legends=[LEGEND])
    png = to_png(picture.svg, picture.width_mm, picture.height_mm, ppi=96)
    assert png.startswith(b"\x89PNG")
    assert abs(int.from_bytes(png[16:20], "big") - picture.width_mm * 96 / 25.4) < 2
