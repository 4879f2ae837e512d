"""Bodies that are made to hurt are refused quickly, and nothing but Refused is ever raised."""

import json
import time
import zlib

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kanmon.common.errors import Refused
from kanmon.intake import formats
from kanmon.intake.inflate import inflate
from kanmon.intake.report import decode, encode

LAUGHS = b'<!DOCTYPE r [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><REQUEST><DEVICEID>&b;</DEVICEID></REQUEST>'
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><REQUEST><DEVICEID>&f;</DEVICEID></REQUEST>'
OUTSIDE = b'<!DOCTYPE REQUEST SYSTEM "http://192.0.2.1/x.dtd"><REQUEST/>'


@pytest.mark.parametrize(
    ("body", "message_id"),
    [
        (LAUGHS, "KNM1012-E"),
        (EXTERNAL, "KNM1012-E"),
        (OUTSIDE, "KNM1012-E"),
        (b"<REQUEST>" + b"<a>" * 200_000, "KNM1013-E"),
        (b"<REQUEST>" + b"<a/>" * 200_000 + b"</REQUEST>", "KNM1014-E"),
        (b"<REQUEST " + b"".join(b'a%d="" ' % n for n in range(250_000)) + b"/>", "KNM1019-E"),
        (b'<?xml version="1.0" encoding="utf-7"?><REQUEST/>', "KNM1011-E"),
        (b'<?xml version="1.0" encoding="shift_jis"?><REQUEST/>', "KNM1011-E"),
        (b'<?xml version="1.0" encoding="no-such"?><REQUEST/>', "KNM1011-E"),
        (b"<REQUEST><DEVICEID>\xff\xfe</DEVICEID></REQUEST>", "KNM1011-E"),
        (b"<REQUEST><DEVICEID>&nbsp;</DEVICEID></REQUEST>", "KNM1011-E"),
        (b"<REQUEST><DEVICEID>a\x00b</DEVICEID></REQUEST>", "KNM1011-E"),
        (b'{"kanmon":' + b"[" * 200_000, "KNM1020-E"),
        (b'{"deviceid":"d","content":' + b"[]," * 500_000, "KNM1022-E"),
        (b'{"deviceid":"d","content":{"softwares":[' + b"{}," * 300_000 + b"{}]}}", "KNM1022-E"),
        (b'{"deviceid":"d","content":{"hardware":{"name":"\xff"}}}', "KNM1020-E"),
        (b"<\x00\x00\xd8", "KNM1010-E"),
    ],
)
def test_it_is_refused_with_a_sentence_and_at_once(body, message_id):
    began = time.perf_counter()
    with pytest.raises(Refused) as caught:
        formats.read(body)
    assert caught.value.message_id == message_id
    assert time.perf_counter() - began < 30, "what is hostile must not hold a node up"


def test_an_inventory_with_too_many_programs_is_refused():
    entry = "<SOFTWARES><NAME>program {}</NAME></SOFTWARES>"
    content = "".join(entry.format(number) for number in range(20_001))
    with pytest.raises(Refused) as caught:
        formats.read(
            f"<REQUEST><DEVICEID>d</DEVICEID><QUERY>INVENTORY</QUERY><CONTENT>{content}</CONTENT></REQUEST>".encode()
        )
    assert caught.value.message_id == "KNM1030-E"


def test_a_huge_text_in_one_field_is_cut():
    name = "x" * 5_000_000
    content = f"<CONTENT><HARDWARE><NAME>{name}</NAME></HARDWARE></CONTENT>"
    body = f"<REQUEST><DEVICEID>d</DEVICEID><QUERY>INVENTORY</QUERY>{content}</REQUEST>"
    assert len(formats.read(body.encode()).host) == 255


def taken(body: bytes, agent: str = "") -> None:
    """Reads a body as the Manager does; whatever is read can be stored."""
    try:
        message = formats.read(inflate(body), agent)
    except Refused as problem:
        problem.sentence("en"), problem.sentence("ja")
        return
    if isinstance(message, formats.Prolog | formats.Contact):
        assert message.reply("")[0] == 200
    else:
        assert decode(encode(message)) == message


@given(st.binary(max_size=300), st.text(max_size=20))
@example(b"\xff\xfe", "")
@example(b'{"deviceid":"\\ud800","action":"contact"}', "\ud800")
def test_random_bytes_raise_nothing_but_refused(body, agent):
    taken(body, agent)


OWN_FILES = ["windows.xml", "linux_glpi.json", "kanmon.json", "systeminfo/en.txt", "systeminfo/zh.txt", "qfe.txt"]


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_inventories_raise_nothing_but_refused(own, data):
    body = bytearray(own(data.draw(st.sampled_from(OWN_FILES))))
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=4)):
        body[at] = data.draw(st.integers(0, 255))
    body = body[: data.draw(st.integers(0, len(body)))] if data.draw(st.booleans()) else body
    taken(zlib.compress(bytes(body)) if data.draw(st.booleans()) else bytes(body))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
SECTIONS = [
    "softwares",
    "hardware",
    "bios",
    "drives",
    "networks",
    "antivirus",
    "local_users",
    "local_groups",
    "firewalls",
]
SECTIONS += ["operatingsystem", "versionclient", "accesslog", "users", "accountinfo", "securitycenter", "services"]
FIELDS = [
    "name",
    "members",
    "timezone",
    "mac",
    "id",
    "memory",
    "total",
    "status",
    "enabled",
    "logdate",
    "profile",
    "category",
]


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(SECTIONS), values | st.lists(st.dictionaries(st.sampled_from(FIELDS), values)), max_size=6
    )
)
def test_sections_of_the_wrong_type_raise_nothing_but_refused(content):
    taken(json.dumps({"deviceid": "d", "content": content}).encode())


TABLES = [
    "system_info",
    "os_version",
    "osquery_info",
    "windows_security_products",
    "windows_security_center",
    "patches",
]
TABLES += ["programs", "rpm_packages", "services", "bitlocker_info", "interface_details", "interface_addresses"]
TABLES += ["registry", "users", "groups", "user_groups", "shadow", "shared_resources", "secureboot", "tpm_info"]
TABLES += ["systemd_units", "windows_optional_features"]
COLUMNS = ["name", "version", "uuid", "hostname", "type", "state", "antivirus", "epoch", "mac", "address", "hotfix_id"]
COLUMNS += ["key", "path", "data", "username", "uid", "gid", "shell", "max", "last_change", "password_status", "id"]


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(TABLES), st.lists(st.dictionaries(st.sampled_from(COLUMNS), values), max_size=3), max_size=6
    ),
    values,
)
def test_tables_of_the_wrong_type_raise_nothing_but_refused(tables, moment):
    machine = {"system_info": [{"hostname": "d"}], **tables}
    taken(json.dumps({"osquery": machine, "unixTime": moment}).encode())
    taken(json.dumps({"osquery": machine}).encode())


HOST_FIELDS = [
    "hostname", "computer_name", "uuid", "platform", "os_version", "memory", "primary_mac", "primary_ip", "software",
    "policies", "users", "disk_encryption_enabled", "detail_updated_at", "hardware_serial", "cpu_type", "name", "response",
]  # fmt: skip
LINE_FIELDS = [
    "action",
    "snapshot",
    "columns",
    "diffResults",
    "hostIdentifier",
    "hostname",
    "unixTime",
    "counter",
    "decorations",
]


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(HOST_FIELDS),
        values | st.lists(st.dictionaries(st.sampled_from([*HOST_FIELDS, *COLUMNS]), values), max_size=3),
    ),
    values,
)
def test_hosts_of_the_wrong_type_raise_nothing_but_refused(host, other):
    for message in ({"host": host}, {"hosts": [host], "policy": host}, {"spec": host, "timestamp": other}):
        taken(json.dumps(message).encode())
        formats.is_part(json.dumps(message).encode())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(LINE_FIELDS), values | st.lists(values, max_size=2)), max_size=3))
def test_lines_of_the_wrong_type_raise_nothing_but_refused(lines):
    first = {"name": "pack/policies/a", "action": "snapshot", "snapshot": [], "hostIdentifier": "x"}
    taken("\n".join(json.dumps(one) for one in (first, *({**first, **line} for line in lines))).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"CSName=LAB\nSID=S-1\nPasswordExpires=TRUE\nDisabled=TRUE\n" * 70_000,
        b"ProtectionStatus" + b" " * 4_000_000,
        b"StartMode\n" * 400_000,
        b"Windows Registry Editor Version 5.00\n[HKEY_LOCAL_MACHINE\\X]\n" + b'"a"="' + b"\\" * 4_000_000,
        b"# Lynis Report\nfinish=true\nhostname=x\ntests_executed=" + b"AAAA-1111|" * 400_000,
        b"\n".join(
            b'{"name":"pack/policies/%d","action":"snapshot","snapshot":[{"1":"1"}],"hostIdentifier":"x"}' % number
            for number in range(60_000)
        ),
        b"OS Version: 10.0.19045 " + b"9" * 4_000_000,
        b"a:\r\nb:\r\nOS Version: 10.0.19045\r\n" + b" [1] : KB5000001\r\n" * 200_000,
        b"CSName  HotFixID\n" + b"LAB     KB5000001\n" * 200_000,
        b"CSName,HotFixID\n" + b",\n" * 1_300_000,
        b"HotFixID=\n" * 350_000,
        ("\u4e3b:" * 600_000).encode("utf-16-le"),
    ],
)
def test_long_texts_are_read_or_refused_at_once(body):
    began = time.perf_counter()
    taken(body)
    assert time.perf_counter() - began < 30, "what is hostile must not hold a node up"
