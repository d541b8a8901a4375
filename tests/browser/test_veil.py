"""An old map is veiled while a new one is on its way, and nothing is drawn over a base map that is not there yet."""

from tests.browser.conftest import until, words_only
from tests.browser.rules import findings
from ui.kit.veil import CSS, SCRIPT

PLACE = """
<div data-testid="stDeckGlJsonChart" id="{name}">
  <canvas id="deckgl-overlay"></canvas><div class="mapboxgl-map"></div>
</div>
"""
# A map as React keeps it: in a reference of a component some levels above the element.
HELD = """(name) => {
  const ground = document.querySelector(`#${name} .mapboxgl-map`);
  const map = { loaded: () => false, once: (what, then) => (map[what] = then) };
  const hooks = { memoizedState: [1], next: { memoizedState: { current: { getMap: () => map } }, next: null } };
  const component = { memoizedState: hooks, return: null };
  ground.__reactFiber$abc = { memoizedState: null, return: { memoizedState: null, return: component } };
  (window.maps ??= {})[name] = map;
}"""
OPACITY = "(name) => Number(getComputedStyle(document.querySelector(`#${name} canvas`)).opacity)"


@words_only
def test_what_lies_over_the_base_map_waits_for_it_and_never_for_ever(reader):
    page = reader.page
    page.set_content(CSS + "".join(PLACE.format(name=name) for name in ("slow", "late", "broken", "strange")))
    for name in ("slow", "late", "broken"):
        page.evaluate(HELD, name)
    page.evaluate(SCRIPT.replace("export default function", "window.veil = function") + "; window.veil()")
    seen = {name: page.evaluate(OPACITY, name) for name in ("slow", "late", "broken", "strange")}
    assert seen == {"slow": 0, "late": 0, "broken": 0, "strange": 1}  # where no map is found, nothing is hidden
    page.evaluate("maps.slow.idle(); maps.broken.error()")
    assert [page.evaluate(OPACITY, name) for name in ("slow", "late", "broken")] == [1, 0, 1]
    ended = "document.getAnimations().map((one) => { one.finish(); return one.effect.getTiming().delay; })"
    limits = page.evaluate(ended)
    assert len(limits) == 1
    assert 5_000 <= limits[0] <= 30_000
    assert page.evaluate(OPACITY, "late") == 1


# Without the transitions a veil shows at once, however quick the page is.
WATCH = """() => {
  document.head.insertAdjacentHTML("beforeend", "<style>* { transition: none !important; }</style>");
  window.seen = [];
  new MutationObserver(() => {
    const map = document.querySelector("[data-testid=stDeckGlJsonChart]");
    let opacity = 1;
    for (let part = map; part; part = part.parentElement) opacity *= Number(getComputedStyle(part).opacity);
    if (map && seen.at(-1) !== opacity) seen.push(opacity);
  }).observe(document.body, { subtree: true, attributes: true, childList: true });
}"""


@words_only
def test_a_map_that_is_drawn_again_is_veiled_and_then_clear(reader, app):
    reader.open(f"{app}/travel_time?map=site")
    reader.map.wait_for(state="attached")
    reader.page.evaluate(WATCH)
    # The whole page is drawn again for another service, and the map's part alone for another of its sites.
    choices = {"To the nearest …": "library", "From which library?": "Leigh Library"}
    for label, words in choices.items():
        reader.page.evaluate("seen.length = 0")
        reader.choose(label, words)
        until(lambda: reader.page.evaluate("seen.includes(0.45) && seen.at(-1) === 1"), f"a veil, then none: {label}")
        assert min(reader.page.evaluate("seen")) == 0.45, label


FAINT = '<main><h1 style="color: #ddd">Faint</h1></main>'
REPLACED_LATER = """
<div data-stale="true"></div>
<script>setTimeout(() => {
  document.querySelector("h1").style.color = "#000";
  document.querySelector("[data-stale]").dataset.stale = "false";
}, 1500)</script>
"""


@words_only
def test_the_rules_are_not_held_against_what_is_faded_until_it_is_replaced(reader, axe):
    reader.page.set_content(FAINT)
    assert findings(reader.page, axe)[0].startswith("color-contrast")
    reader.page.set_content(FAINT + REPLACED_LATER)
    assert "color-contrast" not in "".join(findings(reader.page, axe))


@words_only
def test_a_map_finds_its_style_and_asks_no_other_host_for_one(reader, app):
    reader.open(f"{app}/data_and_method")  # where there is no map, and so no style sheet of one
    position = """() => {
      const place = document.createElement("div");
      place.className = "mapboxgl-map";
      document.body.appendChild(place);
      return getComputedStyle(place).position;
    }"""
    until(lambda: reader.page.evaluate(position) == "relative", "the page's own rule for a map")
