"""Errors that are ours or the artist's, each with a text that is safe to show.

The command line maps them to `exit_code`, the web to `status`. A traceback is for bugs only.
"""

from __future__ import annotations


class FediArtError(Exception):
    """Something an artist or admin can act on; `text` says what is wrong and what to do."""

    def __init__(self, text: str, *, detail: str = "", status: int = 400, exit_code: int = 1) -> None:
        super().__init__(text)
        self.text = text
        self.detail = detail
        self.status = status
        self.exit_code = exit_code


class InputError(FediArtError):
    """The request is understood but its content is not acceptable (422)."""

    def __init__(self, text: str, *, detail: str = "") -> None:
        super().__init__(text, detail=detail, status=422)


class NotFoundError(FediArtError):
    """The thing named does not exist here (404)."""

    def __init__(self, text: str, *, detail: str = "") -> None:
        super().__init__(text, detail=detail, status=404)


class ConflictError(FediArtError):
    """The thing exists already, or is in a state that forbids the request (409)."""

    def __init__(self, text: str, *, detail: str = "") -> None:
        super().__init__(text, detail=detail, status=409)


class UsageError(FediArtError):
    """The command or configuration is wrong; nothing was tried (exit code 2)."""

    def __init__(self, text: str, *, detail: str = "") -> None:
        super().__init__(text, detail=detail, status=400, exit_code=2)


class RemoteError(FediArtError):
    """A peer could not be reached or did not answer usefully. `is_temporary` says whether to try again."""

    def __init__(
        self, text: str, *, detail: str = "", is_temporary: bool = True, peer_status: int | None = None
    ) -> None:
        super().__init__(text, detail=detail, status=502)
        self.is_temporary = is_temporary
        self.peer_status = peer_status
