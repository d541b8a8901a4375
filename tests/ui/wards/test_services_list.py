"""The list of services in a ward: opening hours stand in it where the area has any."""

from dataclasses import replace

import pytest

from geo.packs import open_pack
from ui.wards import profile


@pytest.mark.parametrize("known", [True, False])
def test_opening_hours_have_a_column_where_some_are_known(monkeypatch, known):
    pack = open_pack("southend")
    ward = pack.services["ward"][pack.services["ward"] != ""].iloc[0]
    here = (pack.services["ward"] == ward) & (pack.services["status"] == "open")
    hours = here.map({True: "Mo-Fr 09:00-17:00" if known else "", False: ""})
    shown = []
    monkeypatch.setattr(profile, "show_words", lambda rows, *, key: shown.append(rows))
    profile.services_in(replace(pack, services=pack.services.assign(opening_hours=hours)), ward)
    (rows,) = shown
    assert len(rows)
    assert ("Opening hours" in rows) == known
    assert not known or set(rows["Opening hours"]) == {"Mo-Fr 09:00-17:00"}
