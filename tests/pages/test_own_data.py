"""Your data: what is given is read, decided on, kept under a name, opened by a link, changed, removed and used."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.reach.reach import reach
from analysis.scenario.scenario import AddSite, Point
from analysis.travel.access import Access
from geo.network.modes import MODES
from store.layers import LayerStore
from tests.people import boss

ROWS = (
    "site_name\tpcds\tLng\tLat\n"
    "Hub A\t\t0,71\t51,54\n"
    "Hub B\tSS1 2PS\t0,60\t51,54\n"
    "<b>Hub</b> ![x](https://evil.example/p.png)\tSS1 2PS\t\t\n"
    "Hub D\t\teast\t51,54\n"
)


@pytest.fixture
def store(database):
    opened = LayerStore.open(database)
    yield opened
    opened.close()


def press(screen, key):
    (button,) = [button for button in screen.at.button if button.key == key]
    button.click().run()
    screen.intact()


def paste(screen, rows):
    (area,) = screen.at.text_area
    area.set_value(rows).run()
    screen.intact()


def heading(screen):
    return next(m.value for m in screen.at.markdown if m.value.startswith("## "))


def radio(screen, start):
    (found,) = [one for one in screen.at.radio if str(one.key).startswith(start)]
    return found


@pytest.mark.slow
def test_an_empty_page_says_what_to_do(open_page):
    screen = open_page("own_data")
    assert heading(screen).startswith("## Give a file or paste rows.")
    assert "Nothing is kept yet." in screen.text
    assert not screen.at.error


@pytest.mark.slow
def test_rows_are_read_decided_on_and_kept(open_page, store, downloads):
    screen = open_page("own_data")
    paste(screen, ROWS)
    assert heading(screen) == "## 2 of 4 rows can be used. 1 cannot be used. 1 needs your answer."
    problems = screen.table("line", "column", "value", "reason")
    assert problems.to_numpy().tolist() == [["5", "Lng", "east", "lon 'east' is not a number"]]
    asked = screen.table("line", "name", "one", "other")
    assert asked["one"].tolist() == ["lon 0,60, lat 51,54"]
    assert {"own-places", "own-doubt"} <= set(screen.layers)
    listed = downloads["rows-that-cannot-be-used.csv"]().decode("utf-8-sig")
    assert "5,Lng,east,lon 'east' is not a number" in listed
    radio(screen, "own-answer-apart").set_value("postcode").run()
    screen.intact()
    assert heading(screen) == "## 3 of 4 rows can be used. 1 cannot be used."
    (name,) = [box for box in screen.at.text_input if str(box.key).startswith("own-name-")]
    name.set_value("Our hubs").run()
    press(screen, "own-keep")
    (layer,) = store.list("southend")
    assert (layer.name, layer.kind, layer.rows) == ("Our hubs", "services", 3)
    assert store.content(layer.id)["name"].tolist()[:2] == ["Hub A", "Hub B"]
    assert screen.address["layer"] == layer.id
    assert "“Our hubs” is kept." in screen.text


def kept(store, kind="services", name="Our *hubs*"):
    rows = pd.DataFrame(
        {
            "name": ["Hub A", "Hub B"],
            "easting": [588000.0, 592000.0],
            "northing": [186000.0, 185500.0],
            "postcode": ["", ""],
        }
    )
    return store.add("southend", kind, name, rows, boss("Anna")), rows


@pytest.mark.slow
def test_a_link_opens_a_layer_and_says_who_can_reach_its_places(open_page, store, pack, downloads):
    layer, rows = kept(store)
    screen = open_page("own_data", layer=layer.id, within="20", mode="walk_adult")
    assert screen.notes == []
    times = Access.of(pack, MODES["walk_adult"]).to_sites(rows)
    found = reach(pack, times.nearest_s, measure="children_0_3", baseline="strategy", within_min=20)
    shown = screen.table("name", "total", "reached", "share").set_index("name")
    ward = found.rows.iloc[0]
    assert shown.loc[ward["name"], "reached"] == pytest.approx(ward["reached"])
    said = heading(screen)
    assert "a place of “Our \\*hubs\\*” within 20 minutes" in said
    assert "2 rows" in screen.text
    assert "by Anna" in screen.text
    content = downloads[f"southend-{layer.id}.csv"]().decode("utf-8-sig")
    assert content.splitlines()[0] == "name,easting,northing,postcode"
    again = open_page("own_data")
    paste(again, content)
    assert heading(again) == "## All 2 rows can be used."


@pytest.mark.slow
def test_a_layer_is_renamed_replaced_and_removed_and_each_can_be_undone(open_page, store):
    layer, _ = kept(store)
    screen = open_page("own_data", layer=layer.id)
    (name,) = [box for box in screen.at.text_input if box.key == f"own-name-{layer.id}"]
    name.set_value("Halls")
    press(screen, "own-rename")
    assert store.find(layer.id).name == "Halls"
    press(screen, "own-replace")
    assert "These rows will replace those of “Halls”." in screen.text
    paste(screen, "name,postcode\nNew,SS1 2PS\n")
    press(screen, "own-keep")
    assert store.content(layer.id)["name"].tolist() == ["New"]
    press(screen, "own-undo-last")
    assert store.content(layer.id)["name"].tolist() == ["Hub A", "Hub B"]
    press(screen, "own-remove")
    assert list(store.list("southend")) == []
    assert "layer" not in screen.address
    press(screen, "own-undo-last")
    assert list(store.list("southend")) == [store.find(layer.id)]
    assert screen.address["layer"] == layer.id


@pytest.mark.slow
def test_a_link_to_what_was_removed_says_so(open_page, store):
    layer, _ = kept(store)
    store.remove(layer.id, boss("Anna"))
    screen = open_page("own_data", layer=layer.id)
    assert "which was removed" in screen.text
    press(screen, f"own-back-{layer.id}")
    assert store.find(layer.id).removed_at is None


@pytest.mark.slow
def test_counts_are_asked_about_first_and_shown_by_ward_to_the_nearest_five(open_page, store, pack):
    screen = open_page("own_data")
    radio(screen, "own-kind").set_value("counts").run()
    screen.intact()
    assert not screen.at.text_area
    radio(screen, "own-real").set_value("yes").run()
    screen.intact()
    assert "Counts of real families are not kept here yet." in screen.text
    assert not screen.at.text_area
    radio(screen, "own-real").set_value("no").run()
    some = pack.lsoas.index[:20]
    paste(screen, "code;Twins\n" + "".join(f"{code};{number}\n" for number, code in enumerate(some)) + "E01999999;3\n")
    assert heading(screen) == "## 20 of 21 rows can be used. 1 cannot be used."
    press(screen, "own-keep")
    assert "give the layer a name" in screen.text
    (name,) = [box for box in screen.at.text_input if str(box.key).startswith("own-name-")]
    name.set_value("Twins")
    press(screen, "own-keep")
    (layer,) = store.list("southend")
    opened = open_page("own_data", layer=layer.id)
    true = pd.Series(np.arange(20.0), index=some).groupby(pack.lsoas["ward"].reindex(some).to_numpy()).sum()
    shown = opened.table("name", "value", "counted").set_index("name")["value"]
    for code, ward in pack.wards["name"].items():
        if code in true.index and true[code] >= 5:
            assert shown[ward] == 5 * int(true[code] / 5 + 0.5)
        elif code not in true.index:
            assert np.isnan(shown[ward])
    tips = {feature["title"]: feature["tip"] for feature in opened.features("wards")}
    assert set(tips) == set(pack.wards["name"])


@pytest.mark.slow
def test_the_lab_chooses_among_ones_own_places(open_page, store, lab, empty):
    layer, rows = kept(store, kind="sites", name="Empty shops")
    from analysis.placement.candidates import candidate_sites
    from analysis.placement.placement import Question, place

    sites = candidate_sites(lab.pack, [], own={layer.id: store.content(layer.id)})
    assert sites["name"].tolist() == ["Hub A", "Hub B"]
    found = place(lab, empty, sites, Question(goal="reach", measures=(("children_0_3", 1.0),), hubs=1))
    (change,) = found.adopted.changes
    assert isinstance(change, AddSite)
    assert isinstance(change.at, Point)
    assert (change.at.easting, change.at.northing) in set(zip(rows["easting"], rows["northing"], strict=True))
    screen = open_page("scenario_lab", tab="best")
    (own,) = [box for box in screen.at.multiselect if box.key == "lab-own"]
    assert own.options == ["Empty shops"]
    before = next(c.value for c in screen.at.caption if "to choose from" in c.value)
    own.set_value([layer.id]).run()
    screen.intact()
    after = next(c.value for c in screen.at.caption if "to choose from" in c.value)
    assert int(after.split()[0]) == int(before.split()[0]) + 2


@pytest.mark.slow
def test_nothing_of_a_file_becomes_markup(open_page, store):
    screen = open_page("own_data")
    paste(screen, ROWS)
    marked = json.dumps([m.value for m in screen.at.markdown] + [c.value for c in screen.at.caption])
    assert "evil" not in marked
