"""Prohibited and mandatory software, user definitions; see ``tools.conditions``."""

from kanmon.common.facts import Setting, Software
from tools.conditions.about import About, pc

ABOUT = (
    About(
        "prohibited_software", "`software` (name, publisher, version), `os`", "software",
        'programs:\n  - {name: "7-Zip*", versions: "<24.07"~}',
        "such a program is installed in such a version", pc(Software("7-Zip 22.01 (x64)", "22.01")),
        "none is", pc(Software("7-Zip 24.09 (x64)", "24.09")),
        "the version or publisher that is asked, of such a program", pc(Software("7-Zip 22.01 (x64)")),
        note="Without a list of programs it is not applicable, and `prohibited_software.untold` says so once for all lines."
        " On systems that `os` does not mean it is not applicable.",
    ),
    About(
        "prohibited_software.untold", "`software`", "software",
        'programs:\n  - {name: "*Torrent*"}',
        "never; it is Unknown when the inventory has no list of programs", pc(),
        "the inventory has one", pc(told="software"),
        "the list of programs", only_unknown=True,
        note="It is judged by itself wherever a program is prohibited on that system.",
    ),
    About(
        "mandatory_software", "`software` (name, publisher, version), `os`", "software",
        'groups:\n  - name: VPN client\n    any_of:\n      - {name: WireGuard}\n      - {name: "OpenVPN*", version: {value: "2.6"}}\n    ~',
        "none of the group is installed in a version that fits", pc(Software("OpenVPN 2.4.9", "2.4.9")),
        "one of them is", pc(Software("WireGuard", "0.5.3")),
        "the list of programs, or the version of the only one that is there", pc(),
        note="On systems that `os` does not mean it is not applicable.",
    ),
    About(
        "user_definition", "any property of any class, or a column of the PC", "any",
        "items:\n  - name: Old file sharing\n    conditions:\n      - {class: setting, property: smb1, value: \"true\"}\n    ~",
        "all conditions hold (`fails_when: met`), or not all do (`not_met`)", pc(Setting("smb1", True)),
        "otherwise", pc(Setting("smb1", False)),
        "the value that is compared",
        note="Conditions on the same class are asked of one and the same record. `kanmon properties` shows what there is.",
    ),
)  # fmt: skip
