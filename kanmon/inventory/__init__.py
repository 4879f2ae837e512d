"""Report -> Client (PC) with packed facts and columns. Verb: record.

In comes: receipts, in the order in which they were acknowledged. Out goes: rows of each PC, and *changes*
that the judges' index follows. After a crash: receipts are marked recorded in the transaction that records
them, so a chunk is recorded once, whole, or not at all.

identify.py  which PC is it? (pure)     record.py  the operation       book.py  rows of one chunk
dictionary.py  facts and numbers    packing.py  storage format     suspected.py  a person decides
"""
