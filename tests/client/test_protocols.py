"""SMBv1, anonymous connections and LLMNR of a Linux machine."""

from pathlib import Path

import pytest

from kanmon.client import protocols
from kanmon.client.machine import Machine

SMB_CONF = """\
# [global]
;   server min protocol = NT1
[Global]
   Server Min Protocol = %s
   restrict  anonymous = %s
[share]
   server min protocol = NT1
"""


def machine(tmp_path: Path, **files: str) -> Machine:
    for name, text in files.items():
        path = tmp_path / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Machine(str(tmp_path))


@pytest.mark.parametrize(
    ("least", "anonymous", "smb1", "restricted"),
    [("NT1", "0", True, False), ("SMB2", "2", False, True), ("lanman2", "1", True, True)],
)
def test_samba_tells_its_oldest_protocol(
    tmp_path: Path, least: str, anonymous: str, smb1: bool, restricted: bool
) -> None:
    here = machine(tmp_path, usr__sbin__smbd="", etc__samba__smb_dot_conf=SMB_CONF % (least, anonymous))
    assert protocols.smb1(here) is smb1
    assert protocols.anonymous_restricted(here) is restricted


def test_what_samba_does_not_say_is_not_told_and_without_samba_nobody_serves_smb1(tmp_path: Path) -> None:
    here = machine(tmp_path, usr__sbin__smbd="", etc__samba__smb_dot_conf="[global]\nworkgroup = X\n")
    assert protocols.smb1(here) is None
    assert protocols.anonymous_restricted(here) is None
    (tmp_path / "usr/sbin/smbd").unlink()
    assert protocols.smb1(here) is False
    assert protocols.smb1(Machine(str(tmp_path / "empty"))) is None
    assert protocols.anonymous_restricted(Machine(str(tmp_path / "empty"))) is None


def test_an_older_spelling_of_samba_counts() -> None:
    assert protocols.from_smb_conf("[global]\nmin protocol = NT1\n", "server min protocol") == "NT1"
    assert protocols.from_smb_conf("minprotocol = SMB3\n", "server min protocol") == "SMB3"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", True),
        ("[Resolve]\n#LLMNR=no\n", True),
        ("[Resolve]\nLLMNR=no\n", False),
        ("LLMNR=no\nLLMNR=resolve\n", True),
    ],
)
def test_llmnr_of_resolved(text: str, wanted: bool) -> None:
    assert protocols.from_resolved(text) is wanted


def test_this_machine_is_asked_without_an_error() -> None:
    assert protocols.smb1(Machine()) in (True, False, None)
    assert protocols.llmnr(Machine()) in (True, False, None)
