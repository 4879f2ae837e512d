"""The messages to the user of a PC, for the PC's page."""

from kanmon.message.shown import of_pc

__all__ = ["of_pc"]
