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
        ("children_0_3 = 4_032\n", "", ", six_wards: children_0_3 is missing"),
        ("[six_wards]", "[wards_six]", ": six_wards is missing; strategy.toml: wards_six is not one of the keys"),
        ("4_032", '"many"', ", six_wards: children_0_3 must be a number, not 'many'"),
        ("4_032", "-1", ", six_wards: children_0_3 must be at least 0, not -1"),
        ("4_032", "nan", ", six_wards: children_0_3 must be a number, not nan"),
        ("4_032", "true", ", six_wards: children_0_3 must be a number, not True"),
        ("1_026", "-1", ", wards, Kursaal: children_in_poverty must be at least 0, not -1"),
        ("175_000", "inf", ", borough: population must be a number, not inf"),
        ("0.44", "44", ", six_wards: share_of_borough_children must be at most 1, not 44"),
        ("[2015, 2025]", "[2025, 2015]", ", programme: years are [2025, 2015], not a first and a last year"),
        ("[2015, 2025]", "[2015]", ", programme, years 2: is missing"),
        ("= 17", "= 17.5", ", programme: wards_in_borough must be a whole number, not 17.5"),
        (
            '["Kursaal"]',
            '["Leigh"]',
            ", programme: central_wards names 'Leigh', which is not one of the target wards: Kursaal, West Shoebury",
        ),
        (
            "[wards.Kursaal]",
            "[wards.Leigh]",
            ": wards names 'Leigh', which is not one of the target wards: Kursaal, West Shoebury",
        ),
        ('"HENRY"', '""', ", programmes 1 (): name has 0 characters where at least 1 are allowed"),
        ('["Blackpool"]', "[]", ", programme: other_sites has 0 entries where at least 1 are allowed"),
        (
            'name = "HENRY"\noutcomes = ["diet',
            'name = "HENRY"\noutcomes = ["rest',
            ": outcomes of programmes 1 (HENRY) names 'rest and nutrition', which is not one of the outcomes: diet",
        ),
        ("[[programmes]]", "[programmes]", ": programmes must be a list, not {"),
        ('["Blackpool"]', '"Blackpool"', ", programme: other_sites must be a list, not 'Blackpool'"),
        ("[borough]\npopulation", "borough", ": borough is missing"),
    ],
)
def test_says_what_is_wrong_and_where(write, old, new, said):
    assert old in GOOD
    with pytest.raises(SourceError) as caught:
        read_strategy(write("strategy.toml", GOOD.replace(old, new)))
    assert str(caught.value).startswith(f"strategy.toml{said}")


def test_not_toml(write):
    with pytest.raises(SourceError, match=r"strategy\.toml: not well-formed TOML: .*line 2"):
        read_strategy(write("strategy.toml", "[programme]\nname = \n"))


def test_missing_file(tmp_path):
    with pytest.raises(SourceError, match=r"strategy\.toml: there is no such file"):
        read_strategy(tmp_path / "strategy.toml")
