"""Noor's server: pubby behind FastAPI and uvicorn, and the API under /control/ by which a test drives it.

Runs in `.venv-peers`; prints `ready ORIGIN` when it listens. Each POST to an inbox is kept as it arrived, with what
pubby answered and what it made of it once the signature was verified.
"""

from __future__ import annotations

import socket
import sys
import tempfile
import traceback
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from noor import CannotDoError, Noor
from pubby import ActivityPubHandler
from pubby.crypto import generate_rsa_keypair
from pubby.server.adapters.fastapi import bind_activitypub
from pubby.storage.adapters.db import init_db_storage
from reports import Reports


def build(origin: str, folder: Path, *, locked: bool) -> tuple[FastAPI, Reports]:
    """Build the application and what keeps the reports of its inbox."""
    reports = Reports()
    storage = init_db_storage(f"sqlite:///{folder / 'pubby.db'}")
    followed: dict[str, bool] = {}  # whom noor asked, and whether they accepted
    handler = ActivityPubHandler(
        storage=storage,
        actor_config={
            "base_url": origin,
            "username": "noor",
            "name": "Noor",
            "manually_approves_followers": locked,
        },
        private_key=generate_rsa_keypair()[0],
        webfinger_domain=origin.removeprefix("http://"),
        allow_private_targets=True,
        on_activity=reports.hear,
        on_follow_response=followed.__setitem__,
        deliver=lambda inbox, activity: noor.deliver(inbox, activity),  # noqa: PLW0108  it does not exist yet
    )
    noor = Noor(handler)
    acts = noor.acts | {"known": lambda: noor.known() | {"follow_answers": followed}}
    app = FastAPI()
    bind_activitypub(app, handler)

    @app.get("/notes/{name}")
    def note(name: str) -> Response:
        found = noor.notes.get(f"{origin}/notes/{name}")
        if found is None:
            return JSONResponse({"error": "not found"}, status_code=404)
        return JSONResponse(noor.document(found), media_type="application/activity+json")

    @app.get("/pictures/{name}")
    def picture(name: str) -> Response:
        return Response(noor.pictures[name], media_type="image/png")

    @app.get("/control/received")
    def received() -> Response:
        return JSONResponse({"deliveries": reports.kept})

    @app.post("/control/{name}")
    async def control(name: str, request: Request) -> Response:
        parameters = await request.json()
        act = acts.get(name)
        if act is None:
            return JSONResponse({"error": f"no such control: {name}"}, status_code=404)
        try:
            # In a thread, since pubby waits for the other server, which may ask this one meanwhile.
            return JSONResponse(await run_in_threadpool(act, **parameters))
        except CannotDoError as error:
            refusal = {"error": str(error), "status": error.status, "answer": error.answer}
            return JSONResponse(refusal, status_code=502 if error.status else 400)
        except Exception as error:  # whatever pubby raises, the test shall see
            traceback.print_exc()
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, status_code=500)

    return app, reports


def main() -> None:
    """Listen on a free port and serve until the process is ended."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with tempfile.TemporaryDirectory() as folder:
        app, reports = build(origin, Path(folder), locked="--locked" in sys.argv)
        server = uvicorn.Server(uvicorn.Config(reports.around(app), log_level="warning"))
        listening.listen()  # from here on requests wait until uvicorn takes them
        print(f"ready {origin}", flush=True)
        server.run(sockets=[listening])


if __name__ == "__main__":
    main()
