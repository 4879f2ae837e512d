"""The command line: a client of the running Manager, through its Unix socket or ``--server URL``.

When no Manager runs, a command that needs one starts a Manager of its own on the socket, under the lease,
and stops it when its work is done. Nothing heavy is imported before it is needed.
"""
