"""The audit: who did what, sealed, so that a rewritten database is noticed."""
