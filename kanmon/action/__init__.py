"""Verdicts -> Orders. Verb: decide.

In comes: verdicts that nobody has decided on yet. Out goes: orders, each with an operation of its own, or a
sentence why nothing is done. After a crash: deciding marks the verdicts in the transaction that writes the
orders, so a verdict is decided once; an order is carried out once, or again with the same mark.

decide.py         the operation, and the pure decision    orders.py     what is decided, written down in full
wanted.py         what a decision hands on                models.py     tables
texts.py          rows about PCs, links, levels in words  mail_text.py  subject, text and HTML of a mail
mail_builtin.py   the texts when a policy gives none      mail_table.py the PCs as text, HTML and CSV
user_text.py      what is wrong with one PC               preview.py    a mail that is only shown
mail_groups.py    addresses under a name                  mail_users.py addresses of users
digest.py         mails that are collected
webhook_body.py   the JSON of a webhook                   targets.py    receivers of webhooks, as the settings say
command/          programs that policies run: what may be run, its files, its supervisor
history/          what was judged and done, for every face; retention.py: how long it is kept
carry_out/        one file a kind of action; line.py: connections that can be cut, attempt.py: may it be a repeat
"""
