"""What a web socket may say: what the controls of a page need, and nothing that concerns other visitors."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from commands.server.messages import OPERATIONS, TAKEN, OwnMessages

KINDS = [field.name for field in BackMsg.DESCRIPTOR.fields if field.containing_oneof]


def message(kind, operation=None):
    """A message of that kind, as a browser sends it."""
    said = BackMsg()
    if BackMsg.DESCRIPTOR.fields_by_name[kind].message_type is None:
        setattr(said, kind, True)
    else:
        getattr(said, kind).SetInParent()
    if operation is not None:
        getattr(said.backend_operation_request, operation).SetInParent()
    assert said.WhichOneof("type") == kind
    return said.SerializeToString()


def heard(*contents):
    """What the server behind hears of what is said, before the page is closed."""
    said = [{"type": "websocket.receive", "bytes": one} for one in contents] + [{"type": "websocket.disconnect"}]
    found = []

    async def receive():
        return said.pop(0)

    async def behind(scope, receive, send):
        while True:
            got = await receive()
            if got["type"] == "websocket.disconnect":
                return
            found.append(got["bytes"])

    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, OwnMessages(behind)({"type": "websocket"}, receive, None)).result()
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_pages_need_is_heard(kind):
    operation = OPERATIONS[0] if kind == "backend_operation_request" else None
    rerun = message("rerun_script")
    assert heard(rerun, message(kind, operation), rerun) == [
        rerun, *([message(kind, operation)] if kind in TAKEN else []), rerun,
    ]  # fmt: skip


def test_what_concerns_everybody_is_among_what_is_not_heard():
    assert {"clear_cache", "load_git_info", "set_run_on_save", "debug_shutdown_runtime"} <= set(KINDS) - set(TAKEN)


def test_of_the_operations_those_that_write_files_are_not_heard():
    fields = (
        BackMsg.DESCRIPTOR.fields_by_name["backend_operation_request"].message_type.oneofs_by_name["payload"].fields
    )
    for name in (field.name for field in fields):
        assert bool(heard(message("backend_operation_request", name))) is (name in OPERATIONS), name
    assert "install_skills" in {field.name for field in fields}


def test_what_cannot_be_read_is_left_to_the_server_behind():
    for content in (b"\xff\xff\xff", b"", None):
        assert heard(content) == [content]


def test_a_request_is_left_alone():
    async def behind(scope, receive, send):
        await send(await receive())

    sent = []

    async def receive():
        return {"type": "http.request", "body": message("clear_cache")}

    async def send(what):
        sent.append(what)

    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, OwnMessages(behind)({"type": "http"}, receive, send)).result()
    assert sent == [{"type": "http.request", "body": message("clear_cache")}]
