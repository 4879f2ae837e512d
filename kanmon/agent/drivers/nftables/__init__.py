"""A Linux gateway between PCs and the network, by nftables: it lets PCs through by their MAC address, or cuts them off.

settings.py   where the gateway stands and what a quarantined PC may reach
rules.py      the text of the rules, and of changes: pure
program.py    the program nft, asked and told
kept.py       the same text in files, for the service that loads nft's rules at boot
driver.py     the driver
redirect.py   the answer to HTTP of quarantined PCs: go to the remediation page

Everything is in tables of one name (``kanmon``) in the families bridge and inet; other tables are never touched. A
bridge has its rules in the family bridge, and in inet only what a redirect needs; a router has all of them in inet.
IPv4 and IPv6 are the same to rules about MAC addresses.

What the list says stands in the sets ``permit``, ``deny`` and ``refuse``. A change is one transaction of the kernel:
all of it or nothing, without a moment in which a PC is in no set.
"""
