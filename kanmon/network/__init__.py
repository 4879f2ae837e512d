"""Network control, the Manager's side: who is to be cut off, who has been, and what the network itself says of it.

    action policy, person   ->  operation "network"   ->  the list of what is to be (one entry a MAC), and orders
    an agent asks           <-  orders that it has not answered, the whole list where digests differ
    an agent tells          ->  answers: acknowledged;  sightings: verified, or a warning with what to do

``kanmon.wire`` says what travels between Manager and agent, ``kanmon.ordering`` what orders make of an entry: the
same pure function on both sides.

models.py      tables
enrolment.py   invitations, certificates of agents; listener.py and exchange.py speak with them
change.py      the operation "network": the only writer of the list
seen.py        answers and sightings -> acknowledged, verified, not seen
asked.py       what people ask for: refuse, lift, permit, deny, withdraw, approve; whom they mean

After a crash: the list, the orders and what each agent has still to be given are rows, written in one transaction, so
that there is nothing to redo: an operation that was interrupted goes on behind its last chunk, and an agent is given
what it has not answered. Nothing of a conversation is kept in memory that the next active could not make anew.
"""
