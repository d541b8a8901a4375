"""Values made of what a file holds, and how each fault is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import pytest
from pydantic import Field

from geo.errors import InputError, UnknownNameError
from geo.values import made_of, parse_json, read_toml


@dataclass(frozen=True)
class Room:
    name: str
    area_m2: float
    doors: int = 1
    heated: bool = True
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.area_m2 <= 0:
            raise InputError(f"an area of {self.area_m2} makes no sense: give more than 0")
        if self.name == "moon":
            raise UnknownNameError("room", self.name, ["hall"])


@dataclass(frozen=True)
class House:
    room: tuple[Room, ...]
    owners: Mapping[str, Room] | None = None


HALL = {"name": "hall", "area_m2": 12}


def test_a_file_becomes_values_of_the_types_that_the_fields_say():
    house = made_of(House, {"room": [{**HALL, "tags": ["a", "b"]}]}, "house.toml")
    assert house == House((Room("hall", 12.0, 1, True, ("a", "b")),))
    assert isinstance(house.room[0].area_m2, float)


@pytest.mark.parametrize(
    ("room", "said"),
    [
        ({"area_m2": "ten"}, "house.toml, room 2 (hall): area_m2 must be a number, not 'ten'"),
        ({"area_m2": "12"}, "house.toml, room 2 (hall): area_m2 must be a number, not '12'"),
        ({"area_m2": True}, "house.toml, room 2 (hall): area_m2 must be a number, not True"),
        ({"doors": 1.5}, "house.toml, room 2 (hall): doors must be a whole number, not 1.5"),
        ({"heated": 1}, "house.toml, room 2 (hall): heated must be true or false, not 1"),
        ({"tags": "a"}, "house.toml, room 2 (hall): tags must be a list, not 'a'"),
        ({"tags": ["a", 2]}, "house.toml, room 2 (hall), tags 2: must be a text, not 2"),
        ({"name": 3}, "house.toml, room 2: name must be a text, not 3"),
        ({"colour": "red"}, "house.toml, room 2 (hall): colour is not one of the keys that there are"),
        ({"area_m2": -1}, "house.toml, room 2 (hall): an area of -1.0 makes no sense: give more than 0"),
        ({"tags": "x" * 500}, f"house.toml, room 2 (hall): tags must be a list, not '{'x' * 59}…"),
    ],
)
def test_a_fault_is_told_with_its_place(room, said):
    with pytest.raises(InputError) as caught:
        made_of(House, {"room": [HALL, {**HALL, **room}]}, "house.toml")
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, "house.toml: room is missing"),
        ([], "house.toml: must be a table, not []"),
        ({"room": 3}, "house.toml: room must be a list, not 3"),
        ({"room": [3]}, "house.toml, room 1: must be a table, not 3"),
        ({"room": [{}]}, "house.toml, room 1: name is missing; house.toml, room 1: area_m2 is missing"),
        ({"room": [], "owners": {"Ann": {"name": "hall"}}}, "house.toml, owners, Ann: area_m2 is missing"),
        ({"room": [], "owners": {"Ann": {**HALL, "area_m2": 0}}}, "house.toml, owners, Ann: an area of 0.0 makes no"),
    ],
)
def test_a_file_of_another_shape_is_told(content, said):
    with pytest.raises(InputError) as caught:
        made_of(House, content, "house.toml")
    assert said in str(caught.value)


def test_many_faults_are_counted():
    with pytest.raises(InputError, match=r"room 3: area_m2 .*; and 3 more$|room 3: name is missing; and 3 more$"):
        made_of(House, {"room": [{}] * 4}, "house.toml")


def test_an_unknown_name_keeps_the_names_that_there_are():
    with pytest.raises(UnknownNameError, match="valid: hall"):
        made_of(House, {"room": [{**HALL, "name": "moon"}]}, "house.toml")


def test_a_file_that_is_not_toml_is_told_with_its_line(tmp_path):
    path = tmp_path / "a.toml"
    with pytest.raises(InputError, match=r"the list a\.toml cannot be read: .*No such file"):
        read_toml(path, "the list")
    path.write_text("a = 1\nb = \n", encoding="utf-8")
    with pytest.raises(InputError, match=r"the list a\.toml cannot be read, it is not TOML: .*line 2"):
        read_toml(path, "the list")
    path.write_bytes(b"\xff")
    with pytest.raises(InputError, match=r"the list a\.toml cannot be read"):
        read_toml(path, "the list")


@dataclass(frozen=True)
class Limits:
    share: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0
    metres: Annotated[float, Field(gt=-1_000_000, lt=1_000_000)] = 0.0
    name: Annotated[str, Field(min_length=1, max_length=100, pattern="^[a-z]*$")] = "a"
    rows: Annotated[tuple[int, ...], Field(max_length=3)] = ()
    years: tuple[int, int] = (2015, 2025)
    more: object = None


@pytest.mark.parametrize("content", [{}, {"share": 1}, {"metres": 999_999}, {"name": "a" * 100}, {"rows": [1, 2, 3]}])
def test_a_value_within_its_limits_is_taken(content):
    made_of(Limits, content, "file")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"share": -0.5}, "file: share must be at least 0, not -0.5"),
        ({"share": 1.5}, "file: share must be at most 1, not 1.5"),
        ({"share": float("nan")}, "file: share must be a number, not nan"),
        ({"share": float("inf")}, "file: share must be a number, not inf"),
        ({"metres": -1_000_000}, "file: metres must be more than -1,000,000, not -1000000"),
        ({"metres": 1_000_000}, "file: metres must be less than 1,000,000, not 1000000"),
        ({"name": ""}, "file: name has 0 characters where at least 1 are allowed"),
        ({"name": "a" * 1001}, "file: name has 1,001 characters where at most 100 are allowed"),
        ({"name": "B"}, "file: name is not written as it must be: 'B'"),
        ({"rows": [1] * 5}, "file: rows has 5 entries where at most 3 are allowed"),
        ({"years": [2015]}, "file, years 2: is missing"),
        ({"years": [2015, 2016, 2017]}, "file: years has 3 entries where at most 2 are allowed"),
    ],
)
def test_a_value_beyond_its_limits_is_told_with_the_limit(content, said):
    with pytest.raises(InputError) as caught:
        made_of(Limits, content, "file")
    assert str(caught.value) == said


def test_what_is_nested_without_end_or_half_a_character_is_told():
    deep: list[object] = []
    for _ in range(300):
        deep = [deep]
    for content in ({"more": deep}, {"name": "\ud800"}):
        with pytest.raises(InputError, match="nested too deep"):
            made_of(Limits, content, "file")


def test_json_of_anybody_is_read():
    assert parse_json('\ufeff{"a": [1, 2.5, null]}'.encode(), "the list", most_bytes=1000) == {"a": [1, 2.5, None]}
    assert parse_json("[" + " " * 998 + "]", "the list", most_bytes=1000) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" + " " * 999 + "]", "the list is larger than 1 kB: none of this program is"),
        ('"' + "é" * 500 + '"', "the list is larger than 1 kB: none of this program is"),
        (b"\xff\xfe[", "the list is not readable JSON: it is not text in UTF-8"),
        ("\ud800", "the list is not readable JSON: it is not text in UTF-8"),
        ('["\\ud800"]', "the list is not readable JSON: 'utf-8' codec can't encode"),
        ('{"a": 1, "a": 2}', "the list is not readable JSON: the name 'a' stands twice in one object"),
        ("[NaN]", "the list is not readable JSON: NaN is not a number that JSON knows"),
        ("[-Infinity]", "the list is not readable JSON: -Infinity is not a number that JSON knows"),
        ('{"a": 1', "the list is not readable JSON: Expecting"),
        ("", "the list is not readable JSON: Expecting value"),
    ],
)
def test_json_that_cannot_be_read_is_told(text, said):
    with pytest.raises(InputError) as caught:
        parse_json(text, "the list", most_bytes=1000)
    assert str(caught.value).startswith(said)


def test_json_nested_without_end_is_refused():
    with pytest.raises(InputError, match="the list is not readable: its brackets are nested too deep"):
        parse_json("[" * 100_000, "the list", most_bytes=200_000)
    with pytest.raises(InputError, match="the list is not readable JSON: Exceeds the limit"):
        parse_json("1" * 5_000, "the list", most_bytes=200_000)
