"""The console: pages for people, from server templates and htmx.

A request comes in at ``urls.py``; a view of ``views/`` asks ``read`` for what the page shows (values of
``shown.py``) and renders one template. A view that changes something is a POST and calls ``change.py``,
which begins an operation under the form's one-time key: sent twice, it is done once. Nothing here decides
anything about a PC.
"""
