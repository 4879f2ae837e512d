"""Rules about updates, patch knowledge and systems at random: few updates, so that chains, loops and gaps are many."""

from hypothesis import strategies as st

from kanmon.common.facts import Os
from kanmon.feeds.patches import Knowledge, Need, Platform, Update
from kanmon.policy import rules_updates as rules
from kanmon.policy.rules_words import VersionRule
from tests.judgment import generate_vulnerabilities

IDS = ("KB5000001", "KB5000002", "KB5000003", "KB5000004", "KB5000005")
KEYS = ("windows 11 23h2 x64", "windows 7 x64 sp1", "windows server 2022")
level = st.sampled_from(["danger", "warning", "caution"])
number = st.integers(0, len(IDS) - 1)
day = st.sampled_from(["", "2026-01-13", "2026-10-13", "2026-11-10", "2026-11-19"])
systems = st.sampled_from(
    [
        Os("windows", "Microsoft Windows 11 Pro", "10.0", "22631.100", "", "x86_64"),
        Os("windows", "Microsoft Windows 11 Pro", "10.0", "22631.300", "", "x86_64"),
        Os("windows", "Microsoft Windows 11 Pro", "10.0", "22631", "", "x86_64"),
        Os("windows", "Microsoft Windows 11 Pro", "10.0", "99999.1", "", "x86_64"),
        Os("windows", "Windows 7 Enterprise", "6.1", "7601", "Service Pack 1", "x86_64"),
        Os("windows", "Windows 7 Enterprise", "6.1", "7600", "", "x86_64"),
        Os("windows", "Windows Server 2022 Standard", "10.0", "20348.200"),
        Os("windows", "Windows 11 Pro", "12"),
        Os("linux", "Debian GNU/Linux", "12"),
        Os("linux", "Ubuntu", "22.04"),
        Os("linux", "AlmaLinux", "9.3"),
        Os("linux", "Fedora Linux", "40"),
    ]
)
updates = st.tuples(
    *(
        st.builds(Update, st.just(id), st.just("A hole"), day, st.integers(0, 4), st.sampled_from(["", "MS26-001"]))
        for id in IDS
    )
)
needs = st.lists(
    st.builds(
        Need, st.sets(number, min_size=1, max_size=2).map(sorted).map(tuple), st.integers(0, 4),
        st.sampled_from(["", ".net framework 4"]),
    ),
    max_size=4,
).map(tuple)  # fmt: skip
replaces = st.dictionaries(number, st.sets(number, min_size=1, max_size=2), max_size=3).map(
    lambda held: tuple((one, tuple(sorted(older - {one}))) for one, older in sorted(held.items()))
)
builds = st.lists(
    st.tuples(number, st.sampled_from([22631, 20348]), st.sampled_from([50, 200, 250, 400])), max_size=3
).map(tuple)
platforms = st.dictionaries(st.sampled_from(KEYS), st.builds(Platform, needs, replaces, builds), max_size=3)
knowledge = st.builds(
    Knowledge, id=st.just(1), updates=updates, platforms=platforms, holes=generate_vulnerabilities.holes
)
SAMPLE = Knowledge(
    id=1,
    updates=tuple(Update(id, f"Hole {place}", "2026-10-13", place, "", 1) for place, id in enumerate(IDS)),
    platforms={
        "windows 11 23h2 x64": Platform(
            tuple(Need((place,), place) for place in range(len(IDS))), ((1, (0,)), (2, (1,))), ((1, 22631, 200),)
        ),
        "windows 7 x64 sp1": Platform((Need((0, 1), 4), Need((2,), 1, ".net framework 4")), ((1, (2,)),)),
    },
    holes=generate_vulnerabilities.SAMPLE,
)
"""One that is always the same, for tests that are about other rules as well."""

word = st.none() | level
by = st.sampled_from(["danger", "warning", "caution", "ignored"])
severities = st.builds(rules.SeverityLevels, critical=by, important=by, moderate=by, low=by, unrated=by)
latest = st.builds(
    rules.Latest,
    level=level,
    severities=st.none() | severities,
    delay_days=st.sampled_from([0, 10, 60]),
    exclude=st.sets(st.sampled_from([*IDS, "MS26-001"]), max_size=2).map(sorted).map(tuple),
    components=st.sampled_from(["all", "windows"]),
)
versions = st.none() | st.builds(
    VersionRule, value=st.sampled_from(["1.0", "1.1"]), comparison=st.sampled_from(["==", "<", ">="])
)
os_pattern = st.sampled_from(["", "windows", "*Windows 7*", "linux"])
product = st.sampled_from(["", "alpha", "*a"])
specified = st.builds(
    rules.SpecifiedUpdate,
    kb=st.sampled_from(IDS[:3]),
    os=os_pattern,
    level=level,
    superseded_by=st.lists(st.sampled_from(IDS[:3]), max_size=1).map(tuple),
    bulletin=st.sampled_from(["", "MS26-001"]),
    service_pack=st.sampled_from([None, 0, 1]),
    product=product,
    version=versions,
)
service_pack = st.builds(
    rules.SpecifiedPack,
    os=st.sampled_from(["windows", "*Windows 7*", "*"]),
    service_pack=st.integers(1, 2),
    level=level,
)
product_pack = st.builds(
    rules.SpecifiedProductPack,
    product=st.sampled_from(["alpha", "*a"]),
    version=st.builds(VersionRule, value=st.just("1.1")),
    level=level,
)
security_updates = st.builds(
    rules.SecurityUpdates,
    judge=st.booleans(),
    latest=st.none() | latest,
    specified=st.lists(specified, max_size=3).map(tuple),
    service_packs=st.lists(service_pack, max_size=2).map(tuple),
    product_service_packs=st.lists(product_pack, max_size=2).map(tuple),
    pending=st.builds(rules.Pending, security=word, other=word),
    vulnerabilities=st.none() | generate_vulnerabilities.rule,
)
by_severity = st.builds(rules.SecurityUpdates, latest=st.builds(rules.Latest, severities=severities))
by_name = st.builds(
    rules.SecurityUpdates,
    specified=st.lists(st.builds(rules.SpecifiedUpdate, kb=st.sampled_from(IDS[:3])), min_size=1, max_size=2).map(
        tuple
    ),
)
