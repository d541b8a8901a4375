"""Layers are kept, renamed, replaced, removed and put back: on SQLite and on PostgreSQL."""

import json
import threading

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import create_engine, text

from geo.errors import InputError, NewerFileError, UnknownNameError
from store.layers import NAME_LENGTH, LayerStore
from store.short_links import LENGTH
from tests.people import boss

OLGA = boss("Olga")


@pytest.fixture
def layers(url):
    opened = LayerStore.open(url)
    yield opened
    opened.close()


def places(*names):
    count = range(len(names))
    return pd.DataFrame(
        {
            "name": list(names),
            "easting": [588000.04 + at for at in count],
            "northing": [186000.0 - at for at in count],
            "line": [2 + at for at in count],
            "postcode": ["SS1 2PS" if at % 2 else "" for at in count],
        }
    )


def add(store, *names, called="Our halls", area="southend", kind="services", who="Anna"):
    return store.add(area, kind, called, places(*(names or ("A",))), boss(who))


def names(store, layer):
    return store.content(layer.id)["name"].tolist()


def test_a_layer_is_kept_with_its_good_rows_and_nothing_else(layers):
    odd = "Zoë’s “Café”; DROP TABLE layer; -- 🏠"
    made = add(layers, odd, "B", called="  Our\n halls ", who=" Anna\tB. ")
    assert (made.name, made.kind, made.rows, made.number, made.saved_by) == ("Our halls", "services", 2, 1, "Anna B.")
    assert len(made.id) == LENGTH
    found = layers.content(made.id)
    assert list(found.columns) == ["name", "easting", "northing", "postcode"]
    assert found.to_numpy().tolist() == [[odd, 588000.0, 186000.0, ""], ["B", 588001.0, 185999.0, "SS1 2PS"]]
    assert layers.find(made.id) == layers.find(made.id.upper()) == made
    assert list(layers.list("southend")) == [made]


def test_counts_are_kept_as_they_are(layers):
    rows = pd.DataFrame({"measure": ["a", "b"], "lsoa": ["E01015814", "E01015815"], "value": [1.25, 0.0]})
    made = layers.add("southend", "counts", "Twins", rows, OLGA)
    pd.testing.assert_frame_equal(layers.content(made.id), rows.astype({"measure": object, "lsoa": object}))


def test_areas_and_kinds_are_apart(layers):
    one, two = add(layers), add(layers, kind="sites")
    add(layers, area="blackpool")
    assert {layer.id for layer in layers.list("southend")} == {one.id, two.id}
    assert list(layers.list("southend", kinds=("sites",))) == [two]
    assert list(layers.list("nowhere")) == []


def test_a_name_changes_and_the_rows_stay(layers):
    made = add(layers, "A")
    renamed = layers.rename(made.id, "Village halls", OLGA)
    assert (renamed.name, renamed.number) == ("Village halls", 1)
    assert names(layers, made) == ["A"]
    assert layers.rename(made.id, "x" * 500, OLGA).name == "x" * NAME_LENGTH


def test_a_replacement_can_be_undone_and_hides_nobody_s_work(layers):
    made = add(layers, "A")
    second = layers.replace(made.id, places("B", "C"), boss("Ben"), based_on=1)
    assert (second.number, second.rows, second.saved_by, second.name) == (2, 2, "Ben", made.name)
    assert names(layers, made) == ["B", "C"]
    assert layers.content(made.id, 1)["name"].tolist() == ["A"]
    with pytest.raises(InputError, match="somebody else has replaced this layer"):
        layers.replace(made.id, places("D"), OLGA, based_on=1)
    assert names(layers, made) == ["B", "C"]
    back = layers.put_back(made.id, 1, boss("Anna"), based_on=2)
    assert (back.number, back.rows) == (3, 1)
    assert names(layers, made) == ["A"]
    with pytest.raises(UnknownNameError, match="unknown content of the layer '9'"):
        layers.content(made.id, 9)


def test_two_who_replace_at_once_never_both_win(layers, url):
    made, other = add(layers, "A"), LayerStore.open(url)
    said, start = [], threading.Barrier(2)

    def replace(store, name):
        start.wait()
        try:
            said.append(store.replace(made.id, places(name), OLGA, based_on=1).number)
        except InputError as error:
            said.append(str(error))

    threads = [threading.Thread(target=replace, args=pair) for pair in ((layers, "B"), (other, "C"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert sorted(str(one)[:13] for one in said) == ["2", "somebody else"]
    assert layers.find(made.id).number == 2


def test_removal_can_be_undone(layers):
    one, two = add(layers, "A"), add(layers, "B")
    gone = layers.remove(one.id, OLGA)
    assert gone.removed_at is not None
    assert list(layers.list("southend")) == [two]
    assert list(layers.list("southend", removed=True)) == [gone]
    assert layers.remove(one.id, OLGA) == gone
    assert names(layers, one) == ["A"]
    assert layers.restore(one.id, OLGA) == one
    assert list(layers.list("southend", removed=True)) == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": " \x00 "}, "give the layer a name"),
        ({"kind": "secrets"}, "is no kind of layer"),
        ({"area": "../x"}, "not the code of an area"),
        ({"rows": places().head(0)}, "there is no row to keep"),
        ({"rows": places("A").drop(columns="easting")}, "lacks the columns easting"),
        ({"rows": places("A").assign(easting=np.nan)}, "has nan where it needs a number"),
        ({"rows": places("A").assign(name=3)}, "has 3 where it needs a text"),
        ({"kind": "counts"}, "lacks the columns measure, lsoa, value"),
        ({"rows": pd.concat([places("A")] * 50_001)}, "at most 50,000 rows"),
    ],
)
def test_what_is_no_layer_is_refused_and_changes_nothing(layers, values, words):
    given = {"area": "southend", "kind": "services", "name": "a", "rows": places("A"), "who": OLGA} | values
    with pytest.raises(InputError, match=words):
        layers.add(**given)
    assert list(layers.list("southend")) == []


@pytest.mark.parametrize("layer_id", ["nothing", "", "abcdefg", "a" * 5000, "'; --"])
def test_a_layer_that_is_not_there(layers, layer_id):
    for call, more in ((layers.find, ()), (layers.content, ()), (layers.remove, (OLGA,)), (layers.restore, (OLGA,))):
        with pytest.raises(UnknownNameError, match="unknown layer"):
            call(layer_id, *more)


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        ("{", InputError, "damaged"),
        ("[]", InputError, "damaged"),
        (json.dumps({"version": 2}), NewerFileError, "newer version"),
        (json.dumps({"version": 1, "columns": ["x"], "rows": []}), InputError, "other columns"),
        (
            json.dumps({"version": 1, "columns": ["name", "easting", "northing", "postcode"], "rows": [["A"]]}),
            InputError,
            "too few",
        ),
    ],
)
def test_rows_that_were_damaged_are_never_shown(layers, url, body, error, words):
    made = add(layers)
    engine = create_engine(layers._engine.url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE layer_content SET body = :body"), {"body": body})
    engine.dispose()
    with pytest.raises(error, match=words):
        layers.content(made.id)
    assert list(layers.list("southend")) == [made]
