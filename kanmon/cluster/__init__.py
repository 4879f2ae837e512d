"""The cluster: nodes, hand-over, cluster software, and what a person reads after a failover.

In comes what the journal knows: terms, take-overs, entries, operations. Out go sentences: which node is active and
why, what became of everything that was running, what is not healthy and how to mend it. Nothing is kept here:
report and health are queries, so that they can't disagree with the journal, and a crash can't lose them.

report.py    the after-failover report      running.py, rows.py, outcome.py   what was running, and what became of it
health.py    the table of health checks     checks_*.py   one function each
decide.py    what a person decides          report_mail.py, words.py, as_json.py   the report for others to read
nodes.py     nodes as they stand            unserved.py   why, and for how long

Under cluster software (``deploy/pacemaker``, ``deploy/keepalived``) a Manager starts where it is put. Here it looks
whether that is right, and says what an earlier one has left behind:

place.py     whether it may start here      machine.py    mounts and addresses, as the kernel says
holder.py    its mark on the shared disk    remains.py    what lives and should not
stopping.py  ``kanmon stop``
"""
