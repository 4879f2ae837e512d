"""What systeminfo and wmic qfe wrote is read in every language and code page, and broken text gets its sentence.

The reports here are made up; ``test_real_windows_commands.py`` reads real ones.
"""

import pytest

from kanmon.common.errors import Refused
from kanmon.common.facts import Agent, Hardware, Os, Patch
from kanmon.intake import formats
from kanmon.intake.report import merged

WINDOWS_10 = ("windows", "Microsoft Windows 10 Pro", "10.0")
UPDATES = {Patch("KB5000001"), Patch("KB5000002"), Patch("KB5000003")}

# language -> OEM code page, what stands as operating system
SYSTEMS = {
    "en": ("cp437", Os("windows", "Microsoft Windows 11 Enterprise", "10.0", "22631", "", "x86_64")),
    "de": ("cp850", Os("windows", "Microsoft Windows 7 Ultimate N", "6.1", "7601", "Service Pack 1", "x86_64")),
    "fr": ("cp850", Os("windows", "Microsoft Windows 7 Entreprise N", "6.1", "7601", "Service Pack 1", "x86_64")),
    "es": ("cp850", Os("windows", "Microsoft Windows 10 Education", "10.0", "17763", "", "x86_64")),
    "it": ("cp850", Os("windows", "Microsoft Windows 10 Pro", "10.0", "17134", "", "x86_64")),
    "nl": ("cp850", Os("windows", "Microsoft Windows 10 Enterprise", "10.0", "17134", "", "x86_64")),
    "ru": ("cp866", Os("windows", "Майкрософт Windows 10 Корпоративная", "10.0", "19045", "", "x86_64")),
    "zh": ("gbk", Os("windows", "Microsoft Windows 10 专业版", "10.0", "19045", "", "x86_64")),
}
MEMORY = {"en": 4095, "de": 16155, "fr": 2047, "es": 8066, "it": 8073, "nl": 1023, "ru": 8138, "zh": 16236}
BOOTED = {
    "en": 1792422846,  # 2026-10-19 07:14:06 -08:00
    "de": 1551696294,
    "fr": 1556560561,
    "es": 1551772800,
    "it": 1551684898,
    "nl": 1548489086,
    "ru": 1665381612,
    "zh": 1641342011,
}


@pytest.fixture
def text(own):
    """The made-up report in a language."""
    return lambda language: own(f"systeminfo/{language}.txt").decode()


def of(report, record):
    return [fact for fact in report.facts if type(fact) is record]


@pytest.mark.parametrize("language", SYSTEMS)
@pytest.mark.parametrize(
    "encoding", ["OEM", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-16-be with a mark"]
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_report_is_read_in_every_language_code_page_and_line_end(text, language, encoding, ending):
    page, system = SYSTEMS[language]
    written = text(language).replace("\n", ending)
    if encoding == "utf-16-be with a mark":
        body = "\ufeff".encode("utf-16-be") + written.encode("utf-16-be")
    else:
        body = written.encode(page if encoding == "OEM" else encoding)
    report = formats.read(body)
    host = f"LAB-{language.upper()}-01"
    assert report.host == host
    assert of(report, Os) == [system]
    assert set(of(report, Patch)) == UPDATES
    assert report.told == {"patch"}
    assert of(report, Agent) == [Agent("systeminfo", f"{system.version}.{system.build}")]
    assert of(report, Hardware)[0].manufacturer == "Example Computers"
    assert report.columns["memory_mb"] == MEMORY[language]
    assert report.columns["domain"] == "WORKGROUP"
    assert report.columns["boot_at"] == BOOTED[language]
    assert str(report.columns["ip"]).startswith("192.0.2.1")


@pytest.mark.parametrize(
    ("cut", "installed"),
    [
        ("[03]: KB5000003", {"KB5000001", "KB5000002"}),  # the third is not there
        ("[03]: KB5000003\n", {"KB5000001", "KB5000002"}),
    ],
)
def test_a_list_of_updates_that_is_cut_off_tells_what_it_names_and_nothing_of_others(text, cut, installed):
    report = formats.read(text("en").replace(cut, "[0").encode())
    assert {one.kb for one in of(report, Patch)} == installed
    assert "patch" not in report.told


def test_the_last_number_of_a_cut_list_may_lack_digits_and_is_not_taken(text):
    head, _, tail = text("en").partition("0003\n")
    report = formats.read((head.replace("3 Hotfix(s)", "5 Hotfix(s)") + "\n" + tail).encode())
    assert {one.kb for one in of(report, Patch)} == {"KB5000001", "KB5000002"}
    assert "patch" not in report.told


def test_file_1_of_windows_xp_is_no_update_and_no_gap(text):
    body = text("en").replace("KB5000002", "File 1").replace("KB5000003", "KB893803v2 - Update")
    report = formats.read(body.encode())
    assert {one.kb for one in of(report, Patch)} == {"KB5000001", "KB893803"}
    assert report.told == {"patch"}


@pytest.mark.parametrize(
    ("entry", "number"),
    [
        ("943729", "KB943729"),
        ("Q147222", "KB147222"),
        ("KB982381-IE8 - Update", "KB982381"),
        ("S867460 - Update", "KB867460"),
        ("{7A068575-C5DB-43D9-BE20-3895D0C69B17}", None),
        ("IDNMitigationAPIs - Update", None),
    ],
)
def test_numbers_of_updates_are_written_in_many_ways(text, entry, number):
    report = formats.read(text("en").replace("KB5000002", entry).encode())
    assert {one.kb for one in of(report, Patch)} == {"KB5000001", "KB5000003", number} - {None}


def test_a_date_that_can_be_read_in_two_ways_is_left_out(text):
    body = text("en").replace("11/3/2024", "11/3/2024").replace("10/19/2026, 7:14:06 AM", "10/9/2026, 7:14:06 AM")
    assert "boot_at" not in formats.read(body.encode()).columns


def test_signs_that_a_code_page_lacks_do_not_change_the_name_of_windows(text):
    seen = set()
    for name in (
        "Microsoft® Windows Vista™ Business",
        "Microsoft(R) Windows Vista(TM) Business",
        "Microsoftr Windows VistaT Business",
    ):
        seen.add(of(formats.read(text("en").replace("Microsoft Windows 11 Enterprise", name).encode()), Os)[0].name)
    assert seen == {"Microsoft Windows Vista Business"}


@pytest.mark.parametrize(
    ("change", "message_id"),
    [
        (lambda body: body.replace(b"LAB-EN-01", b"..."), "KNM1150-E"),
        (lambda body: body[body.index(b"OS Version") :], "KNM1150-E"),
        (lambda body: body[: body.index(b"OS Version")], "KNM1010-E"),
        (lambda body: body.decode().encode("utf-16-le")[:-1], "KNM1153-E"),
        (lambda body: body.decode().encode("utf-16")[:-1], "KNM1010-E"),
        (lambda body: body + b" " * 5_000_000, "KNM1156-E"),
        (lambda body: b"Windows IP Configuration\r\n\r\n   Host Name . . : pc\r\n", "KNM1010-E"),
    ],
)
def test_broken_and_foreign_text_gets_its_sentence(text, change, message_id):
    with pytest.raises(Refused) as refused:
        formats.read(change(text("en").encode()))
    assert refused.value.message_id == message_id
    assert refused.value.sentence()


COLUMNS = ("Caption", "CSName", "Description", "FixComments", "HotFixID", "InstallDate", "Name", "ServicePackInEffect")
ROWS = (
    ("http://support.microsoft.com/?kbid=5000009", "LAB-EN-01", "Security Update", "", "KB5000009", "", "", ""),
    ("http://support.microsoft.com/?kbid=5000001", "LAB-EN-01", "Update", "", "KB5000001", "", "", ""),
    ("", "LAB-EN-01", "", "", "File 1", "", "", "KB893803v2"),
)
WIDTHS = [2 + max(map(len, column)) for column in zip(COLUMNS, *ROWS, strict=True)]
QFE = "".join(
    "".join(value.ljust(width) for value, width in zip(row, WIDTHS, strict=True)) + "\n" for row in (COLUMNS, *ROWS)
)
AS_LIST = "\n\nCSName=LAB-EN-01\nHotFixID=KB5000009\nServicePackInEffect=\n\n\nCSName=LAB-EN-01\nHotFixID=KB5000001\nServicePackInEffect=\n\n\nCSName=LAB-EN-01\nHotFixID=File 1\nServicePackInEffect=KB893803v2\n"
AS_CSV = "\nNode,Caption,CSName,Description,HotFixID,ServicePackInEffect\nLAB-EN-01,,LAB-EN-01,Update,KB5000009,\nLAB-EN-01,,LAB-EN-01,Update,KB5000001,\nLAB-EN-01,,LAB-EN-01,,File 1,KB893803v2\n"
POWERSHELL = """

Source        Description      HotFixID      InstalledBy          InstalledOn
------        -----------      --------      -----------          -----------
LAB-EN-01     Update           KB5000009     NT AUTHORITY\\SYSTEM  10/12/2026 12:00:00 AM
LAB-EN-01     Security Update  KB5000001     NT AUTHORITY\\SYSTEM  10/12/2026 12:00:00 AM
LAB-EN-01     Update           KB893803                           10/12/2026 12:00:00 AM
"""


@pytest.mark.parametrize(
    "listed", [QFE, "Please wait while WMIC is being installed." + QFE, AS_LIST, AS_CSV, POWERSHELL]
)
@pytest.mark.parametrize("encoding", ["ascii", "utf-16", "utf-16-le"])
def test_the_list_of_updates_adds_to_the_report_of_the_same_pc(text, listed, encoding):
    whole = formats.read(text("en").replace("3 Hotfix(s)", "9 Hotfix(s)").encode())
    part = formats.read(listed.replace("\n", "\r\r\n").encode(encoding))
    assert part.partial
    assert part.device_key == whole.device_key
    both = merged(part, whole)
    assert {one.kb for one in of(both, Patch)} == {"KB5000009", "KB5000001", "KB893803"}
    assert both.told == {"patch"}
    assert of(both, Agent) == of(whole, Agent)
    assert both.columns["memory_mb"] == 4095


@pytest.mark.parametrize(
    ("body", "message_id"),
    [
        ("Description  HotFixID   InstalledOn\nUpdate       KB5000009  3/17/2019\n", "KNM1151-E"),
        (QFE.replace("LAB-EN-01  Update ", "LAB-EN-02  Update "), "KNM1152-E"),
        (QFE.partition("\n")[0], "KNM1154-E"),
        ("CSName,HotFixID\nLAB," + "x" * 200_000, "KNM1154-E"),
    ],
)
def test_a_list_of_updates_that_is_not_about_one_pc_is_refused(body, message_id):
    with pytest.raises(Refused) as refused:
        formats.read(body.encode())
    assert refused.value.message_id == message_id


def test_two_pcs_of_one_name_and_two_licences_are_told_apart(text):
    one, other = (
        formats.read(text("en").replace("00330-80000", number).encode()) for number in ("00330-80000", "00331-10000")
    )
    assert one.device_key == other.device_key
    assert one.uuid != other.uuid  # identify.py makes a suspected report of this
    assert of(one, Os) == of(other, Os)
