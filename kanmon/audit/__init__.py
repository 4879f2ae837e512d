"""The audit: who did what, when, from where; sealed, so that it can be proved that nobody has rewritten it.

In come rows. Some are taken from the journal's entries by a follower (``follow.py``; ``events.py`` chooses which),
exactly once whatever happens; the others are written in the transaction of what they tell: signing in
(``signing_in.py``), what was refused (``refusals.py``, bounded), exports, tokens, settings (``start.py``).

Out go seals. A seal fixes a range of rows by a number that the Manager log carries elsewhere (``seal.py``,
``encoding.py``); ``check.py`` says which row or seal does not fit, ``retention.py`` removes old ranges.

After a crash: the follower goes on after the last entry that it has taken, the sealer after the last seal. What was
counted of a flood of refusals and not written yet is lost; that they were refused is told.

Faces and stages write with ``rows.write``. The Manager calls ``duty`` every second while it holds the lease.
"""


def duty(term: int, stopping: bool = False) -> None:
    """Follow, seal, remove what is old, log the newest seal when it is time; cheap when there is nothing to do.

    ``stopping``: the last call of this term, once the workers have ended: all is sealed, and the seal is logged.
    Raises TermLost when the term has ended.
    """
    from kanmon.audit import upkeep  # models can't be imported before Django has read its settings

    upkeep.do(term, stopping)
