"""Records of OSV of our own making, in the form in which the distributions give them."""

import io
import json
import zipfile
from typing import Any


def span(introduced: str = "0", fixed: str = "", last: str = "") -> list[dict[str, Any]]:
    """The ranges of an affected package."""
    events = [{"introduced": introduced}]
    events += [{"fixed": fixed}] if fixed else []
    events += [{"last_affected": last}] if last else []
    return [{"type": "ECOSYSTEM", "events": events}]


def affected(ecosystem: str, name: str, **more: Any) -> dict[str, Any]:
    """One entry of ``affected``."""
    return {"package": {"ecosystem": ecosystem, "name": name}, "ranges": span(), **more}


def record(id: str, *entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A record that was published and changed on fixed days."""
    return {
        "schema_version": "1.7.3", "id": id, "published": "2026-09-01T10:00:00Z", "modified": "2026-11-18T10:00:00Z",
        "details": "A hole.", "references": [{"type": "WEB", "url": "https://example.org/"}], "affected": list(entries),
        **more,
    }  # fmt: skip


HIGH = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]  # 9.8
DEBIAN = (
    record(
        "DEBIAN-CVE-2026-1001",
        affected("Debian:12", "openssl", ranges=span(fixed="3.0.17-1~deb12u2"),
                 ecosystem_specific={"urgency": "not yet assigned"}),
        affected("Debian:13", "openssl", ranges=span(fixed="3.5.1-1")),
        upstream=["CVE-2026-1001"], severity=HIGH,
    ),
    record(
        "DEBIAN-CVE-2026-1002",
        affected("Debian:12", "gcc-defaults", ranges=span(fixed="1.204")),
        upstream=["CVE-2026-1002"], severity=[{"type": "CVSS_V2", "score": "AV:N/AC:M/Au:N/C:P/I:N/A:N"}],
    ),
    record("DEBIAN-CVE-2026-1003", affected("Debian:12", "bash"), upstream=["CVE-2026-1003"]),
    record(
        "DSA-6001-1", affected("Debian:12", "libgcrypt20", ranges=span("1.9.0", last="1.10.1-3")),
        aliases=["CVE-2026-1004"], database_specific={"severity": "LOW"},
    ),
    record(
        "DEBIAN-CVE-2026-1005", affected("Debian:12", "coreutils", ranges=span(fixed="99:1")),
        upstream=["CVE-2026-1005"], withdrawn="2026-10-01T00:00:00Z",
    ),
)  # fmt: skip
"""All of Debian 12; one is of Debian 13 as well, one has no fix, one was withdrawn."""


def zipped(*records: dict[str, Any]) -> bytes:
    """As osv.dev gives them."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in records:
            archive.writestr(f"{one['id']}.json", json.dumps(one))
    return made.getvalue()
