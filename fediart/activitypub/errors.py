"""What the other side can get wrong, as exceptions that carry an HTTP status.

Lives at the bottom so that the pure core can raise without knowing the server. `text` is safe to show to
anybody; `detail` is for our log only.
"""

from __future__ import annotations


class ProtocolError(Exception):
    """The peer's message breaks the protocol; answer with `status` and `text`."""

    def __init__(self, text: str, *, status: int = 400, detail: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.status = status
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.text} ({self.detail})" if self.detail else self.text


class SignatureError(ProtocolError):
    """The request or object is not proven to come from whom it names: 401, so that peers try their other dialect."""

    def __init__(self, text: str, *, detail: str = "") -> None:
        super().__init__(text, status=401, detail=detail)
