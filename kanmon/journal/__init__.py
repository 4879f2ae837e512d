"""The journal: every piece of work that must not be lost is an *operation*, and its story is in *entries*.

Intent is committed before effect, result after it; both carry the *term* of the lease. A new active puts
what was interrupted back in the queue: there is one start path, recovery is putting back.

In comes: ``record.begin(kind, ...)`` inside a transaction of whoever decided that the work must be done.
Out goes: a worker that has the lease claims the operation (a conditional UPDATE whose row count says who
won), calls the function of its kind, and ends it and begins what follows in one transaction.

After a crash: an operation that was running is *interrupted*. If it may be repeated (``idempotent``: same
rows again; ``keyed``: the receiver can tell) it waits again and goes on after its last committed chunk; if
not (``ask``) it is *in doubt* until a person says. The journal knows no stage: the table of kinds is handed
to it at start (``kanmon.flow``).

states.py     every legal step                 record.py   begin, claim, end; the only writer of operations
writing.py    the one way to write             worker.py   the loop
once.py       a change is one operation        runs.py     what was asked for together
rescue.py     after an interruption            due.py      due times, when clocks are wrong
changes.py    the order of change              tail.py     the Manager log, written from entries

Who may write, and for how long:

term.py       the lease on SQLite, a lock      lease.py    the lease on PostgreSQL, a row and a session
elect.py      follow, and lead                 takeover.py a new term; eras.py: its number
window.py     how long a lease is believed     pool.py     connections, while the database is away
"""
