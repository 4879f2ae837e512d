"""A slim Manager for the fault campaign: journal and database only, ready in 0.3 s.

Everything that the campaign is about is the product's own: worker, lease, term, trust window, take-over, log. Small
kinds of work stand where inventory, judgment and action are: chunks of rows, a chain of operations, and one effect
of each shape that the journal promises something of. What effects reach (a mail server, a ledger) lives in the
process of the test, outside of what is killed.

``python -m tests.failover.slim`` runs one; the environment says the rest:

KANMON_HOME, KANMON_NODE, KANMON_DATABASE_URL    as for a Manager
SLIM_LEDGER, SLIM_MAIL                           Unix sockets of the ledger and of the mail server
SLIM_TTL                                         seconds of the lease (PostgreSQL)
SLIM_JITTER                                      a seed: fault points sometimes wait a moment, which widens races
SLIM_TRACE                                       a file that gets the name of each fault point when it is first passed
SLIM_DEFECT                                      a defect to plant, see defects.py
"""
