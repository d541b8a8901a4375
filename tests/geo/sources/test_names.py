import pytest

from geo.sources.names import postcode_or_blank, slug, tidy_address, tidy_name


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("ST LUKE'S HEALTH CENTRE", "St Luke's Health Centre"),
        ("DR KUMAR & PTNR - SHOEBURY HC", "Dr Kumar & Ptnr - Shoebury HC"),
        ("VALKYRIE ROAD P.C.C.", "Valkyrie Road P.C.C."),
        ("WESTCLIFF-ON-SEA", "Westcliff-on-Sea"),
        ("77 THE RIDGEWAY", "77 The Ridgeway"),
        ("CHURCH OF ST MARY THE VIRGIN", "Church of St Mary the Virgin"),
        ("LEIGH - THE BROADWAY", "Leigh - The Broadway"),
        ("THE RIDGEWAY (DENTAL SURGERY)", "The Ridgeway (Dental Surgery)"),
        ("53A HULLBRIDGE ROAD", "53A Hullbridge Road"),
        ("1ST FLOOR, NORTH ROAD PCC", "1st Floor, North Road PCC"),
        ("DR V G W CROWHURST", "Dr V G W Crowhurst"),
        ("DR A BAQAI", "Dr A Baqai"),
        ("DR PUZEY,DR KOTHARI", "Dr Puzey, Dr Kothari"),
        ("O'BRIEN & SONS", "O'Brien & Sons"),
        ("THE LIGHTHOUSE CENTRE - EPUT", "The Lighthouse Centre - EPUT"),
        ("Our Lady Of Lourdes RC Primary School", "Our Lady of Lourdes RC Primary School"),
        ("  Leigh   Library ", "Leigh Library"),
        ("286-288", "286-288"),
        ("", ""),
    ],
)
def test_tidy_name(name, tidy):
    assert tidy_name(name) == tidy
    assert tidy_name(tidy) == tidy


@pytest.mark.parametrize(
    ("text", "postcode"),
    [("ss12ab", "SS1 2AB"), ("SS1  2AB", "SS1 2AB"), ("SS101AA", "SS10 1AA"), ("E1W 1AA", "E1W 1AA")],
)
def test_postcode_or_blank(text, postcode):
    assert postcode_or_blank(text) == postcode


@pytest.mark.parametrize("text", ["", "SS1", "SS1 2A", "Southend", "SS1 2ABC"])
def test_what_is_not_a_postcode(text):
    assert postcode_or_blank(text) == ""


def test_tidy_address_leaves_out_blanks_repeats_and_the_name():
    lines = ["THE SURGERY", "SOUTHWELL HOUSE,BACK LANE", "", "ROCHFORD", "Rochford", "ESSEX"]
    assert tidy_address(lines, leave_out="The Surgery") == "Southwell House, Back Lane, Rochford, Essex"


def test_slug():
    assert slug("St. Luke's – Café Hub (2)") == "st-lukes-cafe-hub-2"
