"""How a page is held against the rules of axe-core for WCAG 2.2 A and AA, and what a screen reader has of it."""

import re
import time
import tomllib
from typing import Any

from tests.conftest import CHECKOUT

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What axe-core finds, or null if the page was drawn anew, or faded, while it looked.
RUN = """async tags => {
  const moving = () => document.querySelector("[data-stale=true], [data-test-script-state=running]")
    || document.getAnimations().some(one => one instanceof CSSTransition && one.playState === "running");
  let anew = Boolean(moving());
  const watch = new MutationObserver(() => { anew = true; });
  const marks = ["data-stale", "data-test-script-state"];
  watch.observe(document.body, {subtree: true, attributes: true, attributeFilter: marks});
  const report = await axe.run(document, {runOnly: {type: "tag", values: tags}});
  anew = anew || Boolean(moving()) || watch.takeRecords().length > 0;
  watch.disconnect();
  return anew ? null : report.violations.map(v => ({
    id: v.id, impact: v.impact, nodes: v.nodes.map(n => ({target: n.target.join(" "), html: n.html.slice(0, 160)}))
  }));
}"""
ALLOWED = {
    (row["rule"], row["selector"])
    for row in tomllib.loads((CHECKOUT / "data" / "accessibility.toml").read_text(encoding="utf-8"))["finding"]
    if "selector" in row
}
# The script has run to its end, nothing old is left on screen, and each map, chart and table that is in sight is drawn.
DRAWN = """() => {
  const there = (kind, inside) => [...document.querySelectorAll(`[data-testid=${kind}]`)]
    .filter(e => e.checkVisibility()).every(e => e.querySelector(inside));
  return document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')
    && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')
    && there('stVegaLiteChart', 'svg, canvas') && there('stDeckGlJsonChart', 'canvas')
    && there('stDataFrame', 'canvas');
}"""


def drawn(page: Any, shows: str | None = None) -> None:
    """Wait until `shows`, a pattern of a text, is in sight, and the page is drawn."""
    if shows is not None:
        page.get_by_text(re.compile(shows)).filter(visible=True).first.wait_for()
    page.wait_for_function(DRAWN)


def findings(page: Any, axe: str, wait_s: float = 60) -> list[str]:
    """What axe-core, given as its script, finds and the list of known findings does not allow.

    It looks again if the page was drawn anew meanwhile: what is about to be replaced is faded, and hard to read.
    """
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(axe)
    end = time.monotonic() + wait_s
    while (violations := page.evaluate(RUN, RULES)) is None:
        assert time.monotonic() < end, "the page never stood still while axe-core looked at it"
        page.wait_for_timeout(200)
    return [
        f"{found['id']} ({found['impact']}): {node['target']} {node['html']}"
        for found in violations
        for node in found["nodes"]
        if (found["id"], node["target"]) not in ALLOWED
    ]


UNFOLD = """document.querySelectorAll("details:not([open])").forEach(part => {
  if (part.querySelector("[data-testid=stVegaLiteChart]")) part.querySelector("summary").click();
})"""


def read_out(page: Any) -> list[str]:
    """Names of the maps and charts as a screen reader has them, in any order."""
    kinds = page.locator("[data-testid=stDeckGlJsonChart], [data-testid=stVegaLiteChart]")
    names: list[str] = kinds.evaluate_all("found => found.map(e => e.getAttribute('aria-label') || 'nothing')")
    return sorted(names)


def read_out_as(page: Any, wanted: list[str], wait_s: float = 20) -> list[str]:
    """Those names once they are `wanted`, or what they are after that time.

    A page that has run to its end may run once more by itself, when the browser has told the size of its window: each
    chart that is drawn anew then is without its name for a moment, and one in a folded part until it is unfolded.
    """
    for patience_s in (wait_s / 4, wait_s):
        end = time.monotonic() + patience_s
        while (found := read_out(page)) != wanted and time.monotonic() < end:
            page.wait_for_timeout(200)
        if found == wanted:
            break
        page.evaluate(UNFOLD)
    return found
