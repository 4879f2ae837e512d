"""The search: which PCs a list is about, as sets of PC numbers.

In: a search as an address holds it (``asked``). Out: the set of PCs that it means (``find``), in the order of a list
(``order``), and what else could be chosen, with counts. Each condition is one line of ``table``: how a value is read, which PCs
it means, what its choices are. Conditions are joined by AND, several values of one by OR.

What sets come from: the ``roster``, a few arrays by PC number of this process that follow the database; the index of the
judge, for what is installed; and questions to the database that are kept for some seconds (``kept``). No filter walks a table.

Nothing here is of value after a crash: it is read again. ``saved`` keeps the searches and columns that people have chosen.
"""
