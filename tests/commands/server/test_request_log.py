"""The log for machines: one line a request, without what people typed."""

import json
import logging

import pytest

from commands.server.request_log import JsonLines, RequestLog, Visitors, write_json_lines
from tests.commands.server.asking import ask, behind


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, "reach.requests")
    return lambda: [json.loads(line) for line in written]


written: list[str] = []


@pytest.fixture(autouse=True)
def kept(caplog):
    """Write each line at once, as a log does: the id is that of the request under way."""
    written.clear()

    class Kept(logging.Handler):
        def emit(self, record):
            written.append(JsonLines().format(record))

    handler = Kept()
    logging.getLogger("reach").addHandler(handler)
    yield
    logging.getLogger("reach").removeHandler(handler)


def test_a_line_a_request_without_the_query(lines):
    answer = ask(RequestLog(behind, Visitors()), "/gaps", query="place=SS1+2QA")
    [line] = lines()
    assert line.pop("time").endswith("+00:00")
    assert isinstance(line.pop("ms"), int)
    assert line == {
        "level": "info", "from": "reach.requests", "event": "request", "id": answer.headers["x-request-id"],
        "method": "GET", "path": "/gaps", "status": 200,
    }  # fmt: skip
    assert "SS1" not in written[0]


@pytest.mark.parametrize(
    ("given", "taken"),
    [("0123456789abcdef", True), ("a-b_c.d-1", True), ("short", False), ("x" * 65, False), ('"},{"level":"x', False)],
)
def test_a_proxy_s_id_is_taken_when_it_is_in_its_form(lines, given, taken):
    seen = []

    async def page(scope, receive, send):
        seen.append([value.decode() for name, value in scope["headers"] if name == b"x-request-id"])
        await behind(scope, receive, send)

    answer = ask(RequestLog(page, Visitors()), headers={"X-Request-ID": given})
    [line] = lines()
    assert (line["id"] == given) is taken
    assert answer.headers["x-request-id"] == line["id"]
    assert seen == [[line["id"]]], "the page sees the same one, and no other"


@pytest.mark.parametrize(
    ("path", "told"),
    [("/s/abcdefg", "/s/*"), ("/media/0a1b2c.csv", "/media/*"),
     ("/base/_stcore/upload_file/session/file", "/base/_stcore/upload_file/*"),
     ("/" + "x" * 500, "/" + "x" * 199), ("/a\nb", "/a\nb")],
)  # fmt: skip
def test_a_path_that_leads_to_somebody_s_view_is_not_told(lines, path, told):
    ask(RequestLog(behind, Visitors()), path)
    assert [line["path"] for line in lines()] == [told]
    assert "\n" not in written[0]


def test_the_number_of_a_visit_is_not_told(lines):
    logging.getLogger("reach").warning(
        "Session with id %s is already connected!", "0f8fad5b-d9cb-469f-a165-70867728950e"
    )
    assert [line["event"] for line in lines()] == ["Session with id * is already connected!"]


def test_a_page_that_is_open_is_counted_and_told(lines):
    visitors, during = Visitors(), []

    async def page(scope, receive, send):
        await behind(scope, receive, send)
        during.append(visitors.now)

    ask(RequestLog(page, visitors), "/_stcore/stream", method="WEBSOCKET")
    assert (during, visitors.now) == ([1], 0)
    assert [line["event"] for line in lines()] == ["session opened", "session closed"]
    assert len({line["id"] for line in lines()}) == 1


def test_a_web_socket_that_is_refused_is_told_as_such(lines):
    async def refusing(scope, receive, send):
        await send({"type": "websocket.close", "code": 1008})

    visitors = Visitors()
    ask(RequestLog(refusing, visitors), method="WEBSOCKET")
    assert [(line["event"], line["status"]) for line in lines()] == [("request", 403)]
    assert visitors.now == 0


def test_a_fault_is_told_with_the_id_of_its_request(lines):
    async def broken(scope, receive, send):
        try:
            raise ValueError("no such thing")
        except ValueError:
            logging.getLogger("reach.tried").exception("it broke")
            raise

    with pytest.raises(ValueError, match="no such thing"):
        ask(RequestLog(broken, Visitors()), headers={"X-Request-ID": "0123456789"})
    fault, line = lines()
    assert (fault["level"], fault["event"], fault["id"]) == ("error", "it broke", "0123456789")
    assert "ValueError: no such thing" in fault["error"]
    assert (line["status"], line["id"]) == (500, "0123456789")


def test_the_lines_of_libraries_are_of_the_same_form(capsys):
    root = logging.getLogger()
    before = root.handlers[:]
    loud, silent = logging.getLogger("tried.loud"), logging.getLogger("uvicorn.access")
    loud.addHandler(logging.StreamHandler())
    loud.propagate = silent.propagate = False
    silent.setLevel(logging.INFO)
    others = {name: (one.handlers[:], one.propagate, one.level) for name in root.manager.loggerDict
              if isinstance(one := root.manager.loggerDict[name], logging.Logger)}  # fmt: skip
    try:
        write_json_lines()
        write_json_lines()
        loud.error("a %s", "fault")
        silent.info("of visitors")  # uvicorn has these lines off, which counts for little once its handlers are gone
    finally:
        root.handlers[:] = before
        for name, (handlers, propagate, level) in others.items():
            one = logging.getLogger(name)
            one.handlers[:], one.propagate = handlers, propagate
            one.setLevel(level)
        loud.handlers.clear()
    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "a fault"
