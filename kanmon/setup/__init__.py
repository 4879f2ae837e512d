"""Settings that are changed while the Manager runs, in the Setup window, by command and by the API.

In comes a value for a setting that ``changeable`` lists; out goes a row. The value holds with the commit in the node that
took the change, and within about a second in every other: each reads the rows once a second (``membership``).

What ``kanmon.toml`` or the environment says wins over a row: a machine that is set up from a repository stays as the
repository says, and the window tells so. Others of ``common.config`` are read once, when the program
starts, and only where the machine is.

After a crash: a change is one transaction (``journal.once``), done or not done. A node that takes over reads the rows
before it does anything else.

changeable.py  which settings, and why not the others      kept.py  read them, change them
"""
