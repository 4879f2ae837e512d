"""Verdicts -> Orders. Verb: decide.

In comes: the levels of PCs and for how long they have stood. Out goes: orders, each with an operation of its own, and a
sentence for what is not ordered. After a crash: what was done is written in the transaction that writes the orders, so
that the next decision knows; an order is carried out once, or again with the same mark.

deciding.py       who is due, and why not (pure)          decide.py     the operation: reads, decides, writes
people.py         who is at a level, and how long         book.py       what was done, asked, and is in force
acting.py         what a decision was begun with          caps.py       how many PCs an hour, by kind
asked.py          about whom a person is asked            question_mail.py   and the mail that says so
withheld.py       what was due and not ordered            hold.py       the switch that holds everything
explain.py        why something is not done to one PC     orders.py     what is decided, written down in full
wanted.py         what a decision hands on                models.py     tables
deliveries.py     what was not delivered, and once more   notifiers/    one file a receiver of events
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
