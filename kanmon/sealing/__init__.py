"""Sealed secrets: what must be readable by every node, and by nobody who only has the database or its backup.

``$KANMON_HOME/secrets/`` (0700, files 0600) is made by ``kanmon setup`` and is the same on all nodes of a cluster:

signing-key     sessions and links
data-key        AES-256 key under which secrets in the database are sealed (``store``)
agent-ca.key    the authority that certifies network agents, with agent-ca.crt

keys.py         seal and unseal under a key; no database
authority.py    makes the agents' certificate authority
store.py        secrets in the database, by name; notices a node whose data key is another one
join.py         gives the secrets to a second node, by a one-time token

After a crash: a secret is a row; a join that broke off used its token up or did not, in one transaction.
"""
