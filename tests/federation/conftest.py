"""Servers and peers. What only receives shares one server; what sends and waits has one for its module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.conftest import Server, free_port
from tests.federation.home import Home
from tests.federation.peer import Peer, Peers
from tests.federation.people import Person, settle

OpenHome = Callable[..., Home]


@pytest.fixture(scope="session")
def painting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("painting") / "low-tide.png"
    picture = Image.new("RGB", (320, 210), "#c9d8c5")
    ImageDraw.Draw(picture).polygon([(60, 120), (200, 120), (160, 160), (90, 160)], fill="#b5762c")
    picture.save(path)
    return path


@contextmanager
def homes(factory: pytest.TempPathFactory, painting: Path) -> Iterator[OpenHome]:
    """Yield a factory of running servers. Settings are given as `section__key=value`.

    At the end, whatever the tests did: every delivery that a peer got was signed well, and no server logged an error.
    """
    made: list[Home] = []

    def open_(*others: str, start: bool = True, **settings: object) -> Home:
        server = Server(folder=factory.mktemp("home"), port=free_port())
        server.environ = {
            "FEDIART_FEDERATION__RETRY_FIRST_SECONDS": "0.3",
            "FEDIART_FEDERATION__RETRY_LONGEST_SECONDS": "1",
            **{f"FEDIART_{name.upper()}": str(value).lower() for name, value in settings.items()},
        }
        who = ("--domain", server.host, "--artist", "mira", "--email", "mira@example.org")
        server.ok("init", *who, "--port", str(server.port), "--loopback")
        for name in others:
            server.ok("artist", "create", name, "--email", f"{name}@example.org")
        made.append(Home(server, painting))
        if start:
            server.start()
        return made[-1]

    try:
        yield open_
        Peers.verify_all_from([home.base for home in made])
        for home in made:
            assert [line for line in home.log() if line["level"] in ("error", "critical")] == []
    finally:
        for home in made:
            home.server.kill()


@contextmanager
def running_peers() -> Iterator[Peers]:
    running = Peers()
    try:
        yield running
    finally:
        running.close()


@pytest.fixture(scope="session")
def session_peers() -> Iterator[Peers]:
    with running_peers() as peers:
        yield peers


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, painting: Path, session_peers: Peers) -> Iterator[Home]:
    """Return the server of everything that only receives; each test brings its own people and notes."""
    with homes(tmp_path_factory, painting) as open_:
        yield open_()


@pytest.fixture(scope="session")
def peer(session_peers: Peers) -> Peer:
    """Return a healthy peer."""
    return session_peers.open()


@pytest.fixture(scope="session")
def other_peer(session_peers: Peers) -> Peer:
    """Return a second healthy peer, another host."""
    return session_peers.open()


@pytest.fixture
def lee(peer: Peer) -> Person:
    """Return somebody whom our server has never met."""
    return settle(peer)


@pytest.fixture(scope="module")
def peers() -> Iterator[Peers]:
    with running_peers() as peers:
        yield peers


@pytest.fixture(scope="module")
def open_home(tmp_path_factory: pytest.TempPathFactory, painting: Path, peers: Peers) -> Iterator[OpenHome]:
    """Return the factory of servers that belong to one module."""
    with homes(tmp_path_factory, painting) as open_:
        yield open_
