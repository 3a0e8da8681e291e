"""Pictures from the command line: read, check and store them, each error naming its file."""

from __future__ import annotations

import asyncio
from pathlib import Path

from fediart import errors
from fediart.media import prepare
from fediart.media.prepare import PreparedImage
from fediart.services import Services


async def prepare_file(services: Services, path: str) -> PreparedImage:
    """Return a picture's stored files.

    Raises: InputError when it is missing, unreadable or no picture that we take; nothing else is stored then.
    """
    try:
        size_bytes = Path(path).stat().st_size
        limit = services.settings.media.max_file_bytes
        if size_bytes > limit:
            raise errors.FediArtError(f"{path}: the file has {size_bytes:,} bytes, the limit is {limit:,}", status=413)
        data = await asyncio.to_thread(Path(path).read_bytes)
    except IsADirectoryError as exc:
        raise errors.InputError(f"{path} is a folder, not a picture") from exc
    except FileNotFoundError as exc:
        raise errors.InputError(f"{path}: there is no such file") from exc
    except OSError as exc:
        raise errors.InputError(f"{path} cannot be read: {exc.strerror}") from exc
    return await asyncio.to_thread(
        prepare.prepare, data, name=Path(path).name, limits=services.settings.media, store=services.store
    )
