"""One area's figures and one scenario, shared by the tests of all reports."""

from datetime import date
from typing import Any

import pytest

from analysis.reach.reach import Reach, reach
from analysis.scenario.lab import Effect, Lab
from analysis.scenario.scenario import AddOutreach, AddSite, AtPostcode, CloseSite, Cost, Scenario, Venue
from analysis.travel.access import Access
from geo.network.modes import mode_named
from geo.pack import AreaPack
from geo.packs import open_pack
from reports.facts import Facts

DAY = date(2026, 5, 31)
HOSTILE = "=1+1 #panic() *bold* <script>alert(1)</script> $x$ @ref"


@pytest.fixture(scope="session")
def pack() -> AreaPack:
    return open_pack("southend")


@pytest.fixture(scope="session")
def facts(pack: AreaPack) -> Facts:
    return Facts.of(pack)


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    return Scenario(
        name=HOSTILE,
        area="southend",
        note="=HYPERLINK(1)",
        changes=(
            AddSite(
                "new-1", "Shoebury hub", Venue("lib-shoeburyness-library"), places=40.0, cost=Cost(120_000, 85_000)
            ),
            AddOutreach(
                "new-2",
                "Stay and play",
                AtPostcode("SS3 9NS"),
                ("tuesday",),
                "10:00",
                90.0,
                12,
                40,
                cost=Cost(0, 6_000),
            ),
            CloseSite("gias-22422", Cost(0, -30_000)),
        ),
    )


@pytest.fixture(scope="session")
def effect(pack: AreaPack, scenario: Scenario) -> Effect:
    return Lab(pack).effect(scenario)


def asked(service: str, within_min: float, mode: str, area: str = "southend") -> Reach:
    """Who can reach a service, asked of the analysis and of no report."""
    pack = open_pack(area)
    seconds = Access.of(pack, mode_named(mode)).to_category(service).nearest_s
    return reach(pack, seconds, measure="children_0_3", baseline=pack.baselines[0], within_min=within_min)


def pdf_text(reader: Any) -> str:
    """All text of a PDF, white space run together."""
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def font_descriptors(reader: Any) -> dict[str, Any]:
    """Descriptor of every font that a page or a drawing on it uses, by name."""
    found: dict[str, Any] = {}

    def look(resources: Any) -> None:
        for font in resources.get("/Font", {}).values():
            font = font.get_object()
            own = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            found[str(font["/BaseFont"])] = own["/FontDescriptor"].get_object()
        for drawing in resources.get("/XObject", {}).values():
            drawing = drawing.get_object()
            if "/Resources" in drawing:
                look(drawing["/Resources"].get_object())

    for page in reader.pages:
        look(page["/Resources"].get_object())
    return found


def tagged(reader: Any) -> list[Any]:
    """Every structure element of a PDF, in reading order."""
    found = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if not hasattr(node, "get"):
            return
        found.append(node)
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, list) else [kids]:
            if hasattr(kid.get_object(), "get"):
                walk(kid)

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    return found
