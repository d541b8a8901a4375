"""Values made of what a file holds, and how each fault is told."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from geo.errors import InputError, UnknownNameError
from geo.values import made_of, read_toml


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
