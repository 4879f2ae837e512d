"""A policy as a form, made from the types of its rules: a field that is added to a rule has its control here at once.

In comes a policy as a document: dicts, lists and texts, as ``policy.document`` reads YAML. Out go *nodes*, which a
template draws; what a person sends is put back into the document. A document may be wrong while it is edited; what is
wrong is told by the same check as that of an imported text. Pure: no request, no database.

shape.py  the type of a rule as a form sees it    show.py      document -> nodes     words.py  labels, units, hints
take.py   what was sent -> document               rows.py      add, remove, move     problems.py  what is wrong, and where
merge.py  two edits of the same version           kept.py      a policy as a document
sending.py  what a browser sends of nodes              picks.py     what the fleet has that could stand in a field
"""
