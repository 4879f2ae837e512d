"""Notifiers: how orders are told to receivers outside. One file each; ``table.py`` lists them.

notifier.py   what a notifier is            notify.py    the three steps, the same for all: intent, telling, result
table.py      scheme of an address -> one   webhook.py   one signed HTTP request
                                            syslog.py    one line of syslog an event, as CEF or OCSF

In comes an order; out goes what it says, at least once, under ids by which a receiver knows a repeat. A notifier only
knows how its receiver is spoken to: addresses, TLS, time limits, the loss of the lease and repeats are seen to in
``notify.py``. How to write one: docs/howto/write-a-notifier.md.
"""
