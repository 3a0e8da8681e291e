"""Files named by their content: the same bytes are the same file, and a file is either whole or absent.

Knows nothing of pictures and never sees an uploaded name. Whether a file is still used is the database's knowledge.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fediart.errors import FediArtError, NotFoundError

_KEY = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(?=\1\2)[0-9a-f]{64}\.[a-z0-9]{2,5}")
_SUFFIX = re.compile(r"[a-z0-9]{2,5}")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`key` is "ab/cd/<sha256>.<suffix>", relative to the store and safe in a URL."""

    sha256: str
    key: str
    size_bytes: int


class Store:
    """A folder of files by content."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes, suffix: str) -> StoredFile:
        """Keep `data`; when this returns it survives a power cut.

        Raises: FediArtError 507 when the disk is full, 500 when the folder cannot be written; nothing partial stays.
        ValueError when `suffix` is not two to five lower-case letters or digits.
        """
        if not _SUFFIX.fullmatch(suffix):
            raise ValueError(f"not a file suffix: {suffix!r}")
        sha256 = hashlib.sha256(data).hexdigest()
        stored = StoredFile(sha256, f"{sha256[:2]}/{sha256[2:4]}/{sha256}.{suffix}", len(data))
        path = self.path_of(stored.key)
        try:
            if not path.is_file() or path.stat().st_size != len(data):
                _write_whole(path, data)
        except OSError as error:
            raise self._explained(error) from error
        return stored

    def path_of(self, key: str) -> Path:
        """Return where a key's file is or would be.

        Raises: NotFoundError when `key` is not one of ours, whatever it is.
        """
        if not _KEY.fullmatch(key):
            raise NotFoundError("There is no such file.", detail=f"not a media key: {key[:200]!r}")
        return self.root / key

    def open(self, key: str) -> BinaryIO:
        """Open a file for reading. Raises: NotFoundError."""
        path = self.path_of(key)
        try:
            return path.open("rb")
        except FileNotFoundError as error:
            raise NotFoundError("There is no such file.", detail=str(path)) from error
        except OSError as error:
            raise FediArtError(f"cannot read {path}: {error.strerror}", status=500) from error

    def read(self, key: str) -> bytes:
        """Return a file's bytes. Raises: NotFoundError."""
        with self.open(key) as file:
            return file.read()

    def delete(self, key: str) -> bool:
        """Remove a file and tell whether it was there. The caller knows that no work uses it any more."""
        path = self.path_of(key)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._explained(error) from error
        return True

    def _explained(self, error: OSError) -> FediArtError:
        if error.errno in _FULL:
            text = f"no room left in the media folder {self.root}: free some space or raise its quota, then try again"
            return FediArtError(text, detail=str(error), status=507)
        if error.errno in _FORBIDDEN:
            text = f"the media folder {self.root} cannot be written: check its owner and that it is not read-only"
            return FediArtError(text, detail=str(error), status=500)
        text = f"the media folder {self.root} does not work: {error.strerror or error}"
        return FediArtError(text, detail=str(error), status=500)


def _write_whole(path: Path, data: bytes) -> None:
    """Write beside the target, flush to the disk, then rename: readers see all of it or nothing."""
    folder = path.parent
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=".new-", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            # A web server in our group may serve the files itself.
            os.fchmod(file.fileno(), 0o640)
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    for changed in (folder, folder.parent, folder.parent.parent):
        _sync_folder(changed)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
