"""The remediation page: what a PC in quarantine is shown, on a listener of its own, without sign-in.

    a request  ->  address.py   where it really comes from (a proxy is believed only when the settings name it)
               ->  who.py       whose PC that is: by sightings, list and inventory; or by a signed link. Never guessed
               ->  state.py     what holds for it: network, level, what is wrong, whether a check is under way
               ->  page.py      HTML in English or Japanese; words.py has the words, steps*.py how to mend, step by step
    check again ->  again.py    judges that PC at once, and asks its inventory program for a new inventory

listener.py is the application; limits.py keeps one address from taking it from all others. It reads what other stages have
written, and changes one thing only: it begins a judgment (``network/recheck.py`` has the limits). What becomes of the
network is decided by the action policy, as after every judgment.

After a crash there is nothing to recover: what was asked for is an operation and a row.
"""
