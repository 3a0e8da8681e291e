"""What went wrong on the wire, in one line that names the kind.

The admin reads these beside a host that gets nothing, so "failed" is not good enough. Nearly all kinds are temporary:
names come back, certificates are renewed, and a follower lost to an hour of broken DNS stays lost.
"""

from __future__ import annotations

import errno
import socket
import ssl

import aiohttp

from fediart.errors import RemoteError
from fediart.remote import guard

_UNREACHABLE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.ENETDOWN, errno.EHOSTDOWN)
_BROKEN_OFF = (aiohttp.ServerDisconnectedError, ConnectionResetError, BrokenPipeError)


def remote_error(host: str, error: BaseException) -> RemoteError:
    """Say what an exception of aiohttp, of a socket or of a timeout means for the connection to `host`."""
    cause = _cause_of(error)
    detail = f"{type(error).__name__}: {error}"
    if isinstance(cause, guard.PrivateAddressError):
        # A number never becomes public; a name may, once its DNS is mended.
        return RemoteError(
            f"private address: {host} is not on the public internet",
            detail=f"{host} is {cause.address}",
            is_temporary=not guard.is_number(host),
        )
    return RemoteError(_text(host, error, cause), detail=detail, is_temporary=True)


def is_broken_off(error: BaseException) -> bool:
    """Tell whether the peer dropped a connection that had been there, before it answered."""
    return isinstance(error, _BROKEN_OFF) or isinstance(_cause_of(error), _BROKEN_OFF)


def too_large(host: str, max_bytes: int) -> RemoteError:
    """Say that an answer went over its size limit."""
    return RemoteError(f"too large: {host} sent more than {max_bytes} bytes", is_temporary=False)


def _text(host: str, error: BaseException, cause: BaseException) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError) or isinstance(cause, socket.gaierror):
        silent = isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_AGAIN
        return f"DNS: the name server for {host} does not answer" if silent else f"DNS: {host} has no address"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"TLS: {host}: {cause.verify_message or 'the certificate is not valid'}"
    if isinstance(cause, ssl.SSLError):
        return f"TLS: {host}: {(cause.reason or 'handshake failed').replace('_', ' ').lower()}"
    if isinstance(cause, TimeoutError):
        return f"timed out: {host} did not answer in time"
    if isinstance(cause, ConnectionRefusedError):
        return f"refused: nothing listens at {host}"
    if is_broken_off(error):
        return f"disconnected: {host} closed the connection without an answer"
    if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
        return f"unreachable: no route to {host}"
    if isinstance(error, aiohttp.ClientPayloadError):
        return f"cut short: the answer of {host} broke off or does not unpack"
    if isinstance(error, aiohttp.ClientResponseError):
        return f"not HTTP: {host} sent an answer that cannot be read"
    return f"connection failed: {host}"


def _cause_of(error: BaseException) -> BaseException:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return error.certificate_error
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error
    if isinstance(error, aiohttp.ClientOSError) and error.__cause__ is not None:
        return error.__cause__
    return error
