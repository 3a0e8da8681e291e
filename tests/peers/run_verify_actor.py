"""Point fediverse-pasture's verify_actor at an actor and print what it found, as JSON: `run_verify_actor.py ACTOR_URI`.

Runs in `.venv-peers`. It serves the suite's test actors on a free port of 127.0.0.1, which the server under test must
be able to reach over plain http, asks for one verification and stops. Result: `actors`, for each test actor whether it
could read the actor (`get_actor`) and post to its inbox (`post_inbox`); `webfinger`; `steps`, the suite's own log.
Alice and Dean sign nothing, Bob and Emily sign, Claire and Frank also want signed GETs of themselves; Dean, Emily and
Frank have no WebFinger.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import logging
import os
import socket
import sys
import tempfile
from typing import Any

import aiohttp

TIME_LIMIT_SECONDS = 60


async def verify(actor_uri: str) -> dict[str, Any]:
    """Serve the suite and ask it about one actor."""
    uvicorn: Any = importlib.import_module("uvicorn")
    suite: Any = importlib.import_module("fediverse_pasture.verify_actor")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        domain = f"127.0.0.1:{listener.getsockname()[1]}"
        app = suite.build_app(only_generate_config=False, domain=domain, https=False, timeout=TIME_LIMIT_SECONDS // 3)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            return await _ask(f"http://{domain}/", actor_uri)
        finally:
            server.should_exit = True
            await serving


async def _ask(suite: str, actor_uri: str) -> dict[str, Any]:
    limit = aiohttp.ClientTimeout(total=TIME_LIMIT_SECONDS)
    async with (
        aiohttp.ClientSession(timeout=limit, headers={"Accept": "application/json"}) as session,
        session.get(suite, params={"actor_uri": actor_uri}) as response,
    ):
        response.raise_for_status()
        found = await response.json()
    result: dict[str, Any] = found["result"]
    webfinger = result.pop("webfinger")
    return {"actors": result, "webfinger": webfinger, "steps": json.loads(found["messages"])["steps"]}


def main() -> None:
    """Verify the actor named on the command line."""
    if len(sys.argv) != 2 or not sys.argv[1].startswith(("http://", "https://")):
        print("usage: run_verify_actor.py ACTOR_URI", file=sys.stderr)
        sys.exit(2)
    # The suite keeps its actors' keys in a file in the working directory and prints what it does to stdout.
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
        os.chdir(folder)
        try:
            result = asyncio.run(verify(sys.argv[1]))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            print(f"run_verify_actor: {type(error).__name__}: {error}", file=sys.stderr)
            sys.exit(1)
        finally:
            logging.shutdown()
            os.chdir("/")
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
