"""RADIUS: FreeRADIUS asks this folder which network a PC belongs to, tells it what became of sessions, and switches
are told when that changes.

In come the JSON bodies of FreeRADIUS's module rest (``request``) and what network each MAC is to be in (``decisions``);
out go the attributes of the Access-Accept (``attributes``, by the ``setup``), ``Seen`` messages, and Disconnect and CoA
requests (``dynamic``, ``change``). ``nas`` knows the switches, ``sessions`` who is where, ``configuration`` writes what
FreeRADIUS is started with.

After a crash: sessions and switches are in the agent's database; what was asked of a switch is asked again when the
driver compares the list with the sessions, and a switch that has done it already says that it has no such session.
"""

from kanmon.agent.radius.parts import application as application
