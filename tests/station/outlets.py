"""Small servers on loopback that take what a station sends: a webhook, a mail server, and one that never answers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Runs `talk` for each connection, in a thread; yields the port."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(32)
    held: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                peer, _ = listening.accept()
            except OSError:
                return
            held.append(peer)
            threading.Thread(target=_quietly, args=(talk, peer), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        listening.close()
        for peer in held:
            peer.close()


def _quietly(talk: Callable[[socket.socket], None], peer: socket.socket) -> None:
    try:
        talk(peer)
    except OSError:
        return


def hangs(peer: socket.socket) -> None:
    """Takes the connection and says nothing, ever."""


def web(got: list[bytes], status: str = "204 No Content", extra: str = "") -> Callable[[socket.socket], None]:
    """Keeps each request whole and answers it."""

    def talk(peer: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += peer.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        length = next((int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length")), 0)
        while len(body) < length:
            body += peer.recv(65536)
        got.append(head + b"\r\n\r\n" + body)
        peer.sendall(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n{extra}\r\n".encode())
        peer.close()

    return talk


def mail(got: list[str], refuse: bool = False) -> Callable[[socket.socket], None]:
    """A mail server as RFC 5321 has it, just enough: keeps each letter."""

    def talk(peer: socket.socket) -> None:
        with peer.makefile("rwb") as f:

            def say(words: str) -> None:
                f.write(words.encode() + b"\r\n")
                f.flush()

            say("220 test")
            while line := f.readline():
                word = line.split()[0].upper() if line.split() else b""
                if word in (b"EHLO", b"HELO"):
                    say("250 test")
                elif word == b"RCPT" and refuse:
                    say("550 no such address")
                elif word == b"DATA":
                    say("354 go on")
                    letter = b""
                    while (part := f.readline()) not in (b".\r\n", b""):
                        letter += part
                    got.append(letter.decode())
                    say("250 taken")
                elif word == b"QUIT":
                    say("221 bye")
                    return
                else:
                    say("250 ok")

    return talk
