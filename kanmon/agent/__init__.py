"""The Agent: a program of its own beside the RADIUS server or the gateway. It lets PCs in, cuts them off, and keeps at it.

In: orders of the Manager, which it calls itself (``link``). Out: the state of the network, by drivers and by what the
RADIUS server is told; and an answer to each order.

store.py      list, answers, sightings and setup in one SQLite database; schema.py brings it forward
book.py       the list in memory, for whoever has to answer at once
enrol.py      key, certificate and its renewal
link.py       the exchange with the Manager
work.py       carries out what the list wants, by the drivers
program.py    the process; serving.py what it serves on loopback; config.py its settings; log.py its log
drivers/      one file for each way to change a network
radius/       what FreeRADIUS asks, and what switches are told

After a crash: an order is on the disk before anything is done about it, and its answer is on the disk before it is told.
What was kept and not yet carried out is carried out at the next start. Without the Manager the agent goes on by its list.
No Django: only ``common`` and ``wire`` of Kanmon are used here.
"""
