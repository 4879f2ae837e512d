"""Security holes of our own making in packages that real inventories have: read as osv.dev gives such records.

Debian 12: of each severity one package that a whole desktop has and our small captures have not. Ubuntu 22.04: one hole
that all get mended, and one that only subscribers of Ubuntu Pro do.
"""

import io

from kanmon.feeds import osv_formats
from kanmon.feeds.holes import Feed, Holes
from kanmon.feeds.patches import Knowledge
from tests.feeds.osv_records import HIGH, affected, record, span, zipped

SEVERITIES = {
    "curl": HIGH,
    "nginx": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:H"}],
    "perl": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:L/I:L/A:N"}],
    "tar": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:L"}],
    "dpkg": [],
}
DEBIAN = (
    *(
        record(f"DEBIAN-CVE-2026-{number}", affected("Debian:12", name, ranges=span(fixed="99")),
               upstream=[f"CVE-2026-{number}"], severity=score)
        for number, (name, score) in enumerate(SEVERITIES.items(), 2001)
    ),
    record("DEBIAN-CVE-2026-2010", affected("Debian:12", "adduser"), upstream=["CVE-2026-2010"], severity=HIGH),
)  # fmt: skip
UBUNTU = (
    record("UBUNTU-CVE-2026-3001", affected("Ubuntu:22.04:LTS", "defer", ranges=span(fixed="1.0.6")), severity=HIGH),
    record("UBUNTU-CVE-2026-3002", affected("Ubuntu:Pro:22.04:LTS", "bash", ranges=span(fixed="99")), severity=HIGH),
)


def known() -> Knowledge:
    """Knowledge of these holes and of no update."""
    feeds = []
    for body, covers in ((zipped(*DEBIAN), ()), (zipped(*UBUNTU), ("Ubuntu:22.04", "Ubuntu:Pro:22.04"))):
        feed = osv_formats.read(io.BytesIO(body), "all.zip", covers)
        feeds.append(Feed(feed.name, feed.told.dated, feed.told.covers, feed.told.releases))
    return Knowledge(holes=Holes(1, tuple(feeds)))
