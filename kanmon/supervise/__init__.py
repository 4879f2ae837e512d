"""The supervisor of one command: a small program of its own, so that a Manager that dies takes no result with it.

In: a *place*, a folder on the local disk that the Manager has made, with the order (program, arguments, user, time
limit) and the files about the PCs. Out: in the same folder the output and, at the very end, the result. The two talk
through files only, so that it does not matter which Manager looks, or when.

    the Manager                            the supervisor
    intent committed
    starts it                              reads its order, reserves room for the result, says "ready"
    "go", and until when it holds          takes the lock, starts the program, says "started"; nothing without "go",
                                           or when it comes late
    looks for the result, now and then     keeps the time limit, bounds the output, obeys the file "stop"
    killed, stopped, started again         goes on
    finds the result and takes it          writes the result: reserved file, fsync, rename, fsync of the folder; ends

What can be told afterwards, and by what (``place.look``):

* no lock, or a sealed one: the program was never started, by nobody,
* lock held: a supervisor lives, and so may the program,
* result: it has ended, and this is how,
* lock free and no result: the supervisor was killed or the machine went down. Nobody can tell how far it got.

"Go" holds until a moment of the machine's monotonic clock, which both processes have: a Manager that stood still for
longer than its lease, and says it then, is not obeyed, however quick it is.

The lock is linked to its name when it is held already, and never removed. So a second supervisor of the same place
does nothing, also one that was asked by a Manager that had been deposed meanwhile; and who seals a place that has no
lock knows that its program will never be started (``place.seal``).

Everything that the program leaves behind in the background is ended with it: the supervisor is the *subreaper* of
its descendants, so that none of them can slip away by forking twice. Should the supervisor be killed itself, the kernel
kills the program (parent death signal); what that has forked may live on.

Only the standard library is imported, and ``kanmon.common.fault``: it starts in some 50 ms, and a broken package
can't take running commands down.
"""
