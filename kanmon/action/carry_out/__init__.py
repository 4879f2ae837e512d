"""Carrying orders out: one file a kind of action. Intent is committed before, the result after."""
