"""What was judged and done, for every face: over all by run (everywhere), and of one PC (of_pc). Reading only.

A *line* says one thing that happened: a run of judgments, a change of a PC's verdict, an action that was ordered with what
became of it, one that was held back and why, an order of a person. ``line`` has its shape and what may be asked for;
``results`` says what became of an operation, all attempts together; ``sheet`` writes CSV; ``touched`` is the index by
which the orders about a PC are found.

No page reads more than a bounded number of rows, whatever the fleet and however long the past: lists go by key from the
newest on, and one that has looked at enough rows without filling its page gives what it has, and where to go on.
"""
