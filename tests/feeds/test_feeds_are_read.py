"""Each format of patch feeds becomes the same kind of knowledge; what can't be read is refused in a sentence."""

import bz2
import io
import json
import zipfile

import pytest

from kanmon.common.errors import Refused
from kanmon.feeds.patches import Feed, Knowledge
from kanmon.feeds.patches_formats import ReadFeed, read
from kanmon.feeds.patches_merge import merge

WESNG_HEAD = '"DatePosted","CVE","BulletinKB","Title","AffectedProduct","AffectedComponent","Severity","Impact","Supersedes","Exploits"\n'
WESNG_ROWS = (
    '"20260609","CVE-2026-1","5093998","Kernel hole","Windows 11 version 23H2 for x64-based Systems","Kernel","Critical","","5082052",""\n'
    '"20260609","CVE-2026-2","5093998","Shell hole","Windows 11 Version 23H2 for x64-based systems","Shell","Important","","5082052",""\n'
    '"20260609","CVE-2026-3","","No update","Windows 11 Version 23H2 for x64-based Systems","","Low","","",""\n'
    '"20260609","CVE-2026-4","Release Notes","No number","Windows 11 Version 23H2 for x64-based Systems","","Low","","",""\n'
)
OWN = """update,product,hole,released,severity,title,replaces,build,bulletin
KB5093998,Windows 11 Version 23H2 for x64-based Systems,CVE-2026-1,2026-06-09,critical,"Kernel, and more",KB5082052;KB5000001,22631.6000,MS26-001
5082052,Windows 11 Version 23H2 for x64-based Systems,CVE-2026-9,2026-04-14,moderate,Older,,,
KB5002000,Microsoft Office 2016,CVE-2026-5,2026-06-09,low,Office,,,
"""
FLEET = {
    "ProductName": "Windows 11",
    "Products": {"1": "Windows 11 Version 23H2 for x64-based Systems", "2": "Windows 11 for x64-based Systems"},
    "Vulnerabities": {
        "CVE-2026-1": {"PublishedEpoch": 1780963200, "ProductIDs": {"1": True}, "RemediatedBy": {"5093998": True}}
    },
    "VendorFixes": {"5093998": {"FixedBuilds": ["10.0.22631.6000"], "ProductIDs": {"1": True}, "Supersedes": 5082052}},
}
CVRF = """<?xml version="1.0" encoding="utf-8"?>
<c:cvrfdoc xmlns:c="c" xmlns:v="v" xmlns:p="p"><c:DocumentTracking><c:Identification><c:ID>2026-Jun</c:ID>
</c:Identification><c:CurrentReleaseDate>2026-06-10T07:00:00</c:CurrentReleaseDate></c:DocumentTracking>
<p:ProductTree><p:FullProductName ProductID="1">Windows 11 Version 23H2 for x64-based Systems</p:FullProductName></p:ProductTree>
<v:Vulnerability><v:Title>Kernel hole</v:Title><v:CVE>CVE-2026-1</v:CVE>
<v:Threats><v:Threat Type="Severity"><v:Description>Critical</v:Description><v:ProductID>1</v:ProductID></v:Threat></v:Threats>
<v:Remediations><v:Remediation Type="Vendor Fix"><v:Description>5093998</v:Description><v:Supercedence>5082052</v:Supercedence>
<v:ProductID>1</v:ProductID><v:FixedBuild>10.0.22631.6000</v:FixedBuild></v:Remediation>
<v:Remediation Type="Known Issue"><v:Description>5099999</v:Description><v:ProductID>1</v:ProductID></v:Remediation>
</v:Remediations><v:RevisionHistory><v:Revision><c:Date>2026-06-09T07:00:00</c:Date></v:Revision></v:RevisionHistory>
</v:Vulnerability></c:cvrfdoc>"""


def wesng(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_csv", ".csv"), text)
    return packed.getvalue()


def feed(body: bytes, name: str = "feed") -> ReadFeed:
    return read(io.BytesIO(body), name)


def known(one: ReadFeed) -> Knowledge:
    return merge(1, [(Feed(one.name, one.dated, ""), one.body)])


FEEDS = {
    "wesng": wesng(CVEs_20260628_csv=WESNG_HEAD + WESNG_ROWS, Custom_20190321_csv=WESNG_HEAD + "# Service packs\n"),
    "msrc 2026-Jun": bz2.compress(CVRF.encode()),
    "fleet Windows 11": json.dumps(FLEET).encode(),
    "own": OWN.encode("utf-8-sig"),
}
DATES = {"wesng": "2026-06-28", "msrc 2026-Jun": "2026-06-10", "fleet Windows 11": "2024-01-31", "own": "2026-06-09"}
FILES = {"fleet Windows 11": "fleet_msrc_Windows_11-2024_01_31.json", "own": "own.csv"}


@pytest.mark.parametrize("name", FEEDS)
def test_every_format_tells_which_update_closes_what_and_replaces_what(name: str) -> None:
    one = feed(FEEDS[name], FILES.get(name, name))
    knowledge = known(one)
    assert (one.name, one.dated) == (name, DATES[name])
    update = knowledge.updates[knowledge.number["KB5093998"]]
    assert update.released == "2026-06-09"
    assert knowledge.successors("KB5082052") == {"KB5093998"}
    assert "KB5099999" not in knowledge.number
    platform = knowledge.platforms["windows 11 23h2 x64"]
    assert any(knowledge.number["KB5093998"] in need.updates for need in platform.needs)
    if name != "wesng":
        assert knowledge.builds_of("KB5093998") == {22631: 6000}
    if name != "fleet Windows 11":
        assert (update.severity, update.title) == (4, "Kernel, and more" if name == "own" else "Kernel hole")


def test_rows_without_an_update_are_counted_and_two_spellings_are_one_windows() -> None:
    one = feed(FEEDS["wesng"])
    assert (one.rows, one.used) == (4, 2)
    assert list(one.body.platforms) == ["windows 11 23h2 x64"]


def test_feeds_that_each_know_a_part_make_one_knowledge() -> None:
    feeds = [feed(FEEDS["own"], "own.csv"), feed(FEEDS["wesng"])]
    knowledge = merge(1, [(Feed(one.name, one.dated, ""), one.body) for one in feeds])
    assert knowledge.dated == "2026-06-28"
    assert knowledge.successors("KB5000001") == {"KB5093998"}  # of the one
    assert knowledge.updates[knowledge.number["KB5093998"]].bulletin == "MS26-001"
    assert "microsoft office 2016" in knowledge.products
    holes = {one[0] for one in feeds[1].body.updates}
    assert "KB5093998" in holes


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"hello", "KNM1200-E"),
        (b"name,version\nx,1\n", "KNM1200-E"),
        (wesng(other_csv="x"), "KNM1200-E"),
        (FEEDS["wesng"][:200], "KNM1201-E"),
        (FEEDS["msrc 2026-Jun"][:100], "KNM1201-E"),
        (b"<cvrf><open>", "KNM1201-E"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', "KNM1201-E"),
        (b'{"ProductName": 1}', "KNM1201-E"),
        (b"update,product\n,Windows 11 for x64-based Systems\n", "KNM1203-E"),
    ],
)
def test_what_is_no_feed_or_a_broken_one_is_refused_in_a_sentence(body: bytes, message: str) -> None:
    with pytest.raises(Refused) as refusal:
        feed(body, "file")
    assert refusal.value.message_id == message
    assert "Nothing was changed" in str(refusal.value) or message == "KNM1200-E"


def test_entities_are_refused_before_they_are_looked_at() -> None:
    declared = '<?xml version="1.0" encoding="{}"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    for encoding in ("UTF-8", "UTF-16LE"):
        with pytest.raises(Refused, match="declares entities"):
            feed(declared.format(encoding).encode(encoding), "file")


def test_a_feed_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kanmon.feeds.patches_formats.MOST_BYTES", 100_000)
    bomb = wesng(CVEs_20260628_csv=WESNG_HEAD + WESNG_ROWS * 1000)
    with pytest.raises(Refused) as refusal:
        feed(bomb)
    assert refusal.value.message_id == "KNM1202-E"
