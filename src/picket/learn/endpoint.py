"""A language model behind an address that speaks the OpenAI chat protocol (llama.cpp, Ollama, vLLM, a provider's own).

The only place in this room that opens a connection, and only when somebody names an address. Reports leave this machine when the address
is another's: over https only. The key comes from an environment variable and is in no message.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from picket.learn.model import Answer, Ask

MOST_TOKENS = 4_096  # of an answer: about as long as MOST_CLAIMS claims


class EndpointError(ValueError):
    """An address that is none, or a client that is not installed; the message says what to do."""


def check_address(address: str) -> str:
    """The address without a slash at its end. Raises EndpointError unless it is https, or http to this machine, with no password."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise EndpointError(f"expected an address such as http://127.0.0.1:8080/v1, got {address!r}")
    if parts.username is not None or parts.password is not None:
        raise EndpointError(
            "the address holds a password, which would end in logs: put the key into an environment variable instead"
        )
    if parts.scheme == "http" and not _is_here(parts.hostname):
        raise EndpointError(f"{parts.hostname} is another machine: reports go there over https only")
    return address.rstrip("/")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def connect(
    address: str,
    model: str,
    *,
    key: str | None = None,
    timeout_s: float = 60.0,
    on_trouble: Callable[[str], None] = lambda words: None,
) -> Ask:
    """A function that asks `model` at `address`.

    Args:
        address: the API's root, as a rule ending in /v1.
        model: the model's name there.
        key: the API's key; None for a server that wants none.
        timeout_s: how long an answer may take, s; one more try is made.
        on_trouble: told, in words, each time that nothing came.

    Raises EndpointError.
    """
    if not (timeout_s > 0 and math.isfinite(timeout_s)):
        raise EndpointError(f"expected a time over 0 s, got {timeout_s}")
    try:
        import openai
    except ImportError as missing:
        raise EndpointError("the client for language models is not installed: pip install 'picket[model]'") from missing
    address = check_address(address)
    here = _is_here(urlsplit(address).hostname or "")

    async def question_to(instructions: str, question: str) -> openai.types.chat.ChatCompletion:
        # no redirect: it could lead a report to another machine; no proxy for this one
        http = openai.DefaultAsyncHttpxClient(follow_redirects=False, trust_env=not here)
        async with openai.AsyncOpenAI(
            base_url=address, api_key=key or "none", timeout=timeout_s, max_retries=1, http_client=http
        ) as client:
            return await client.chat.completions.create(
                model=model,
                messages=[{"role": "system", "content": instructions}, {"role": "user", "content": question}],
                response_format={"type": "json_object"},
                temperature=0,
                seed=1,
                max_tokens=MOST_TOKENS,
            )

    def ask(instructions: str, question: str) -> Answer:
        try:  # the client's own time is between two bytes: one that drips is cut here
            got = asyncio.run(asyncio.wait_for(question_to(instructions, question), 2 * timeout_s))
            choice = got.choices[0]
            return Answer(choice.message.content or "", choice.finish_reason != "length")
        except openai.APIStatusError as wrong:
            on_trouble(f"the model's server answered with status {wrong.status_code}")
        except (openai.APITimeoutError, TimeoutError):
            on_trouble(f"no answer from the model within {timeout_s:g} s, twice")
        except openai.APIConnectionError:
            on_trouble(f"nobody answers at {address}")
        except (openai.OpenAIError, ValueError, TypeError, IndexError, AttributeError):
            on_trouble("what the model's server sent is no answer in the chat protocol")
        return Answer(None)

    return ask
