"""Facts + rules -> Verdict. Verb: judge.

In comes: changes of PCs' facts (the index follows them) and operations that say whom to judge. Out goes: a
verdict for each PC whose levels or findings changed. After a crash the operation is resumed after its last
committed chunk; judging again gives the same rows, and equal verdicts write none.

levels.py   what is worse than what       judge.py     a policy as conditions (pure)
index.py    the fleet's inverted index    reference.py the same truth, plainly, for one PC (pure)
engine.py   the index in a process        verdicts.py  rows of a chunk
warm_start.py which file may be used      checkpoint.py the index as a file
waived.py   for whom what is waived       known.py     which conditions there are
explain.py  found, wanted, how to mend    models.py    tables
"""
