"""Judging at times that a person sets. Verb: tick.

In comes the clock; out goes an operation "judge", begun under the key (schedule, tick), so that a tick is never done
twice, whoever leads. A schedule remembers the newest tick that was dealt with in the transaction that begins its
judgment. Ticks that passed while nobody led are made up by one judgment if the newest is younger than
``schedule.make_up_minutes``, else left out; the log says which.

cron.py    when a tick is (pure)        ticking.py  the duty
models.py  the table                    changes.py  add and remove
"""
