"""Messages to the users of PCs. Verb: tell.

In comes: an order of an action policy, or of a person. Out goes: one row a PC, which its client takes, shows and confirms.

    action policy, person  ->  operation "message"  ->  rows, waiting
    a client asks          <-  its own messages that nobody has confirmed to have shown, and "send an inventory now"
    a client tells         ->  delivered: it has it on its disk;  shown: the user has been shown it

A message has an id, and whoever has shown it knows that id: it is given until it is confirmed, and shown once. After a
crash nothing has to be made good: writing goes on behind its last chunk, and a client asks again.

words.py       keywords, built-in texts, what HTML may hold       write.py      the operation
clients.py     the client of a PC: a token of its own             exchange.py   what clients tell, and are given
desk.py        calls that wait, many of them in one thread        listener.py   the ASGI application, below /client/
shown.py       what the API, the console and the remediation page show    retention.py   expiry
"""
