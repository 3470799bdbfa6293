"""A language model's server for tests: it says what it is told to say, lies, stalls, drips, cuts off or breaks the protocol."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class ModelServer:
    """Answers POST /v1/chat/completions with `reply(question)`: a dict is claims, a str the message's text, bytes the whole body.

    `status`, `finish` and `stall` change how; `asked` holds the requests' bodies and `keys` their Authorization.
    """

    def __init__(self, reply: Callable[[dict[str, Any]], dict[str, Any] | str | bytes]) -> None:
        self.reply, self.status, self.finish, self.location = reply, 200, "stop", ""
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.stall, self.drip = threading.Event(), False
        self.stall.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append(asked)
                outer.keys.append(self.headers["Authorization"])
                outer.stall.wait(30)
                self.send_response(outer.status)
                if outer.location:
                    self.send_header("Location", outer.location)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                if outer.drip:
                    while not outer.closed.wait(0.05):
                        self.wfile.write(b" ")
                        self.wfile.flush()
                self.wfile.write(outer.body(json.loads(asked["messages"][1]["content"])))

            def log_message(self, *words: object) -> None:
                pass

            def handle(self) -> None:
                with contextlib.suppress(OSError):  # the client went away, as it should
                    super().handle()

        self.closed = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def body(self, question: dict[str, Any]) -> bytes:
        said = self.reply(question)
        if isinstance(said, bytes):
            return said
        text = said if isinstance(said, str) else json.dumps(said)
        choice = {"index": 0, "finish_reason": self.finish, "message": {"role": "assistant", "content": text}}
        return json.dumps({"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}).encode()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stall.set()
        self.closed.set()
        self._server.shutdown()
        self._server.server_close()
