"""What is wanted of PCs, as documents in immutable versions.

In comes: YAML, refused with its line when it is wrong. Out goes: rules (pure values) and which version holds for
which PCs; the nearest of PC, group and system wins. A version is never changed, so a verdict can name its own.

rules.py  a document as values    compare.py  names, versions, dates    versions.py  stored versions
assignment.py  what holds where   waivers.py  what does not count where    diff.py  what differs, in words
exchange.py  lists as CSV         folder.py   a folder of files as what is wanted
builtin/  the policies that come with Kanmon
"""
