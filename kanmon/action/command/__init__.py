"""Commands: programs that action policies run.

A command can't be asked what became of it, and it must not be done twice. So it is run by a supervisor
(``kanmon.supervise``) that outlives the Manager and leaves the result in a folder. What is written here:

told.py      what was decided, as it stands in the order     files.py   what the program can read about the PCs
allowed.py   which program may be run, and as whom           places.py  where: made, and removed when old
start.py     the supervisor is started; the only part        begun.py   what earlier attempts had begun, and
             that can't be taken back                                   what can be told about it

``carry_out/command.py`` puts them together.
"""
