"""As much of HTTP/1.1 as the measuring ends need, over bytes: messages with a Content-Length, nothing else."""

from __future__ import annotations


def split_message(buffer: bytes | bytearray) -> tuple[bytes, int] | None:
    """Return (head, length of the whole message) of the first complete message in `buffer`, None when there is none.

    Raises: ValueError for a chunked message.
    """
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(buffer[:end])
    lower = head.lower()
    at = lower.find(b"\r\ncontent-length:")
    if at < 0:
        if b"\r\ntransfer-encoding:" in lower:
            raise ValueError("a chunked message cannot be counted")
        size = 0
    else:
        stop = lower.find(b"\r\n", at + 2)
        size = int(lower[at + 17 : stop if stop >= 0 else None])
    whole = end + 4 + size
    return (head, whole) if len(buffer) >= whole else None


def status_of(head: bytes) -> int:
    return int(head[9:12])


def get(host: str, target: str, *, accept: str, extra: str = "") -> bytes:
    """Return a GET request."""
    return f"GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: {accept}\r\nUser-Agent: bench\r\n{extra}\r\n".encode()


def post(host: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
    """Return a POST request."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {target} HTTP/1.1\r\nHost: {host}\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body
