"""Bytes -> Report. Verb: receive.

In comes: a body in any known format, with a source's token. Out goes: a receipt, committed before its sender is
answered, or a refusal with its sentence. After a crash: what was acknowledged is in the queue of receipts; what was
not is sent again by its agent.

asgi.py  the HTTP side     receive.py  the steps of one body    commit.py  group commit, unchanged, older
formats/ one file a format inflate.py  bounds                   report.py  the shape of every report
"""
