"""Running the application: the socket, the HTTP server of the admin's choice, one worker per SQLite file, the end.

Hypercorn is the default; Uvicorn and Granian work where they are installed.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import logging
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fediart import app, config, errors, log, services
from fediart.db import changes, queries
from fediart.services import Connected, Services

_logger = log.get(__name__)


def listen(settings: config.Server) -> socket.socket:
    """Return the listening socket.

    Raises: FediArtError when the port is taken or not allowed.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(1024)
    except OSError as exc:
        listening.close()
        where = f"{settings.host}:{settings.port}"
        if exc.errno == errno.EADDRINUSE:
            raise errors.FediArtError(
                f"{where} is in use by another program: stop it, or set another [server] port"
            ) from exc
        if exc.errno == errno.EACCES:
            raise errors.FediArtError(
                f"this user may not listen on {where}: choose a port above 1023 and put a reverse proxy in front"
            ) from exc
        raise errors.FediArtError(f"cannot listen on {where}: {exc.strerror or exc}") from exc
    listening.setblocking(False)
    return listening


@contextmanager
def only_worker(settings: config.Config, *, is_sqlite: bool) -> Iterator[bool]:
    """Hold the right to work on a SQLite file. Yields whether every lease found is stale: nobody else can hold one.

    Raises: FediArtError when another process works on it.
    """
    if not is_sqlite:
        yield False
        return
    path: Path = settings.data_directory / "worker.lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as exc:
        raise errors.FediArtError(f"cannot write {path}: {exc.strerror}; check who owns the data folder") from exc
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            holder = os.pread(handle, 32, 0).decode(errors="replace").strip() or "unknown"
            raise errors.FediArtError(
                f"another FediArt (process {holder}) already works on {settings.data_directory}: stop it first, "
                "or start this one with `serve --no-worker`"
            ) from exc
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield True
    finally:
        os.close(handle)


async def free_leases(services: Services) -> None:
    """Free what a process that was killed had claimed; for the only worker of a database."""
    async with services.database.write() as tx:
        freed = await queries.deliveries.release_all(tx)
        await queries.received.release_all(tx)
        await queries.fetches.release_all(tx)
    if freed:
        _logger.info("taking up deliveries that were under way", count=freed)


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set; a second signal ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def _signalled() -> None:
        if stop.is_set():
            os._exit(130)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _signalled)
    return stop


async def serve(settings: config.Config, *, implementation: str, with_worker: bool) -> None:
    """Serve until a signal; with the worker in the same process unless told otherwise."""
    stop = stop_on_signals()
    async with services.connected(settings) as opened:
        listening = listen(settings.server)
        try:
            if with_worker:
                with only_worker(settings, is_sqlite=opened.database.is_sqlite) as is_only:
                    if is_only:
                        await free_leases(opened)
                    await _serve(opened, listening, implementation, stop, with_worker=True)
            else:
                await _serve(opened, listening, implementation, stop, with_worker=False)
        finally:
            listening.close()


async def _serve(
    services: Connected, listening: socket.socket, implementation: str, stop: asyncio.Event, *, with_worker: bool
) -> None:
    server = services.settings.server
    async with app.running(services, with_worker=with_worker, stop=stop) as front:
        _logger.info(
            "serving",
            address=services.urls.base,
            listening=f"{server.host}:{server.port}",
            implementation=implementation,
            worker=with_worker,
        )
        run = {"hypercorn": _hypercorn, "uvicorn": _uvicorn, "granian": _granian}[implementation]
        await run(front, listening, server, stop)
        _logger.info("stopping")


async def work(settings: config.Config) -> None:
    """Run the worker alone until a signal."""
    stop = stop_on_signals()
    async with services.connected(settings) as opened:
        with only_worker(settings, is_sqlite=opened.database.is_sqlite) as is_only:
            if is_only:
                await free_leases(opened)
            watch = changes.watch(opened.database)
            watching = asyncio.create_task(watch.run())
            try:
                _logger.info("working", database=(opened.database.is_sqlite and "sqlite") or "postgresql")
                await app.work(opened, stop)
            finally:
                watching.cancel()
                with suppress(asyncio.CancelledError):
                    await watching
                watch.close()


async def _hypercorn(front: Any, listening: socket.socket, server: config.Server, stop: asyncio.Event) -> None:
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config

    settings = Config()
    settings.bind = [f"fd://{listening.detach()}"]  # Hypercorn closes it
    settings.graceful_timeout = server.shutdown_seconds
    settings.shutdown_timeout = server.shutdown_seconds
    settings.include_server_header = False
    settings.accesslog = None
    settings.errorlog = logging.getLogger("hypercorn.error")
    settings.keep_alive_timeout = 75
    logging.getLogger("hypercorn.error").setLevel(logging.WARNING)
    await hypercorn_serve(front, settings, shutdown_trigger=stop.wait)


async def _uvicorn(front: Any, listening: socket.socket, server: config.Server, stop: asyncio.Event) -> None:
    try:
        import uvicorn
    except ImportError as exc:
        raise _missing("uvicorn") from exc

    class Embedded(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:  # the signals are ours
            yield

    running = Embedded(
        uvicorn.Config(
            front,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=int(server.shutdown_seconds),
            timeout_keep_alive=75,
        )
    )
    serving = asyncio.create_task(running.serve(sockets=[listening]))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
    running.should_exit = True
    stopping.cancel()
    await serving


async def _granian(front: Any, listening: socket.socket, server: config.Server, stop: asyncio.Event) -> None:
    try:
        from granian.constants import Interfaces
        from granian.server.embed import Server
    except ImportError as exc:
        raise _missing("granian") from exc
    listening.close()  # Granian opens the address itself
    running = Server(
        front, address=server.host, port=server.port, interface=Interfaces.ASGI, log_access=False, log_enabled=False
    )
    serving = asyncio.create_task(running.serve())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
    running.stop()  # type: ignore[no-untyped-call]
    stopping.cancel()
    await serving


def _missing(name: str) -> errors.UsageError:
    return errors.UsageError(f"{name} is not installed: `pip install fediart[{name}]`, or use --server hypercorn")
