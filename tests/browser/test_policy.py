"""What the browser is told to refuse: the pages need none of it, and what is foreign is refused."""

import pytest

from tests.browser.conftest import Reader, is_map, until, window

NOTED = """window.refused = [];
document.addEventListener("securitypolicyviolation", (one) => window.refused.push(
  `${one.violatedDirective} ${one.blockedURI} ${one.sourceFile}`));"""
FOREIGN = """() => {
  const script = document.createElement("script");
  script.textContent = "window.ran = true";
  document.body.append(script);
  document.body.append(Object.assign(new Image(), {src: "http://127.0.0.2:9/picture.png"}));
  setTimeout("window.ran = true");
}"""


# A map with its workers; charts; components are on every page.
@pytest.mark.parametrize("page", ["", "compare_areas"])
def test_a_page_asks_for_nothing_that_is_refused(chromium, app, page):
    with window(chromium, Reader, "laptop", 1366, 768) as someone:
        someone.page.add_init_script(NOTED)
        someone.open(f"{app}/{page}")
        if page == "":
            someone.painted(is_map, "a map")
        else:
            until(
                lambda: someone.page.locator(
                    "[data-testid=stVegaLiteChart] svg, [data-testid=stVegaLiteChart] canvas"
                ).count(),
                "a chart",
            )
        assert someone.page.evaluate("window.refused") == []
        someone.page.evaluate(FOREIGN)
        until(lambda: someone.page.evaluate("window.refused.length") >= 3, "a script, a picture and a text refused")
        assert someone.page.evaluate("window.ran === undefined")
        someone.requests.clear()  # the picture above, which was asked for and refused


@pytest.mark.words_only
def test_a_page_with_its_menu_is_not_shown_inside_another(chromium, app):
    with window(chromium, Reader, "laptop", 1366, 768, maps=False) as someone:
        someone.page.set_content(f"<title>Elsewhere</title><iframe src='{app}/gaps'></iframe>")
        until(
            lambda: len(someone.page.frames) == 2 and someone.page.frames[1].url.startswith("chrome-error:"), "refusal"
        )
