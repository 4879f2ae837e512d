"""Numbers of a day, stored for good. Noun: Numbers, verb: count.

In come the verdicts that hold, and who is in which group; out go the numbers of each group of every level of the tree,
with all below it, and of the whole: PCs by level, also by item, evaluation points, the items of one's own
(``statistics.items``), who has been mended and how long it took, who is patched in time. The operation
"store_statistics" writes them in one transaction: a day is stored wholly or not at all, and once; stored again it is
replaced. What is stored can be counted again from the history of verdicts, as of the moment that stands with the day.

points.py    evaluation points (pure)        counting.py  verdicts -> numbers of groups (pure)
mending.py   from Danger till Safe (pure)     numbers.py   what is stored of a group, and the shares it gives (pure)
own.py       items of one's own (pure)        fleet.py     who stands how, and where: now, or at a moment of the past
patched.py   asks the index who is patched in time          storing.py   the operation
models.py    the tables                       daily.py     the duty that begins it
"""
