"""How fast Kanmon is, and beside what: run by ``python -m bench``. See README.md.

report.py   rows, table, JSON        homes.py      homes that are thrown away, a real Manager
agents.py   bodies of agents         intake.py group_commit.py recording.py judging.py judge_memory.py   the benches
"""
