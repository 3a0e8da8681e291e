"""What goes wrong for a person at the keyboard: one line that says what to do, an exit code, and nothing changed."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.conftest import Server, free_port

PUBLISH = ("--as", "mira", "--title", "Low Tide")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """Return a set-up server that is never started nor changed; the tests work on copies."""
    server = Server(folder=tmp_path_factory.mktemp("original"), port=free_port())
    who = ("--domain", server.host, "--artist", "mira", "--email", "mira@example.org")
    server.ok("init", *who, "--port", str(server.port), "--loopback")
    return server


@pytest.fixture
def server(original: Server, tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "server"
    shutil.copytree(original.folder, folder)
    copy = Server(folder=folder, port=original.port)
    yield copy
    copy.kill()


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    noise = Image.effect_noise((512, 384), 90)
    noise.save(path)
    return path


def state(server: Server) -> dict[str, Any]:
    """Everything that a refused command must leave as it was."""
    files = sorted(str(path.relative_to(server.data)) for path in (server.data / "media").rglob("*") if path.is_file())
    with closing(sqlite3.connect(server.data / "fediart.sqlite3")) as connection:
        tables = ("actors", "artists", "notes", "works", "attachments", "activities", "deliveries", "follows", "keys")
        counts = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
    return {"files": files, "config": server.config.read_bytes(), **counts}


def assert_one_line(done: subprocess.CompletedProcess[str], *words: str, code: int = 1) -> None:
    assert done.returncode == code, done
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("fediart: ")
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def refuse(server: Server, *arguments: str | Path, words: tuple[str, ...], code: int = 1) -> None:
    """Run a command that must be refused and must change nothing.

    Pictures that were worked on before the words were found wanting may stay: their names are their digests, so the
    next attempt takes them up.
    """
    before = state(server)
    assert_one_line(server.cli(*arguments), *words, code=code)
    after = state(server)
    assert after | {"files": before["files"]} == before


def refuse_picture(server: Server, path: Path, *words: str) -> None:
    """Publish something that is no picture we take; not a single file may come of it."""
    refuse(server, "publish", path, *PUBLISH, "--alt", "x", words=words)
    assert state(server)["files"] == []


# Pictures


def unreadable(folder: Path) -> dict[str, tuple[Path, str]]:
    """Return files that are no pictures we take, each with a word of its complaint."""
    written = {
        "not-there.png": None,
        "empty.png": b"",
        "text.jpg": b"this is not a picture, whatever its name says\n" * 20,
        "drawing.svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        "broken.png": b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\xff" * 200,
        "page.html": b"<!doctype html><script>alert(1)</script>",
    }
    for name, data in written.items():
        if data is not None:
            (folder / name).write_bytes(data)
    return {name: (folder / name, name) for name in written}


@pytest.mark.parametrize(
    "name", ["not-there.png", "empty.png", "text.jpg", "drawing.svg", "broken.png", "page.html", "folder"]
)
def test_a_file_that_is_no_picture(server: Server, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    path, word = (unreadable(tmp_path) | {"folder": (tmp_path / "folder", "folder")})[name]
    refuse_picture(server, path, word)


def test_a_truncated_picture(server: Server, image: Path) -> None:
    image.write_bytes(image.read_bytes()[: image.stat().st_size // 2])
    refuse_picture(server, image, image.name)


@pytest.mark.parametrize(
    ("setting", "value", "word"),
    [("MAX_FILE_BYTES", "1000", "the limit is 1,000"), ("MAX_PIXELS", "100000", "512 x 384 pixels are more than")],
)
def test_a_picture_that_is_too_large(server: Server, image: Path, setting: str, value: str, word: str) -> None:
    server.environ[f"FEDIART_MEDIA__{setting}"] = value
    refuse_picture(server, image, image.name, word)


def test_a_second_picture_that_is_bad_publishes_nothing(server: Server, image: Path, tmp_path: Path) -> None:
    bad = unreadable(tmp_path)["text.jpg"][0]
    before = state(server)
    assert_one_line(server.cli("publish", image, bad, *PUBLISH, "--alt", "x", "--alt", "y"), "text.jpg")
    assert state(server)["notes"] == before["notes"]


# Words


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        (("publish", "IMAGE", *PUBLISH, "--alt", "a", "--alt", "b"), ("1 pictures need 1 --alt", "2 given"), 2),
        (("publish", "IMAGE", "IMAGE", *PUBLISH, "--alt", "a"), ("2 pictures need 2 --alt", "1 given"), 2),
        (("publish", "IMAGE", "--as", "nobody", "--title", "x", "--alt", "a"), ("nobody",), 1),
        (("publish", "IMAGE", "--as", "mira", "--title", " ", "--alt", "a"), ("title",), 1),
        (("publish", "IMAGE", "--as", "mira", "--title", "x" * 300, "--alt", "a"), ("300", "200"), 1),
        (("publish", "IMAGE", *PUBLISH, "--alt", "a", "--tag", "no good"), ("no good",), 1),
        (("publish", "IMAGE", *PUBLISH, "--alt", "a", "--license", "mine"), ("licence", "mine"), 1),
        (("publish", "IMAGE", *PUBLISH, "--alt", "a", "--language", "!!"), ("language",), 1),
        (("followers", "--as", "nobody"), ("nobody",), 1),
        (("artist", "show", "nobody"), ("nobody",), 1),
        (("artist", "create", "mira", "--email", "m@example.org"), ("mira", "taken"), 1),
        (("artist", "create", "Not OK!", "--email", "m@example.org"), ("Not OK!",), 1),
        (("artist", "create", "admin", "--email", "m@example.org"), ("admin",), 1),
        (("artist", "create", "nour", "--email", "nowhere"), ("nowhere", "e-mail"), 1),
        (("artist", "edit", "mira", "--field", "nothing"), ("NAME=VALUE",), 2),
        (("edit", "12345", "--title", "x"), ("12345",), 1),
        (("delete", "12345"), ("12345",), 1),
        (("delete", str(10**30)), (str(10**30),), 1),
        (("edit", str(10**30), "--title", "x"), (str(10**30),), 1),
        (("like", "--as", "mira", str(10**30)), (str(10**30),), 1),
        (("like", "--as", "mira", "12345"), ("12345",), 1),
        (("reply", "--as", "mira", "12345", "--text", "x"), ("12345",), 1),
        (("follow", "--as", "mira", "@mira@SELF"), ("themselves",), 1),
        (("follow", "--as", "mira", "@@@"), ("@@@",), 1),
        (("follow", "--as", "mira", "http://127.0.0.1:1/users/x"), ("127.0.0.1:1",), 1),
        (("queue", "retry"), ("--host",), 2),
        (("queue", "drop", "77"), ("77",), 1),
        (("queue", "retry", str(10**30)), (str(10**30),), 1),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else "",
)
def test_words_that_cannot_be_meant(
    server: Server, image: Path, arguments: tuple[str, ...], words: tuple[str, ...], code: int
) -> None:
    given = [str(image) if word == "IMAGE" else word.replace("SELF", server.host) for word in arguments]
    refuse(server, *given, words=words, code=code)


@pytest.mark.parametrize("arguments", [("--nonsense",), ("nonsense",), ("publish",), ("delete", "x"), ("serve", "x")])
def test_wrong_usage_is_exit_code_2(server: Server, arguments: tuple[str, ...]) -> None:
    done = server.cli(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Usage:" in done.stderr
    assert "Traceback" not in done.stderr


# Set-up


def test_init_twice_changes_nothing(server: Server, tmp_path: Path) -> None:
    who = ("--domain", "other.example", "--artist", "nour", "--email", "n@example.org")
    refuse(server, "init", *who, words=("exists already", "nothing was changed"))
    other = ("--config", str(tmp_path / "other.toml"), "--data", str(server.data))
    refuse(server, "init", *who, *other, words=("holds a database already",))
    assert not (tmp_path / "other.toml").exists()


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        (("--domain", "https://art.example"), "domain"),
        (("--domain", "a b"), "domain"),
        (("--artist", "Not OK!"), "Not OK!"),
        (("--email", "nowhere"), "nowhere"),
    ],
)
def test_init_that_is_refused_leaves_nothing_behind(tmp_path: Path, wrong: tuple[str, str], word: str) -> None:
    server = Server(folder=tmp_path / "new", port=free_port())
    options = {"--domain": "art.example", "--artist": "mira", "--email": "m@example.org"} | dict([wrong])
    done = server.cli("init", *(part for option in options.items() for part in option))
    assert done.returncode in (1, 2)
    assert_one_line(done, word, code=done.returncode)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[server]\nprot = 9000\n", ("prot", "line 2")),
        ("[serve]\nport = 9000\n", ("serve", "line 1")),
        ('[server]\nport = "9000"\n', ("port", "line 2")),
        ("[server]\n\n\nport = 70000\n", ("port", "line 4")),
        ("[server\nport = 9000\n", ("line 1",)),
        ('[rights]\npolicy = "yes-ai"\n', ("policy", "line 2", "no-ai")),
    ],
)
@pytest.mark.parametrize("command", ["serve", "artist list"])
def test_a_wrong_configuration_names_the_key_and_the_line(
    server: Server, text: str, words: tuple[str, ...], command: str
) -> None:
    server.config.write_text(text)
    assert_one_line(server.cli(*command.split()), *words, code=2)


def test_a_wrong_value_in_the_environment_names_its_variable(server: Server) -> None:
    server.environ["FEDIART_SERVER__PORT"] = "many"
    assert_one_line(server.cli("serve"), "FEDIART_SERVER__PORT", code=2)


def test_a_configuration_that_is_not_there(server: Server) -> None:
    server.config.unlink()
    assert_one_line(server.cli("serve"), str(server.config), code=2)


def test_a_domain_that_was_changed_after_init(server: Server) -> None:
    server.environ["FEDIART_INSTANCE__DOMAIN"] = "other.example"
    for command in (("serve",), ("artist", "list"), ("worker",)):
        refuse(server, *command, words=(server.base_url, "other.example"))


def test_a_database_that_is_newer_than_the_program(server: Server) -> None:
    with closing(sqlite3.connect(server.data / "fediart.sqlite3")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    for command in (("serve",), ("artist", "list"), ("migrate",)):
        refuse(server, *command, words=("newer FediArt", "9999"))


def test_a_database_that_is_missing_or_no_database(server: Server) -> None:
    path = server.data / "fediart.sqlite3"
    path.write_bytes(b"this is a text file, not a database\n" * 100)
    assert_one_line(server.cli("artist", "list"), "database")
    path.unlink()
    assert_one_line(server.cli("artist", "list"), "fediart init")


# The machine


def test_a_port_that_is_taken(server: Server) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", server.port))
        taken.listen()
        refuse(server, "serve", words=(f"127.0.0.1:{server.port} is in use", "port"))


def test_a_second_worker(server: Server) -> None:
    server.start()
    assert server.process is not None
    refuse(server, "worker", words=("already works", str(server.process.pid)))
    refuse(server, "serve", words=("in use",))
    server.environ["FEDIART_SERVER__PORT"] = str(free_port())
    refuse(server, "serve", words=("already works", str(server.process.pid), "--no-worker"))
    assert server.stop() == 0


@contextmanager
def mounted(*commands: list[str], folder: Path) -> Iterator[None]:
    """Mount something over a folder; skips the test where that is not allowed."""
    try:
        for command in commands:
            if subprocess.run(command, capture_output=True, check=False).returncode:
                pytest.skip("this machine does not let us mount")
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Make a folder read-only, for root too."""
    if os.geteuid() != 0:
        paths = [folder, *folder.rglob("*")]
        for path in paths:
            path.chmod(0o500 if path.is_dir() else 0o400)
        try:
            yield
        finally:
            for path in paths:
                path.chmod(0o700)
        return
    bind = ["mount", "--bind", str(folder), str(folder)]
    with mounted(bind, ["mount", "-o", "remount,bind,ro", str(folder)], folder=folder):
        yield


def test_a_data_folder_that_cannot_be_written(server: Server, image: Path) -> None:
    before = state(server)
    with read_only(server.data):
        for command in (
            ("publish", str(image), *PUBLISH, "--alt", "x"),
            ("artist", "create", "nour", "--email", "n@example.org"),
            ("serve",),
            ("worker",),
        ):
            assert_one_line(server.cli(*command))
    assert state(server) == before


def test_a_database_that_cannot_be_written(server: Server, image: Path) -> None:
    before = state(server)
    with read_only(server.data):
        done = server.cli("artist", "edit", "mira", "--name", "Mira M.")
    assert_one_line(done, "database", "written")
    assert state(server) == before


def limited(server: Server, image: Path, limit_bytes: int) -> subprocess.CompletedProcess[str]:
    """Publish where no file may grow beyond a limit, as on a full disk."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

    command = [sys.executable, "-m", "fediart", "--config", str(server.config), "publish", str(image), *PUBLISH]
    return subprocess.run(
        [*command, "--alt", "x"],
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=limit,
        check=False,
    )


def test_a_file_that_may_not_grow(server: Server, image: Path) -> None:
    before = state(server)
    for limit_bytes in (4096, 40_000):
        assert_one_line(limited(server, image, limit_bytes))
        assert state(server) == before


def fill(folder: Path, *, leave_bytes: int) -> Path:
    """Write a file that takes all the space but a little."""
    ballast = folder / "ballast"
    free = os.statvfs(folder)
    size = free.f_bavail * free.f_frsize - leave_bytes
    ballast.write_bytes(b"\0" * max(size, 0))
    return ballast


@pytest.fixture
def on_small_disk(server: Server, tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Move the data to a disk of 8 MB; returns what fills it to the given rest."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    with mounted(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], folder=disk):
        shutil.copytree(server.data, disk / "data")
        shutil.rmtree(server.data)
        server.data.symlink_to(disk / "data")
        yield lambda leave_bytes: fill(disk, leave_bytes=leave_bytes)
        server.kill()


@pytest.mark.parametrize("leave_bytes", [0, 8192, 100_000, 300_000])
def test_a_disk_that_is_full(
    server: Server, image: Path, on_small_disk: Callable[[int], Path], leave_bytes: int
) -> None:
    before = state(server)
    ballast = on_small_disk(leave_bytes)
    done = server.cli("publish", image, *PUBLISH, "--alt", "x")
    assert_one_line(done, "free some space")
    ballast.unlink()
    assert state(server) | {"files": before["files"]} == before
    server.ok("publish", image, *PUBLISH, "--alt", "x")


def test_a_reader_that_goes_away(server: Server) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "fediart", "--config", str(server.config), "artist", "list", "--json"],
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    with suppress(OSError):
        os.close(writing)
    assert done.returncode == 1
    assert done.stderr == b""
