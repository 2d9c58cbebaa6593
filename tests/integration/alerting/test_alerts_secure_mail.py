"""Mail servers that ask for TLS and a login, with a certificate that is, or is not, trusted."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from alert_steps import deliveries, hold_release
from health_warehouse import loopback
from health_warehouse.alerting.sender import Sender
from health_warehouse.settings import Settings
from mail_server import MailServer

NewSender = Callable[[Settings], Sender]
_LOGIN = ("duty", "correct horse")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificate and key of a server on loopback, which signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(loopback.ADDRESS))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "mail.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


def _authenticate(*arguments: Any) -> AuthResult:
    given = arguments[-1]
    assert isinstance(given, LoginPassword)
    is_right = (given.login.decode(), given.password.decode()) == _LOGIN
    return AuthResult(success=is_right, handled=False)


# Of the server: it does not know that its socket is encrypted from the start.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("is_trusted", "password", "error"),
    [
        (True, "correct horse", None),
        (True, "battery staple", "SMTP 535"),
        (False, "correct horse", "SSLCertVerificationError"),
    ],
)
def test_mail_goes_to_a_server_that_is_trusted_and_lets_us_in(
    mailing: Settings,
    new_sender: NewSender,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    security: str,
    is_trusted: bool,
    password: str,
    error: str | None,
) -> None:
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = MailServer()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    tls = {"tls_context": context, "require_starttls": True}
    controller = Controller(
        server,
        hostname=loopback.ADDRESS,
        port=server.port,
        authenticator=_authenticate,
        auth_required=True,
        **(tls if security == "starttls" else {"ssl_context": context, "auth_require_tls": False}),
    )
    settings = mailing.model_copy(
        update={
            "alert_smtp_port": server.port,
            "alert_smtp_security": security,
            "alert_smtp_user": _LOGIN[0],
            "alert_smtp_password": SecretStr(password),
        }
    )
    hold_release(settings, "M01")
    controller.start()
    try:
        sent = new_sender(settings).pass_once()
    finally:
        controller.stop()
    assert (sent, len(server.received)) == ((0, 0) if error else (1, 1))
    told = deliveries(settings)[0]["error"]
    assert told is None if error is None else error in told
    assert password not in str(told)
