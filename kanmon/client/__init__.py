"""The program on a Linux PC: the collector, and ``kanmon client listen``, which shows messages to its user (``listen.py``).

The collector: what this Linux machine can truly say about itself, as Kanmon's own JSON.

In: files under ``/etc``, ``/proc``, ``/sys`` and a few commands, each with a time limit. Out: one inventory, and
one HTTPS request that carries it. Nothing is stored; after a crash it is simply run again.

One rule: what cannot be told is left out (None), never guessed. A missing tool, a missing right or a command
that hangs makes its section "not told", and Kanmon then says Unknown instead of Safe. Run as root it tells most.
"""
