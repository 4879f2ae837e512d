"""The API under /api/v1: what the command line, and later every other program, talks to.

It changes things only by beginning an operation. Who calls is told by the local socket ("os:<user>",
administrator) or by an API token; sessions of the console are not accepted, so no CSRF can arise.
"""
