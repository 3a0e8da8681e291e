from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart.errors import FediArtError, NotFoundError
from fediart.media.store import Store


def _files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_file_is_named_by_its_content(tmp_path: Path) -> None:
    store = Store(tmp_path / "media")
    stored = store.put(b"heron", "png")
    sha256 = hashlib.sha256(b"heron").hexdigest()
    assert (stored.sha256, stored.size_bytes) == (sha256, 5)
    assert stored.key == f"{sha256[:2]}/{sha256[2:4]}/{sha256}.png"
    assert store.read(stored.key) == b"heron"
    with store.open(stored.key) as file:
        assert file.read(2) == b"he"
    assert _files(store.root) == [stored.key]
    assert store.path_of(stored.key).stat().st_mode & 0o777 == 0o640


def test_the_same_content_is_the_same_file(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = store.put(b"heron", "png")
    written = store.path_of(first.key).stat()
    assert store.put(b"heron", "png") == first
    again = store.path_of(first.key).stat()
    assert (again.st_ino, again.st_mtime_ns) == (written.st_ino, written.st_mtime_ns)
    assert _files(tmp_path) == [first.key]


def test_a_file_of_the_wrong_size_is_written_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    stored = store.put(b"heron", "png")
    store.path_of(stored.key).write_bytes(b"he")
    store.put(b"heron", "png")
    assert store.read(stored.key) == b"heron"


def test_many_writers_of_one_content(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        stored = set(pool.map(lambda _: store.put(b"x" * 100_000, "jpg"), range(32)))
    assert _files(tmp_path) == [stored.pop().key]
    assert not stored


def test_deleting(tmp_path: Path) -> None:
    store = Store(tmp_path)
    key = store.put(b"heron", "png").key
    assert store.delete(key) is True
    assert store.delete(key) is False
    for read in (store.read, store.open):
        with pytest.raises(NotFoundError):
            read(key)


_SHA = "ab" * 32


@pytest.mark.parametrize(
    "key",
    [
        "",
        "../../etc/passwd",
        f"ab/ab/../../{_SHA}.png",
        f"/ab/ab/{_SHA}.png",
        f"ab/cd/{_SHA}.png",
        f"ab/ab/{_SHA}",
        f"ab/ab/{_SHA}.p/g",
        f"ab/ab/{_SHA}.png\n",
        f"ab/ab/{_SHA}.PNG",
        f"ab/ab/{_SHA[:-1]}.png",
        f"ab/ab/{_SHA}.png\x00.jpg",
        f"AB/AB/{_SHA.upper()}.png",
        f"ab/ab/{_SHA}.png/..",
    ],
)
def test_any_other_key_is_not_found(tmp_path: Path, key: str) -> None:
    store = Store(tmp_path)
    for use in (store.path_of, store.read, store.delete):
        with pytest.raises(NotFoundError):
            use(key)


@given(st.text())
def test_no_text_reaches_outside_the_store(key: str) -> None:
    with pytest.raises(NotFoundError):
        Store(Path("/nowhere")).path_of(key)


@pytest.mark.parametrize("suffix", ["", "p", "toolong", "../x", "PNG", "p g"])
def test_a_suffix_is_a_plain_word(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(ValueError, match="suffix"):
        Store(tmp_path).put(b"x", suffix)


def _put_in_a_child(root: Path, limit: str) -> str:
    """Store 300 kB in a process that the operating system itself restricts; return what it printed."""
    script = textwrap.dedent(f"""
        import os, resource, signal, sys
        from pathlib import Path
        from fediart.errors import FediArtError
        from fediart.media.store import Store
        {limit}
        try:
            print(Store(Path({str(root)!r})).put(b"x" * 300_000, "png").key)
        except FediArtError as error:
            print(error.status, error.text)
    """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.strip()


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    limit = "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))"
    answer = _put_in_a_child(tmp_path, limit)
    assert answer.startswith("507 ")
    assert str(tmp_path) in answer
    assert "\n" not in answer
    assert _files(tmp_path) == []
    assert Store(tmp_path).put(b"x" * 300_000, "png").key == _put_in_a_child(tmp_path, "")


def test_a_killed_writer_leaves_no_file_under_a_key(tmp_path: Path) -> None:
    """Without ignoring SIGXFSZ the process dies in the middle of writing."""
    script = textwrap.dedent(f"""
        import resource, signal
        from pathlib import Path
        from fediart.media.store import Store
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
        Store(Path({str(tmp_path)!r})).put(b"x" * 300_000, "png")
    """)
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=False).returncode < 0
    store = Store(tmp_path)
    stored = store.put(b"x" * 300_000, "png")
    assert len(store.read(stored.key)) == 300_000


def test_a_folder_that_cannot_be_written_says_which(tmp_path: Path) -> None:
    blocked = tmp_path / "media"
    blocked.write_text("a file is in the way")
    with pytest.raises(FediArtError, match=str(blocked)) as caught:
        Store(blocked).put(b"x", "png")
    assert caught.value.status == 500


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(FediArtError, match="cannot be written") as caught:
        Store(tmp_path).put(b"x", "png")
    assert caught.value.status == 500
    tmp_path.chmod(0o700)
