"""What the readers keep of an agent's inventory, and nothing else: environment variables, processes, licence
keys and monitors' pictures are dropped while reading."""

from collections.abc import Mapping

Entry = dict[str, object]
Sections = dict[str, list[Entry]]


def _fields(text: str) -> frozenset[str]:
    return frozenset(text.split())


WANTED: Mapping[str, frozenset[str]] = {
    "ACCESSLOG": _fields("LOGDATE"),
    "ACCOUNTINFO": _fields("KEYNAME KEYVALUE"),
    "ANTIVIRUS": _fields(
        "NAME COMPANY VERSION ENABLED UPTODATE BASE_VERSION BASE_CREATION ENGINE_VERSION PRODUCTSTATE"
    ),
    "BITLOCKERSTATUS": _fields("DRIVE VOLUMETYPE PROTECTIONSTATUS ENCRYPMETHOD"),  # OCS plugin bitlockerstatus
    "BIOS": _fields("SSN ASSETTAG SMANUFACTURER SMODEL TYPE SECURE_BOOT"),
    "DRIVES": _fields(
        "LETTER TYPE VOLUMN LABEL FILESYSTEM SYSTEMDRIVE TOTAL FREE ENCRYPT_STATUS ENCRYPT_NAME ENCRYPT_ALGO"
    ),
    "FIREWALL": _fields("PROFILE STATUS"),
    "HARDWARE": _fields(
        "NAME UUID WORKGROUP USERDOMAIN USERID LASTLOGGEDUSER DATELASTLOGGEDUSER MEMORY IPADDR CHASSIS_TYPE ARCHNAME "
        "OSNAME OSVERSION OSCOMMENTS DESCRIPTION"
    ),
    "LOCAL_GROUPS": _fields("ID ID_GROUP NAME MEMBER"),
    "LOCAL_USERS": _fields("ID ID_USER SID LOGIN NAME SHELL"),
    "NETWORKS": _fields("DESCRIPTION TYPE MACADDR IPADDRESS IPADDRESS6 MANAGEMENT"),
    "OPERATINGSYSTEM": _fields(
        "NAME FULL_NAME VERSION KERNEL_NAME KERNEL_VERSION SERVICE_PACK ARCH BOOT_TIME FQDN DNS_DOMAIN TIMEZONE"
    ),
    "SECURITYCENTER": _fields("CATEGORY PRODUCT VERSION ENABLED UPTODATE"),
    "SERVICE": _fields("SVCNAME SVCSTATE SVCSTARTMODE"),
    "SERVICES": _fields("SVCNAME SVCSTATE SVCSTARTMODE"),
    "SHAREDFOLDERS": _fields("SHARENAME SHARETYPE"),  # OCS plugin sharedfolders
    "SOFTWARES": _fields("NAME VERSION PUBLISHER ARCH ARCHITECTURE FROM RELEASE_TYPE"),
    "USERS": _fields("LOGIN"),
    "WINUSERS": _fields("NAME TYPE STATUS SID PASSWORDEXPIRES"),  # OCS plugin winusers
    "VERSIONCLIENT": frozenset(),  # a text, not a section: kept as its field ""
}
# JSON names that differ from those of the XML.
RENAMED: Mapping[str, str] = {"FIREWALLS": "FIREWALL", "MAC": "MACADDR", "MEMBERS": "MEMBER"}

_NONE: Entry = {}


def first(sections: Sections, name: str) -> Entry:
    """The first entry of a section, empty when there is none."""
    entries = sections.get(name)
    return entries[0] if entries else _NONE
