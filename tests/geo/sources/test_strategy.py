import dataclasses

import pytest

from geo.errors import SourceError
from geo.sources.strategy import read_strategy

GOOD = """\
[programme]
name = "A Better Start"
years = [2015, 2025]
target_wards = ["Kursaal", "West Shoebury"]
central_wards = ["Kursaal"]
eastern_wards = ["West Shoebury"]
wards_in_borough = 17
other_sites = ["Blackpool"]
age_focus = "conception to age 3"
outcomes = ["diet and nutrition"]

[six_wards]
population = 66_312
children_0_17 = 15_142
children_0_3 = 4_032
births_per_year = 1_040
births_next_decade = 13_000
children_in_poverty = 4_712
share_of_borough_children = 0.44

[wards.Kursaal]
children_in_poverty = 1_026

[borough]
population = 175_000

[spend_per_year]
grant = 40_000_000

[[programmes]]
name = "HENRY"
outcomes = ["diet and nutrition"]
"""


def test_reads_the_figures(write):
    strategy = read_strategy(write("strategy.toml", GOOD))
    assert strategy.years == (2015, 2025)
    assert strategy.target_wards == ("Kursaal", "West Shoebury")
    assert strategy.targets.children_0_3 == 4032
    assert strategy.wards["Kursaal"]["children_in_poverty"] == 1026
    assert strategy.borough["population"] == 175_000
    assert strategy.programmes[0].outcomes == ("diet and nutrition",)


def test_cannot_be_changed(write):
    strategy = read_strategy(write("strategy.toml", GOOD))
    with pytest.raises(dataclasses.FrozenInstanceError):
        strategy.name = "another"
    with pytest.raises(TypeError):
        strategy.borough["population"] = 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("children_0_3 = 4_032\n", "", "key six_wards.children_0_3 is missing"),
        ("[six_wards]", "[wards_six]", "key six_wards is missing"),
        ("4_032", '"many"', "key six_wards.children_0_3 is 'many', not a number of 0 or more"),
        ("4_032", "-1", "key six_wards.children_0_3 is -1, not a number of 0 or more"),
        ("4_032", "nan", "key six_wards.children_0_3 is nan, not a number of 0 or more"),
        ("4_032", "true", "key six_wards.children_0_3 is True, not a number of 0 or more"),
        ("0.44", "44", "key six_wards.share_of_borough_children is 44, which is more than 1"),
        ("[2015, 2025]", "[2025, 2015]", r"key programme.years is \[2025, 2015\], not a first and a last year"),
        ('["Kursaal"]', '["Leigh"]', "key programme.central_wards names 'Leigh', which is not one of the target wards"),
        ("[wards.Kursaal]", "[wards.Leigh]", "key wards.Leigh is not one of the target wards: Kursaal, West Shoebury"),
        ('"HENRY"', '""', r"key programmes\[1\].name is '', not a text"),
        (
            'name = "HENRY"\noutcomes = ["diet',
            'name = "HENRY"\noutcomes = ["rest',
            r"key programmes\[1\].outcomes names 'rest",
        ),
        ("[[programmes]]", "[programmes]", "key programmes is not a list of tables"),
        ('["Blackpool"]', '"Blackpool"', "key programme.other_sites is 'Blackpool', not a list of texts"),
        ("[borough]\npopulation", "borough", "key borough is missing"),
    ],
)
def test_names_the_key(write, old, new, said):
    assert old in GOOD
    with pytest.raises(SourceError, match=rf"^strategy\.toml: {said}"):
        read_strategy(write("strategy.toml", GOOD.replace(old, new)))


def test_not_toml(write):
    with pytest.raises(SourceError, match=r"strategy\.toml: not well-formed TOML: .*line 2"):
        read_strategy(write("strategy.toml", "[programme]\nname = \n"))


def test_missing_file(tmp_path):
    with pytest.raises(SourceError, match=r"strategy\.toml: there is no such file"):
        read_strategy(tmp_path / "strategy.toml")
