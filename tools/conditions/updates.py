"""Security updates, see ``tools.conditions``."""

from kanmon.common.facts import Os, Patch, PendingUpdate, Software
from kanmon.feeds.holes import Feed, Hole, Holes, Range, Release, pack
from kanmon.feeds.patches import Feed as PatchFeed
from kanmon.feeds.patches import Knowledge, Need, Platform, Update
from tools.conditions.about import About, pc

WINDOWS = Os("windows", "Microsoft Windows 11 Pro", "10.0", "22631", "", "x86_64")
LINUX = Os("linux", "Debian GNU/Linux", "12.5")
OPENSSL = Software("libssl3", "3.0.16-1", scheme="deb", source="openssl")
WINDOWS_7 = Os("windows", "Windows 7 Enterprise", "6.1", "7600", "", "x86_64")
OF = {one: f" of severity *{one}*" for one in ("critical", "important", "moderate", "low")} | {
    "unrated": " without a severity"
}
SEVERITIES = ("critical", "important", "moderate", "low", "unrated")


def known(severity: int) -> Knowledge:
    """Two updates of one Windows; the newer replaces the older."""
    updates = (
        Update("KB5093998", "A hole in the kernel", "2026-06-09", severity, "", 3),
        Update("KB5087420", "", "2026-05-12", severity, "", 1),
    )
    needs = Platform((Need((0,), severity), Need((1,), severity)), ((0, (1,)),))
    return Knowledge(1, (PatchFeed("example", "2026-11-18", ""),), updates, {"windows 11 23h2 x64": needs})


def latest(severity: str) -> About:
    """The condition on all updates, or on those of a severity."""
    words = ", ".join(f"{one}: {'~' if one == severity else 'ignored'}" for one in SEVERITIES)
    return About(
        f"security_updates.latest.{severity}".removesuffix("."),
        "`os` (version, build, architecture), `patch.kb`", "patch",
        f"latest: {{severities: {{{words}}}}}" if severity else "latest: {~}",
        f"an update{OF.get(severity, '')} that applies is not in, nor one that replaces it",
        pc(WINDOWS, Patch("KB5087420")),
        "all that apply are in, by number or by the build of the PC", pc(WINDOWS, Patch("KB5093998")),
        "a feed that knows this Windows, or a whole list of updates where the build does not decide", pc(WINDOWS),
        note="[Fields](../security-updates.md#latest): `delay_days`, `exclude`, `components`. A PC without Windows is not applicable.",
        knowledge=known(0 if severity == "unrated" else 4 - SEVERITIES.index(severity) if severity else 4),
        level="danger",
    )  # fmt: skip


def holes(severity: str) -> About:
    """The condition on packages with security holes, all or those of a severity."""
    words = ", ".join(f"{one}: {'~' if one == severity else 'ignored'}" for one in SEVERITIES)
    rated = 0 if severity == "unrated" else 4 - SEVERITIES.index(severity) if severity else 4
    told = Release(
        [Hole("DEBIAN-CVE-2026-1", ("CVE-2026-1",), rated, "2026-11-10")],
        {"openssl": [Range(0, fixed="3.0.17-2")]},
        {},
        {},
    )
    feed = Feed("osv Debian:12", "2026-11-18", ("Debian:12",), {"Debian:12": pack(told)})
    return About(
        f"security_updates.vulnerabilities.{severity}".removesuffix("."),
        "`software` (name, source, version) of dpkg or rpm, `os`", "software",
        f"vulnerabilities: {{severities: {{{words}}}}}" if severity else "vulnerabilities: {~}",
        f"a package has a known hole{OF.get(severity, '')} that a newer version mends",
        pc(LINUX, OPENSSL, told="software"),
        "no package has one, and a feed tells all holes of this release",
        pc(LINUX, OPENSSL._replace(version="3.0.17-2"), told="software"),
        "a feed that tells all holes of this release, the list of packages, or the operating system",
        pc(LINUX._replace(version="11"), OPENSSL, told="software"),
        note=(
            "[Fields](../security-updates.md#vulnerabilities): `delay_days`, `exclude`, `without_fix`, `ubuntu_pro`. A PC"
            " without Linux is not applicable."
        ),
        knowledge=Knowledge(holes=Holes(1, (feed,))), level="danger",
    )  # fmt: skip


ABOUT = (
    latest(""),
    *(latest(one) for one in SEVERITIES),
    holes(""),
    *(holes(one) for one in SEVERITIES),
    About(
        "security_updates.specified", "`patch.kb`, `os`; with `product` also `software`", "patch",
        'specified:\n  - {kb: KB5093998, os: "*Windows 11*"~}',
        "neither the update is in nor one that replaces it", pc(WINDOWS, Patch("KB5000001")),
        "it is in, or one that replaces it by `superseded_by` or by the feeds", pc(WINDOWS, Patch("KB5093998")),
        "a whole list of updates, or the operating system", pc(WINDOWS),
        note="[Fields](../security-updates.md#specified). On other systems, and without the `product`, it is not applicable.",
        level="danger",
    ),
    About(
        "security_updates.service_packs", "`os.service_pack`", "os",
        'service_packs:\n  - {os: "*Windows 7*", service_pack: 1~}',
        "the Windows that is meant has no service pack, or an older one", pc(WINDOWS_7),
        "it has this service pack or a later one", pc(WINDOWS_7._replace(service_pack="Service Pack 1")),
        "the operating system",
        note="Another operating system is not applicable.", level="danger",
    ),
    About(
        "security_updates.product_service_packs", "`software.version` of the product", "software",
        'product_service_packs:\n  - {product: "Example SQL Server*", version: {value: "15.0.4430"}~}',
        "the product is installed in a version that does not satisfy", pc(Software("Example SQL Server 2019", "15.0.2000")),
        "it is installed in one that does", pc(Software("Example SQL Server 2019", "15.0.4430")),
        "the list of programs, or the version of the product",
        note="Where the product is not installed, it is not applicable.", level="danger",
    ),
    About(
        "security_updates.pending.security", "`pending_update` that is for security", "pending_update",
        "pending: {security: ~}",
        "an update for security waits", pc(PendingUpdate("openssl", "3.0.19-1", True)),
        "none waits", pc(told="pending_update"),
        "the list of pending updates, or what they are for", level="danger",
    ),
    About(
        "security_updates.pending.other", "`pending_update` that is not, or of which it is not told", "pending_update",
        "pending: {other: ~}",
        "another update waits", pc(PendingUpdate("bash", "5.2.15-2+b13", False)),
        "none waits", pc(told="pending_update"),
        "the list of pending updates", level="caution",
    ),
)  # fmt: skip
