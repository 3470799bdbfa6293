"""Whether the page may be served as the site file asks: beyond this machine only over TLS and to users with a password."""

from __future__ import annotations

import ipaddress
import ssl
from pathlib import Path

from picket.site import Site
from picket.station.access import users_in, users_problem


def is_loopback(host: str) -> bool:
    """Whether an address reaches this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refusal(site: Site, archive: Path) -> str | None:
    """Why a station would not serve the page, and what to do; None when it would. archive: the folder that its users lie in."""
    s = site.station
    if not is_loopback(s.host) and (wrong := users_problem(archive / "secrets")) is not None:
        return wrong
    if not is_loopback(s.host) and not (s.tls_certificate and s.tls_key and users_in(archive / "secrets")):
        return (
            f"station.host {s.host}: others on the network could look in; give [station] tls_certificate and tls_key, and add a user "
            f'with `picket user NAME --archive {archive}`, or keep host = "127.0.0.1"'
        )
    if not s.tls_certificate:
        return None
    files = [str(Path(site.folder) / name) for name in (s.tls_certificate, s.tls_key) if name]
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(*files)
    except OSError as e:  # an SSLError is one
        return f"station.tls_certificate, tls_key: {', '.join(files)} cannot be used ({e.strerror or e}); give PEM files"
    return None
