"""Tables of figures by area, as a recipe describes them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import SourceError
from geo.sources.counts import parts_and_wholes, read_long, read_pairs, read_wide

WIDE = "\ufeffcode,age0,age1,all,homes\nA1,1,2,3,9\nB2,4,5,9,\n"


def test_columns_are_renamed_and_added_up_behind_a_byte_order_mark(write):
    table = read_wide(
        write("counts.csv", WIDE), "code", {"babies": "age0", "young": ["age0", "age1"]}, sums={"all": ["age0", "age1"]}
    )
    assert table.loc["A1"].tolist() == [1, 3]
    assert table.loc["B2"].tolist() == [4, 9]
    assert table.attrs == {"lines": {"A1": 2, "B2": 3}, "rows_read": 2}


def test_blank_is_an_error_unless_it_is_allowed(write):
    with pytest.raises(SourceError, match=r"counts\.csv.*\n.*line 3, column homes: '' is blank"):
        read_wide(write("counts.csv", WIDE), "code", {"homes": "homes"})
    table = read_wide(write("counts.csv", WIDE), "code", {"homes": "homes"}, blank=True)
    assert table["homes"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("code,age0,age1,all\nA1,1,2,4\n", r"line 2, column all: 4.0 is not the sum of age0 to age1"),
        ("code,age0,age1,all\nA1,1,2,3\nA1,1,2,3\n", r"line 2, column code: 'A1' appears more than once"),
        ("code,age0,age1,all\nA1,1,x,3\n", r"line 2, column age1: 'x' is not a number"),
        ("code,age0,age1,all\nA1,-1,2,1\n", r"line 2, column age0: -1.0 is less than 0"),
        ("code,age_0,age1,all\nA1,1,2,3\n", r"missing column age0; the file has columns code, age_0, age1, all"),
        ("Table 1,,,\ncode,age0,age1,all\nA1,1,2,3\n", r"missing columns code, age0, age1"),
        ("code,age0,age1,all\n", r"no rows of data"),
        ("", r"the file is empty"),
    ],
    ids=["sum", "twice", "no number", "negative", "renamed", "a line before the header", "no rows", "0 bytes"],
)
def test_broken_tables_are_refused_with_line_and_column(write, text, words):
    with pytest.raises(SourceError, match=words):
        read_wide(write("counts.csv", text), "code", {"a": "age0", "b": "age1"}, sums={"all": ["age0", "age1"]})


def test_a_part_may_not_be_more_than_its_whole(write):
    table = read_wide(write("counts.csv", "code,all,some\nA,5,5\nB,5,6\n"), "code", {"all": "all", "some": "some"})
    with pytest.raises(SourceError, match=r"counts\.csv.*\n.*line 3, column some: 6.0 is more than all"):
        parts_and_wholes(table, write("counts.csv", ""), [("some", "all"), ("none", "all")])
    parts_and_wholes(table.loc[["A"]], write("counts.csv", ""), [("some", "all")])


@given(st.dictionaries(st.sampled_from("ABCDE"), st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1))
def test_long_and_wide_tables_of_the_same_figures_are_read_alike(tmp_path_factory, figures):
    folder = tmp_path_factory.mktemp("tables")
    wide, long = folder / "wide.csv", folder / "long.csv"
    frame = pd.DataFrame([(code, *pair) for code, pair in figures.items()], columns=["code", "x", "y"])
    frame.to_csv(wide, index=False)
    frame.melt("code", var_name="measure").sample(frac=1, random_state=1).to_csv(long, index=False)
    measures = {"first": "x", "both": ["x", "y"]}
    a, b = read_wide(wide, "code", measures), read_long(long, "code", measures)
    pd.testing.assert_frame_equal(a, b.reindex(a.index), check_dtype=False, check_names=False)


def test_faults_of_a_long_table(write):
    head = "code,measure,value\nA,x,1\n"
    with pytest.raises(SourceError, match=r"line 3, column code: 'A' has another row of the same measure"):
        read_long(write("long.csv", head + "A,x,2\n"), "code", {"first": "x"})
    with pytest.raises(SourceError, match=r"'y' \(second\) does not occur; the file has: x"):
        read_long(write("long.csv", head), "code", {"second": "y"})
    table = read_long(write("long.csv", head + "B,y,2\n"), "code", {"first": "x", "second": "y"})
    assert np.isnan(table.loc["B", "first"])


def test_a_lookup_gives_each_code_one_area(write):
    pairs = read_pairs(write("look.csv", "oa,lsoa,ward\n1,A,W\n2,A,W\n3,B,V\n"), "lsoa", "ward")
    assert pairs.to_dict() == {"A": "W", "B": "V"}
    with pytest.raises(SourceError, match=r"line 3, column ward: 'V' is another one than on the first row"):
        read_pairs(write("look.csv", "oa,lsoa,ward\n1,A,W\n2,A,V\n"), "lsoa", "ward")
