"""Kanmon judges every PC by policy, acts by its level, and loses nothing when the server dies.

This is the map. Read ``flow.py`` next: it is the whole pipeline on one screen. Then read one folder; its
``__init__.py`` says what comes in, what goes out, and what is promised after a crash.

**intake** - a body of bytes becomes a *Report*. Agents that people already run send it over HTTP; ``formats/`` tells
them apart by content and refuses what it can't read with a sentence. The sender gets its answer after the report
is on the disk, as a *receipt*. The queue of receipts is all that later stages read.

**inventory** - a Report becomes a PC. ``identify.py`` decides which PC it speaks of, or that a person must say so; the
PC's *facts* (whole records: this program in this version) get numbers from one dictionary, and what differs
between reports is written as *changes*.

**policy** - what is wanted. A policy is a YAML document, kept as numbered versions that never change; ``rules*.py`` are
its meaning, ``assignment.py`` says which one holds for which PCs, ``waivers.py`` what does not count for whom.

**judgment** - facts and rules become a *Verdict*: six items and the level of the PC. ``judge.py`` turns a policy into
conditions, ``index.py`` answers them for the whole fleet at once by bitmaps, ``reference.py`` says the same plainly for
one PC, and ``explain*.py`` tells what was found, what is wanted and how to mend it.

**action** - verdicts become *Orders*. ``deciding.py`` says who is due for what an action policy wants, and why others are
not; ``carry_out/`` does it: mail, webhooks, events, commands; network and messages have folders of their own.

**message** - what is told to the users of PCs: one row a PC, which its client takes, shows once and confirms.

**whatif** and **schedule** - beside the pipeline. What-if judges a policy that nobody has saved, compares, and writes
nothing. A schedule begins judgments at times in cron syntax; a new day begins one by itself (``judgment/days.py``).

**statistics** - the numbers of a day by group, stored for good, and equal to a recount from the history of verdicts.

**search** - which PCs a list is about: conditions as sets of PCs, from arrays in memory that follow the database, and from
the index. Saved searches.

**journal** - under all of them. Work that must not be lost is an *operation*, its story stands in *entries*, and only
who holds the lease works. A stage hands over to the next by beginning an operation in the transaction that ends
its own; nothing is handed over in memory.

**manager.py** puts one process together from all this: lease, committer, workers, web servers. ``asgi.py`` tells the
requests apart, ``home.py`` makes the folder ``KANMON_HOME``, ``settings.py`` and ``urls.py`` are Django's.

**Faces** - ``console/`` (pages), ``api/`` (programs) and ``cli/`` (commands; a client of the running Manager). They
read, and change things only by beginning an operation. ``accounts/`` knows people, roles and API tokens; only faces
ask it. ``audit/`` tells who did what, taken from the journal and written by the faces, and seals it.

**backup** - the whole database as one file, from one moment, and back again; after a restore nothing is done twice.

**agent** - a program of its own on the RADIUS server or gateway: it keeps the connection control list, calls the Manager
for orders, and lets PCs in or cuts them off by its drivers. ``wire.py`` is what the two say to each other.

**Beside** - ``client/`` collects what a Linux machine can truly say about itself, and shows messages to its user; ``simulate/`` makes up fleets to try
Kanmon with; ``supervise/`` is the small program that runs a command and outlives the Manager; ``common/`` is what everybody uses: clock, settings, messages, the table of facts.

One rule of shape holds it together: a stage imports the stage it reads from, never the one it feeds.
import-linter checks it with the contracts of ``pyproject.toml``.
"""

__version__ = "0.1.0"
