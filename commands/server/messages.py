"""Which messages a page may send on its web socket: those that its controls need, and none that concern everybody."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

TAKEN = ("rerun_script", "stop_script", "file_urls_request", "app_heartbeat", "backend_operation_request")
"""Kinds of message (``BackMsg``) that are passed on to Streamlit.

Not among them is ``clear_cache``, with which any visitor could throw away what is kept for all: areas, results, and the
queue of jobs with its limits; nor ``load_git_info``, which tells of the folder that the program runs from.
"""
OPERATIONS = ("deferred_file", "dataframe_chunk")
"""Kinds of ``backend_operation_request`` that are passed on: a download is made, and rows of a long table are sent."""


class OwnMessages:
    """Leave out what no page of this program sends, as if it had not been said.

    Streamlit takes each kind of message from whoever has opened a web socket, signed in or not.

    Parameters
    ----------
    app
        The server behind.
    """

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer a request."""

        async def receive_own() -> "Message":
            while True:
                message = await receive()
                if message["type"] != "websocket.receive" or _taken(message.get("bytes")):
                    return message

        await self._app(scope, receive_own if scope["type"] == "websocket" else receive, send)


def _taken(content: bytes | None) -> bool:
    """Whether a message is passed on; what cannot be read is, because Streamlit then closes the web socket."""
    from google.protobuf.message import DecodeError
    from streamlit.proto.BackMsg_pb2 import BackMsg

    said = BackMsg()
    try:
        said.ParseFromString(content or b"")
    except DecodeError:
        return True
    kind = said.WhichOneof("type")
    if kind == "backend_operation_request":
        return said.backend_operation_request.WhichOneof("payload") in OPERATIONS
    return kind is None or kind in TAKEN
