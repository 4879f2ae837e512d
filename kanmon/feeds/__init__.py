"""Knowledge from outside, imported and dated. Verb: import.

In comes: a file that somebody else has published (which updates Windows has, which of them replace which, which
security holes they close; which versions of Linux packages have holes). Out goes: *knowledge*, a numbered snapshot
that never changes, so that what was judged with it can be judged again. After a crash an import is done again from its
upload: all it writes is written in one transaction, and the same bytes a second time change nothing.

importing.py        the operation "feed"                       models.py          tables
broken.py           what can't be read, as a sentence (pure)

platforms.py        names of Windows -> one key (pure)         patches.py         what is known of updates (pure)
latest.py           what a PC lacks (pure)                     patches_formats.py bytes -> rows, as streams
patches_collect.py  rows -> the body of a feed (pure)          patches_merge.py   bodies -> knowledge (pure)
patches_import.py   their part of the operation                patches_store.py   which knowledge is in force, or was

releases.py         names of Linux -> one key (pure)           holes.py           what is known of packages (pure)
vulnerable.py       which holes of a PC count (pure)           osv_formats.py     bytes -> records, one at a time
osv_record.py       what a record says (pure)                  osv_collect.py     records -> releases (pure)
vulnerabilities_import.py   their part of the operation        vulnerabilities_store.py   which are in force, or were
"""
