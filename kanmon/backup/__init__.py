"""Backup and restore: everything that the database knows, in one file, and back again.

In comes a database, whoever works on it; out goes a file (``package.py``) with each table as lines of JSON, the
settings, if wanted the secrets, and last of all a manifest: what is cut off has none. All of it is read from one
snapshot, so it is the database of one moment, and writers go on meanwhile. A file of SQLite can be restored into
PostgreSQL: that is how an installation moves there.

A restored database has forgotten what was done after the backup. So it begins a new era (``era.py``): terms and
numbers that were given out since are never given out again, and whatever would leave the house - mails, webhooks,
commands - is held until a person has looked at it (``held.py``).

manifest.py  what a backup says of itself                          tables.py     what a database consists of
package.py   the file: written, published, opened, read            check.py      is it whole?
make.py      a backup from a snapshot (snapshot.py)                load.py       rows into fresh tables
restore.py   the whole of a restore (prepare.py)                   into.py       the database that it goes into
era.py       what a restored database must be told                 held.py       the actions that wait
schedule.py  backups by the clock, for the active node             health.py     what an administrator must know

After a crash: a backup that was broken off has another name and no manifest. A restore changes nothing that is in use
until all of it is there; from then on it can only be finished, and a Manager does not start before it is
(``interrupted.py``).
"""
