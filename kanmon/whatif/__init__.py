"""What would change if a judgment policy were another one. Verb: ask what if.

In comes: a policy document that nobody has saved, and where it would hold. Out goes an *Effect*: who would be at which
level, which conditions cause it, which actions would run, and where a cap would hold them. Nothing is written and no
operation begins, so there is nothing to recover after a crash: whoever asked asks again.

It is the judge itself on the same index with another policy. A condition that stands in both policies is asked once,
and what was asked is kept while the index stands still, so that the next edit costs what was edited.

asking.py    the document, its place, and the questions to the index      effect.py    before and after compared (pure)
standing.py  outcomes of conditions -> levels (pure)                      actions.py   what would be done, and the caps
target.py    for which PCs it would hold                                  told.py, sheet.py   the effect as JSON, pages of PCs, CSV
"""
