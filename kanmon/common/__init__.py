"""What every stage may use: clock, messages, errors, settings, log, fault points, the table of fact classes.

Standard library only, no Django, no I/O at import. Nothing here knows any stage.
"""
