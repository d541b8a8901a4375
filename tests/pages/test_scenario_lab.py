"""Scenario lab: edits change the figures as the analysis says, can be undone, shared, saved and searched for."""

import json
import re
import time

import pytest

from analysis.scenario.file import MAX_BYTES, to_json
from analysis.scenario.scenario import AtPostcode, Point, Venue
from geo.errors import InputError
from geo.places import place_at
from store.scenarios import ScenarioStore
from tests.pages.lab import go_to, hub, plan, press, reached, sentence, told
from tests.people import boss
from ui.lab.state import decode, encode

POSTCODE = "SS3 9PD"
LIBRARY = "lib-shoeburyness-library"


@pytest.mark.slow
def test_an_empty_plan_says_how_things_are(open_page, lab, empty):
    screen = open_page("scenario_lab")
    assert sentence(screen).startswith(f"Today {reached(lab, empty)} of 4,032 children aged 0–3 in the target wards")
    assert next(line.value for line in screen.at.subheader) == "The plan: 0 changes"
    assert "plan" not in screen.address


@pytest.mark.slow
def test_a_typed_place_and_a_picked_venue_each_add_a_hub_and_undo_takes_them_back(open_page, lab, empty):
    screen = open_page("scenario_lab")
    screen.choose("lab-typed", "ss39pd")
    one = hub(empty, AtPostcode(POSTCODE), POSTCODE)
    assert plan(screen) == one
    now, before = reached(lab, one), reached(lab, one, "before")
    assert sentence(screen).startswith(f"With this plan {now} of 4,032 children")
    assert f"instead of {before}" in sentence(screen)
    assert "Nobody loses." in sentence(screen)
    screen.choose("lab-picked", LIBRARY)
    assert len(plan(screen).changes) == 2
    press(screen, "lab-undo")
    assert plan(screen) == one
    press(screen, "lab-redo")
    assert plan(screen).changes[1].at == Venue(LIBRARY)
    press(screen, "lab-remove-0")
    assert [change.at for change in plan(screen).changes] == [Venue(LIBRARY)]


@pytest.mark.slow
def test_an_unknown_place_is_said_and_changes_nothing(open_page):
    screen = open_page("scenario_lab")
    screen.choose("lab-typed", "Nowhere-on-Sea Boulevard")
    assert "was not found in or around Southend" in screen.at.warning[0].value
    assert not plan(screen).changes
    assert screen.chosen("lab-typed") == "Nowhere-on-Sea Boulevard", "what was typed is not lost"


def pressed(screen, start):
    (button,) = [one for one in screen.at.button if one.label.startswith(start)]
    button.click().run()
    screen.intact()


@pytest.mark.slow
def test_a_street_of_several_wards_opens_no_hub_before_the_choice(open_page):
    screen = open_page("scenario_lab")
    wide = screen.view
    screen.choose("lab-typed", "High Street")
    assert "High Street is in 4 wards. Which one?" in told(screen)
    assert not plan(screen).changes
    pressed(screen, "High Street, Shoeburyness")
    (change,) = plan(screen).changes
    assert (change.name, type(change.at)) == ("High Street, Shoeburyness", Point)
    assert screen.view["zoom"] > wide["zoom"] + 1, "the map goes there"
    assert "**Open** a hub at High Street, Shoeburyness" in screen.text
    screen.choose("lab-typed", "Friars")
    pressed(screen, "Friars Community Centre")
    assert isinstance(plan(screen).changes[1].at, Venue)


@pytest.mark.slow
def test_the_name_of_a_ward_asks_for_a_venue_or_street_in_it(open_page, pack):
    screen = open_page("scenario_lab")
    for typed in ("West Shoebury", "kursaal"):
        screen.choose("lab-typed", typed)
        assert not plan(screen).changes
    box = screen.at.selectbox(key="lab-typed-in-ward")
    assert "Kursaal is a ward" in box.label
    assert all("West Shoebury" not in option for option in box.options)
    assert any(option.startswith("Kursaal Way, Kursaal") for option in box.options)
    screen.choose("lab-typed-in-ward", "Beach Road, Kursaal")
    (change,) = plan(screen).changes
    assert change.name == "Beach Road, Kursaal"
    assert screen.chosen("lab-typed") == ""


@pytest.mark.slow
def test_a_box_and_a_place_outside_are_told_before_a_hub_is_planned_there(open_page):
    screen = open_page("scenario_lab")
    screen.choose("lab-typed", "CM1 1AA")
    assert "CM1 1AA is outside Southend" in screen.at.warning[0].value
    screen.choose("lab-typed", "SS99 1AA")
    assert "PO box" in screen.at.warning[0].value
    assert not plan(screen).changes
    press(screen, "lab-typed-refuse")
    assert not screen.at.warning
    assert not plan(screen).changes
    screen.choose("lab-typed", "SS99 1AA")
    press(screen, "lab-typed-agree")
    assert plan(screen).changes[0].at == AtPostcode("SS99 1AA")


@pytest.mark.slow
@pytest.mark.parametrize("layer", ["homes", "anywhere"])
def test_a_click_beside_a_venue_asks_by_its_street(open_page, pack, layer):
    home = pack.demand.iloc[2000]
    screen = open_page("scenario_lab")
    wide = screen.view
    assert next(iter(screen.layers)) == "anywhere", "beneath all others, so that it hides none of them"
    known = {"title": home["postcode"]} if layer == "homes" else {"id": home["postcode"], "title": "A Street"}
    objects = {layer: [{"properties": known}]}
    screen.at.session_state["lab-map"] = {"selection": {"objects": objects, "indices": {layer: [2000]}}}
    screen.run()
    street = place_at(pack, home["easting"], home["northing"]).name
    assert f"**Open a hub at {street}?**" in screen.text.replace("\\", "")
    assert not plan(screen).changes
    press(screen, "lab-typed-agree")
    (change,) = plan(screen).changes
    assert (change.at, change.name) == (AtPostcode(home["postcode"]), street)
    assert screen.view == wide, "the reader sees it already"


def test_a_hub_that_another_page_asks_for_is_named_by_its_street(open_page, pack):
    screen = open_page("scenario_lab", **{"try": "593630,186070"})
    assert plan(screen).changes[0].name == "Eagle Way, Shoeburyness"
    assert "grid point" not in screen.text
    asked = open_page("scenario_lab", **{"try": "Ness Road"})
    assert not plan(asked).changes
    assert asked.chosen("lab-typed") == "Ness Road"
    pressed(asked, "Ness Road, West Shoebury")
    assert plan(asked).changes[0].name == "Ness Road, West Shoebury"


def test_closing_a_site_names_who_loses(open_page, pack):
    screen = open_page("scenario_lab")
    target = pack.services_of("childrens_centre")
    inside = target[target["ward"].isin(pack.target_wards)].index[0]
    screen.choose("lab-site", str(inside))
    press(screen, "lab-close")
    assert "would no longer be within reach" in sentence(screen)
    go_to(screen, "By ward")
    assert "No longer within reach:" in screen.text


def test_a_link_reopens_exactly_and_a_damaged_one_is_said(open_page, empty):
    wanted = hub(hub(empty, AtPostcode(POSTCODE)), Venue(LIBRARY), "Library")
    screen = open_page("scenario_lab", plan=encode(wanted))
    assert plan(screen) == wanted
    assert decode(screen.address["plan"]) == wanted
    broken = open_page("scenario_lab", plan=encode(wanted)[:-9])
    assert "could not be opened" in " ".join(i.value for i in broken.at.info)
    assert not plan(broken).changes


def test_links_withstand_hostile_texts(empty):
    import base64
    import zlib

    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * (50 * MAX_BYTES), 9)).decode()
    other = base64.urlsafe_b64encode(zlib.compress(b"[1, 2]")).decode()
    for text in ("", "!", "AAAA", bomb, other):
        with pytest.raises(InputError):
            decode(text)
    assert decode(encode(empty)) == empty


@pytest.mark.slow
@pytest.mark.parametrize(("handed", "changes"), [("591200,185900", 1), ("SS3 9PD", 1), ("0,0", 0), ("nonsense!", 0)])
def test_a_place_handed_on_starts_with_a_hub_there(open_page, handed, changes):
    screen = open_page("scenario_lab", **{"try": handed})
    assert len(plan(screen).changes) == changes
    assert "try" not in screen.address
    assert changes or screen.at.info


@pytest.mark.slow
def test_a_hub_handed_on_is_for_the_service_that_is_worst_there_under_its_street_s_name(open_page, empty):
    handed = {
        "try": "SS3 9PD",
        "try_name": "Ness Road",
        "try_service": "gp_practice",
        "try_mode": "walk_pram",
        "try_minutes": "20",
    }
    screen = open_page("scenario_lab", **handed)
    now = plan(screen)
    assert (now.service, now.mode, now.within_min) == ("gp_practice", "walk_pram", 20.0)
    assert [(change.name, change.at) for change in now.changes] == [("Ness Road", AtPostcode("SS3 9PD"))]
    assert not [name for name in screen.address if name.startswith("try")]
    # A plan that asks something else is put by whole, and undo brings it back.
    other = hub(empty, Venue(LIBRARY), "Library")
    screen = open_page("scenario_lab", plan=encode(other), **handed)
    assert (plan(screen).service, len(plan(screen).changes)) == ("gp_practice", 1)
    assert "undo brings it back" in " ".join(i.value for i in screen.at.info)
    press(screen, "lab-undo")
    assert plan(screen) == other
    # What cannot be is passed over.
    screen = open_page("scenario_lab", **(handed | {"try_service": "zoo", "try_minutes": "-1"}))
    assert (plan(screen).service, plan(screen).within_min) == (empty.service, empty.within_min)


@pytest.mark.slow
def test_undo_says_what_it_undoes(open_page):
    screen = open_page("scenario_lab")
    assert screen.at.button(key="lab-undo").label == "Undo"
    screen.choose("lab-typed", POSTCODE)
    assert screen.at.button(key="lab-undo").label == "Undo: open a hub at SS3 9PD"
    go_to(screen, "Cost")
    screen.at.number_input(key="lab-in-yearly-0").set_value(64_000).run()
    assert screen.at.button(key="lab-undo").label == "Undo: cost of change 1"
    go_to(screen, "Save")
    screen.choose("lab-name", "East")
    assert screen.at.button(key="lab-undo").label == "Undo: rename to “East”"
    press(screen, "lab-undo")
    assert "Undone: rename to “East”." in " ".join(i.value for i in screen.at.info)
    assert screen.at.button(key="lab-undo").label == "Undo: cost of change 1"
    assert screen.at.button(key="lab-redo").label == "Redo: rename to “East”"


@pytest.mark.slow
def test_another_name_makes_a_new_plan_the_main_thing(open_page, database, pack):
    screen = open_page("scenario_lab")
    screen.choose("lab-typed", POSTCODE)
    go_to(screen, "Save")
    screen.choose("lab-who", "Ada")
    press(screen, "lab-save")

    def looks():
        return {key: screen.at.button(key=key).proto.type for key in ("lab-save", "lab-save-new")}

    assert looks() == {"lab-save": "primary", "lab-save-new": "secondary"}
    screen.choose("lab-name", "Another")
    assert looks() == {"lab-save": "secondary", "lab-save-new": "primary"}
    press(screen, "lab-save-new")
    store = ScenarioStore.open(database)
    assert sorted(version.name for version in store.list(pack.code)) == ["Another", "My plan"]
    store.close()


@pytest.mark.slow
def test_a_session_stands_apart_from_the_centres(open_page, lab, empty):
    screen = open_page("scenario_lab")
    screen.choose("lab-kind", "session")
    screen.choose("lab-typed", POSTCODE)
    now = plan(screen)
    row = lab.effect(now).shown("group").set_index(["measure", "code"]).loc[("children_0_3", "target")]
    said = sentence(screen)
    assert said.startswith(f"With this plan {reached(lab, empty)} of 4,032 children")
    assert "as many as today" in said
    assert f"{row['near_session_only']:,.0f} more can reach only a weekly session with 9 places; 9 of them" in said
    assert "Nobody loses." in said
    go_to(screen, "Cost")
    assert "No cost has been entered yet." in screen.text
    screen.at.number_input(key="lab-in-yearly-0").set_value(9_000).run()
    assert "£1,000</div>" in screen.text  # 9,000 for 9 children
    screen.choose("lab-kind", "hub")
    screen.choose("lab-typed", "SS9 2ES")
    assert "Change 2 has no cost yet, so this is not the whole price." in screen.text


@pytest.mark.slow
def test_a_site_that_is_open_is_chosen_and_the_next_place_may_be_where_it_moves(open_page, pack):
    """What is picked from the list goes the way of a click."""
    screen = open_page("scenario_lab")
    friars = "gias-22459"
    screen.choose("lab-picked", friars)
    assert not plan(screen).changes
    assert screen.at.selectbox(key="lab-site").value == friars
    screen.at.toggle(key="lab-moving").set_value(True).run()
    screen.choose("lab-picked", LIBRARY)
    (moved,) = plan(screen).changes
    assert (moved.site, moved.at) == (friars, Venue(LIBRARY))
    assert not screen.at.toggle(key="lab-moving").value


@pytest.mark.slow
def test_saving_opening_deleting_and_bringing_back(open_page, database, pack):
    screen = open_page("scenario_lab")
    screen.choose("lab-typed", POSTCODE)
    go_to(screen, "Save")
    press(screen, "lab-save")
    assert "Not saved: say who is saving" in " ".join(i.value for i in screen.at.info)
    screen.choose("lab-name", "A hub for Shoebury")
    screen.choose("lab-who", "Ada")
    press(screen, "lab-save")
    store = ScenarioStore.open(database)
    (first,) = store.list(pack.code)
    assert (first.name, first.saved_by, first.number) == ("A hub for Shoebury", "Ada", 1)
    # Somebody else saves over it: both are kept, and the second is told.
    kept = store.latest(first.scenario_id).scenario
    store.save(kept, boss("Grace"), scenario_id=first.scenario_id, based_on=1)
    screen.choose("lab-typed", "SS1 2PS")
    press(screen, "lab-save")
    assert "Grace changed this scenario while you were editing it" in " ".join(i.value for i in screen.at.info)
    assert len(store.list(pack.code)) == 2
    press(screen, "lab-delete")
    assert len(store.list(pack.code)) == 1
    (gone,) = store.list(pack.code, deleted=True)
    press(screen, f"lab-restore-{gone.scenario_id}")
    assert len(store.list(pack.code)) == 2
    press(screen, "lab-copy")
    assert len(store.list(pack.code)) == 3
    assert plan(screen).name.endswith("(copy)")
    store.close()


@pytest.mark.slow
def test_costs_are_set_against_more_children(open_page):
    screen = open_page("scenario_lab")
    screen.choose("lab-typed", POSTCODE)
    go_to(screen, "Cost")
    screen.at.number_input(key="lab-in-yearly-0").set_value(64_000).run()
    screen.at.number_input(key="lab-in-places-0").set_value(20).run()
    screen.intact()
    assert plan(screen).changes[0].cost.yearly == 64_000
    assert plan(screen).changes[0].places == 20
    assert "£2,356 now" in screen.text
    assert "about £800 more" in screen.text
    assert re.search(r"£3,200</div>.*for each of 20 more children 0–3 with a place\.", screen.text)  # 64,000 for 20
    assert "every site in reach is full" in screen.text
    assert "13,000" in screen.text


@pytest.mark.slow
def test_the_best_sites_are_found_with_proof_and_adopted(open_page):
    screen = open_page("scenario_lab")
    go_to(screen, "Best sites")
    screen.at.number_input(key="lab-hubs").set_value(2).run()
    press(screen, "lab-best")
    screen.finish()
    job = screen.at.session_state["lab_job"]
    assert not job.error
    assert "Proven best" in screen.text
    assert "Runner-up 1" in screen.text
    press(screen, "lab-adopt-best")
    assert {change.at.service for change in plan(screen).changes} == set(job.found.sites.index)
    press(screen, "lab-undo")
    assert not plan(screen).changes


@pytest.mark.slow
def test_a_stopped_search_keeps_the_best_so_far(open_page):
    screen = open_page("scenario_lab")
    go_to(screen, "Best sites")
    screen.choose("lab-goal", "gap")
    screen.at.number_input(key="lab-hubs").set_value(6).run()
    press(screen, "lab-best")
    search = screen.at.session_state["lab_job"]
    job = search.job
    while job.progress is None and job.open:
        time.sleep(0.05)
    screen.run()
    assert re.search(
        r":material/hourglass_top: \*\*Looking for the best choice …\*\* \d+ seconds\. Best so far: \w+", screen.text
    )
    press(screen, "lab-stop")
    screen.finish()
    assert search.found is not None
    assert len(search.found.sites) == 6
    assert "this is the best so far" in screen.text


@pytest.mark.slow
def test_plans_stand_side_by_side(open_page, lab):
    screen = open_page("scenario_lab")
    screen.choose("lab-typed", POSTCODE)
    first = plan(screen)
    go_to(screen, "Compare")
    press(screen, "lab-aside")
    screen.choose("lab-picked", LIBRARY)
    table = screen.at.table[0].value
    assert table.shape[1] == 3
    for column, scenario in zip(table.columns[1:], (plan(screen), first), strict=True):
        assert table.loc["Target wards", column].startswith(reached(lab, scenario))


@pytest.mark.slow
def test_files_hold_the_plan(open_page, downloads, pack):
    screen = open_page("scenario_lab")
    screen.choose("lab-typed", POSTCODE)
    go_to(screen, "Save")
    files = {name.rpartition(".")[2]: make() for name, make in downloads.items()}
    assert json.loads(files["json"])["changes"][0]["at"] == {"postcode": POSTCODE}
    assert files["json"].decode() == to_json(plan(screen))
    assert files["gpkg"][:6] == b"SQLite"
    assert b"reached_after" in files["csv"]
    assert b"Open Government Licence" in files["csv"]


def test_small_areas_are_drawn_at_any_threshold(pack, open_page, empty):
    from dataclasses import replace

    screen = open_page("scenario_lab", plan=encode(replace(hub(empty, AtPostcode(POSTCODE)), within_min=13.0)))
    screen.choose("lab-shows", "lsoas")
    assert not screen.at.error
    assert {f["code"] for f in screen.features("lsoas")} == set(pack.lsoas.index)


def test_names_from_a_link_are_shown_as_they_stand(open_page, empty):
    name = "![x](http://example.org/x.png) **bold** <b>"
    screen = open_page("scenario_lab", plan=encode(hub(empty, AtPostcode(POSTCODE), name)))
    (shown,) = [m.value for m in screen.at.markdown if m.value.startswith("1. ")]
    assert "\\!\\[x\\]\\(" in shown
    assert "\\*\\*bold" in shown


def test_a_selection_fades_no_layer_that_cannot_be_selected(open_page):
    screen = open_page("scenario_lab")
    exposed = {layer["id"] for layer in screen.drawn_layers if isinstance(layer, dict)}
    assert exposed == {name for name, layer in screen.layers.items() if layer.get("pickable")}
    assert exposed
    assert "street-times" not in exposed
    faded = {"getFillColor", "getColor"}
    assert not [name for name in exposed if faded & set(screen.layers[name])]
