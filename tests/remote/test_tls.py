"""TLS: whose certificates count, and what a bad one is called."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fediart import clock
from fediart.errors import RemoteError, UsageError
from fediart.remote.session import Session

from .conftest import USER_AGENT, Internet, settings


class Authority:
    """A certificate authority of the test's own, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
        now = clock.now()
        self.certificate = self._sign(self.name, self.key, now - timedelta(days=1), now + timedelta(days=1), names=None)
        self.file = folder / "ca.pem"
        self.file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, *names: str, age: timedelta = timedelta()) -> ssl.SSLContext:
        """A server context for `names`, whose certificate lasts a day around now minus `age`."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = clock.now() - age
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        leaf = self._sign(subject, key, now - timedelta(hours=12), now + timedelta(hours=12), names=names)
        file = self.folder / f"{names[0]}-{age.days}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + leaf.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        return context

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        start: datetime,
        end: datetime,
        *,
        names: tuple[str, ...] | None,
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=names is None, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if names is not None:
            alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
            builder = builder.add_extension(alternatives, critical=False)
        return builder.sign(self.key, hashes.SHA256())


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
async def tls_peer(internet: Internet) -> AsyncIterator[Callable[[ssl.SSLContext], object]]:
    runners: list[web.ServerRunner] = []

    async def start(context: ssl.SSLContext) -> str:
        runner = web.ServerRunner(web.Server(internet.answer), shutdown_timeout=0.1)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        internet.port = runner.addresses[0][1]
        internet.serve("peer.example", "/", b"{}")
        return f"https://peer.example:{internet.port}/"

    yield start
    for runner in runners:
        await runner.cleanup()


async def fetch(url: str, ca_file: str) -> bytes:
    async with Session(settings(plain_http=False, ca_file=ca_file), user_agent=USER_AGENT) as session:
        return (await session.fetch(url, accept="*/*", signer=None)).body


async def test_an_authority_of_the_admins_choice_is_trusted(authority: Authority, tls_peer) -> None:  # type: ignore[no-untyped-def]
    url = await tls_peer(authority.context("peer.example"))
    assert await fetch(url, str(authority.file)) == b"{}"


async def test_other_authorities_are_not(authority: Authority, tls_peer) -> None:  # type: ignore[no-untyped-def]
    url = await tls_peer(authority.context("peer.example"))
    with pytest.raises(RemoteError, match=r"^TLS: peer\.example:[0-9]+: unable to get local issuer") as caught:
        await fetch(url, "")
    assert caught.value.is_temporary


async def test_an_expired_certificate(authority: Authority, tls_peer) -> None:  # type: ignore[no-untyped-def]
    url = await tls_peer(authority.context("peer.example", age=timedelta(days=30)))
    with pytest.raises(RemoteError, match=r"^TLS: .*expired") as caught:
        await fetch(url, str(authority.file))
    assert caught.value.is_temporary


async def test_a_certificate_for_another_name(authority: Authority, tls_peer) -> None:  # type: ignore[no-untyped-def]
    url = await tls_peer(authority.context("other.example"))
    with pytest.raises(RemoteError, match=r"^TLS: .*not valid for 'peer.example'") as caught:
        await fetch(url, str(authority.file))
    assert caught.value.is_temporary


async def test_a_server_that_speaks_no_tls(internet: Internet) -> None:
    internet.serve("peer.example", "/", b"{}")
    with pytest.raises(RemoteError, match=r"^TLS: "):
        await fetch(f"https://peer.example:{internet.port}/", "")


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_certificate_file_that_cannot_be_read(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(UsageError, match=r"federation\.ca_file"):
        Session(settings(ca_file=str(file)), user_agent=USER_AGENT)
