"""People, roles and API tokens. No stage imports this; the faces ask ``permission.may``.

Secrets are kept as SHA-256 only: tokens have 256 random bits, so a slow hash adds nothing; passwords are
hashed by Django.
"""
