"""What PCs tell of themselves, for columns of the list: operating system and addresses of the PCs of one page."""

from collections.abc import Collection

from kanmon.common.facts import CODE_OF, Os
from kanmon.inventory import dictionary
from kanmon.inventory.models import FactRow, PcColumns, PcFacts
from kanmon.inventory.packing import unpack, unpack_columns

_AT_ONCE = 900


def os_words(one: Os) -> str:
    """ "Windows 11 Pro 10.0.26100 x64"."""
    version = "" if one.version in one.name else one.version
    return " ".join(part for part in (one.name or one.family, version, one.service_pack, one.arch) if part)


def systems(pcs: Collection[int]) -> dict[int, str]:
    """By PC: the name of its operating system."""
    held = {
        pc: set(map(int, unpack(bytes(packed))))
        for pc, packed in PcFacts.objects.filter(pc__in=list(pcs)).values_list("pc", "packed")
    }
    wanted, names = sorted(set().union(*held.values())), {}
    for start in range(0, len(wanted), _AT_ONCE):
        rows = FactRow.objects.filter(id__in=wanted[start : start + _AT_ONCE], cls=CODE_OF[Os])
        for row in rows:
            one = dictionary.decode(row.cls, bytes(row.body))
            if isinstance(one, Os):
                names[row.id] = one.name or one.family
    return {pc: next((names[one] for one in sorted(facts & names.keys())), "") for pc, facts in held.items()}


def addresses(pcs: Collection[int]) -> dict[int, tuple[str, str]]:
    """By PC: its IP addresses and its MAC addresses, separated by blanks."""
    found = PcColumns.objects.filter(pc__in=list(pcs)).values_list("pc", "packed")
    columns = ((pc, unpack_columns(bytes(packed))) for pc, packed in found)
    return {pc: (str(one.get("ip", "")), str(one.get("mac", ""))) for pc, one in columns}
