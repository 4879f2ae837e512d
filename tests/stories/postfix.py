"""Postfix of our own, in a folder: STARTTLS and TLS from the first byte on, AUTH by password, and all mail goes on to a sink.

It needs root, because Postfix gives its processes to its own user.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import free_port, until
from tests.receiver import make_certificate

USER, PASSWORD = "kanmon", "pässword 関門"
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log/postfix.log
maillog_file_prefixes = {folder}
myhostname = localhost
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
alias_maps =
alias_database =
relayhost = [127.0.0.1]:{sink}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_tls_cert_file = {folder}/cert.pem
smtpd_tls_key_file = {folder}/cert.pem
smtpd_tls_received_header = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_authenticated_header = yes
smtpd_tls_auth_only = yes
smtpd_tls_security_level = encrypt
minimal_backoff_time = 1s
"""
MASTER = """
127.0.0.1:{starttls} inet n - n - - smtpd
127.0.0.1:{tls} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """``starttls`` and ``tls``: the ports. ``authority``: the certificate to trust. ``password``: a file."""

    folder: Path
    starttls: int
    tls: int
    authority: Path
    password: Path

    @property
    def settings(self) -> dict[str, object]:
        """What [mail] in kanmon.toml has to say for STARTTLS."""
        return {
            "server": f"localhost:{self.starttls}", "security": "starttls", "ca_file": str(self.authority), "user": USER,
            "password_file": str(self.password), "administrators": ["a@example.test"],
        }  # fmt: skip

    def log(self) -> str:
        """What it says itself."""
        return (self.folder / "log" / "postfix.log").read_text("utf-8")


@contextmanager
def running(sink: int) -> Iterator[Postfix]:
    """A server that gives what it takes to the port ``sink``."""
    if os.geteuid() != 0 or any(shutil.which(one) is None for one in ("postfix", "saslpasswd2")):
        pytest.fail("NO REAL MAIL SERVER TESTED: needs root, postfix, sasl2-bin (tools/test_packages.sh)")
    with tempfile.TemporaryDirectory(prefix="kanmon-postfix-") as name:  # its user can't look into pytest's folders
        yield from _running(Path(name), sink)


def _running(folder: Path, sink: int) -> Iterator[Postfix]:
    folder.chmod(0o711)
    for name in ("queue", "log", "etc", "etc/sasl"):
        (folder / name).mkdir()
    (folder / "data").mkdir()
    shutil.chown(folder / "data", "postfix")
    certificate = make_certificate(folder)
    shutil.copy(certificate, folder / "cert.pem")
    (folder / "cert.pem").chmod(0o600)
    starttls, tls = free_port(), free_port()
    (folder / "etc" / "main.cf").write_text(MAIN.format(folder=folder, sink=sink))
    (folder / "etc" / "master.cf").write_text(MASTER.format(starttls=starttls, tls=tls))
    database = folder / "etc" / "sasl" / "sasldb2"
    (folder / "etc" / "sasl" / "smtpd.conf").write_text(
        f"pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {database}\nmech_list: PLAIN LOGIN\n"
    )
    order = ["saslpasswd2", "-c", "-p", "-f", database, "-u", "localhost", USER]
    subprocess.run(order, input=PASSWORD.encode(), check=True, capture_output=True)
    shutil.chown(database, "postfix")
    (folder / "password").write_text(PASSWORD + "\n", "utf-8")
    postfix = ["postfix", "-c", str(folder / "etc")]
    started = subprocess.run([*postfix, "start"], capture_output=True, text=True, check=False)
    assert started.returncode == 0, started.stdout + started.stderr
    try:
        until((folder / "log" / "postfix.log").exists)
        yield Postfix(folder, starttls, tls, Path(f"{certificate}.crt"), folder / "password")
    finally:
        subprocess.run([*postfix, "stop"], capture_output=True, check=False)
