import pandas as pd
import pandera.pandas as pa
import pytest

from geo.errors import ReachError, SourceError
from geo.sources.checks import check_frame, check_rows, check_sum, number, read_header, read_table, text

SCHEMA = pa.DataFrameSchema(
    {"code": text("[A-Z][0-9]", reason="is not a code", unique=True), "people": number(0, 100, blank=True)}
)


def test_reads_text_and_numbers_and_keeps_lines(write):
    path = write("good.csv", "people,extra,code\n 12 ,x,A1\n\n,y,B2\n")
    frame = read_table(path, SCHEMA)
    assert list(frame.columns) == ["code", "people"]
    assert frame.index.tolist() == [2, 4]
    assert frame.index.name == "line"
    assert frame["people"].dtype == "float64"
    assert frame.loc[2, "people"] == 12
    assert pd.isna(frame.loc[4, "people"])


def test_reads_a_byte_order_mark_and_crlf(tmp_path):
    path = tmp_path / "bom.csv"
    path.write_bytes(b"\xef\xbb\xbfcode,people\r\nA1,3\r\n")
    assert read_table(path, SCHEMA)["people"].tolist() == [3.0]


def test_reads_a_file_without_header(write):
    frame = read_table(write("bare.csv", '"A1","x",3\n'), SCHEMA, columns=["code", "other", "people"])
    assert frame.loc[1].to_dict() == {"code": "A1", "people": 3.0}


def test_a_quoted_line_break_does_not_shift_the_lines(write):
    path = write("break.csv", 'code,note,people\nA1,"two\nlines",3\nB2,x,many\n')
    with pytest.raises(SourceError, match=r"break\.csv: 1 value .*\n.*line 4, column people: 'many' is not a number"):
        read_table(path, SCHEMA)


def test_names_every_wrong_value_in_one_error(write):
    path = write("bad.csv", "code,people\nA1,3\nA1,many\nc,101\nB2,-1\n")
    with pytest.raises(SourceError) as caught:
        read_table(path, SCHEMA)
    assert str(caught.value).splitlines() == [
        "bad.csv: 6 values cannot be used",
        "  line 2, column code: 'A1' appears more than once",
        "  line 3, column code: 'A1' appears more than once",
        "  line 3, column people: 'many' is not a number",
        "  line 4, column code: 'c' is not a code",
        "  line 4, column people: 101.0 is more than 100",
        "  line 5, column people: -1.0 is less than 0",
    ]
    assert isinstance(caught.value, ReachError)
    assert isinstance(caught.value, ValueError)


def test_counts_what_it_does_not_show(write):
    path = write("many.csv", "code,people\n" + "".join(f"x{i},1\n" for i in range(25)))
    with pytest.raises(SourceError) as caught:
        read_table(path, SCHEMA)
    message = str(caught.value).splitlines()
    assert len(message) == 12
    assert message[-1] == "  and 15 more"


@pytest.mark.parametrize("value", ["nan", "inf", "1,5", "12 people"])
def test_only_finite_numbers_are_numbers(write, value):
    with pytest.raises(SourceError, match=r"line 2, column people: .* is not a number"):
        read_table(write("n.csv", f'code,people\nA1,"{value}"\n'), SCHEMA)


def test_a_blank_where_a_number_must_be(write):
    schema = pa.DataFrameSchema({"people": number(0), "name": text()})
    with pytest.raises(SourceError, match="line 2, column people: '' is blank\n  line 3, column name: '' is blank"):
        read_table(write("b.csv", "people,name\n,x\n3,\n"), schema)


def test_text_of_a_few_values(write):
    schema = pa.DataFrameSchema({"kind": text(one_of=["b", "a"])})
    with pytest.raises(SourceError, match="line 3, column kind: 'c' is not one of a, b"):
        read_table(write("k.csv", "kind\na\nc\n"), schema)


def test_missing_columns(write):
    with pytest.raises(SourceError, match=r"m\.csv: missing column people; the file has columns code, persons"):
        read_table(write("m.csv", "code,persons\nA1,3\n"), SCHEMA)


def test_missing_file(tmp_path):
    with pytest.raises(SourceError, match=r"none\.csv: there is no such file"):
        read_table(tmp_path / "none.csv", SCHEMA)


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(SourceError, match="cannot be read"):
        read_table(tmp_path, SCHEMA)


@pytest.mark.parametrize(("content", "said"), [("", "is empty"), ("\n \n", "is empty"), ("code,people\n", "no rows")])
def test_empty_file(write, content, said):
    with pytest.raises(SourceError, match=rf"e\.csv: the file .*{said}"):
        read_table(write("e.csv", content), SCHEMA)


def test_wrong_encoding(tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes("code,people\nA1,3\nCafé,1\n".encode("latin-1"))
    with pytest.raises(SourceError, match=r"latin\.csv: line 3: not UTF-8 text"):
        read_table(path, SCHEMA)


def test_ragged_row(write):
    with pytest.raises(SourceError, match=r"r\.csv: line 3: 3 columns where 2 are expected"):
        read_table(write("r.csv", "code,people\nA1,3\nB2,3,4\n"), SCHEMA)


def test_unclosed_quote(write):
    with pytest.raises(SourceError, match=r"q\.csv: line 3: not well-formed CSV"):
        read_table(write("q.csv", 'code,people\nA1,3\nB2,"4\n'), SCHEMA)


def test_check_rows_and_sums(write):
    path = write("s.csv", "a,b,total\n1,2,3\n1,2,4\n")
    frame = read_table(path, pa.DataFrameSchema({name: number() for name in ("a", "b", "total")}))
    check_rows(frame, frame["a"] < frame["b"], path, "a", "is not less than b")
    with pytest.raises(SourceError, match=r"line 3, column total: 4.0 is not the sum of a to b"):
        check_sum(frame, path, "total", ["a", "b"])


def test_rows_that_share_a_line_are_told_by_their_id(write):
    path = write("one_line.xml", "")
    frame = pd.DataFrame({"code": ["A1", "B2"], "people": ["x", ""]}, index=pd.Index([1, 1]), dtype="str")
    with pytest.raises(SourceError, match=r"line 1, code A1, column people: 'x' is not a number$"):
        check_frame(frame, SCHEMA, path, row_id="code")


def test_read_header(write):
    assert read_header(write("h.csv", "a, b\n1,2\n")) == ["a", "b"]
