"""A typed client of the API, for programs in Python. It needs the standard library only, and nothing else of Kanmon.

``shapes`` and ``operations`` are made from the OpenAPI document by ``tools/make_client.py``: a method for each
operation, named by its method and path. Lists are iterated to their end, changes are done once however often they had
to be sent, and refusals are raised as ``Problem``.
"""

from kanmon.apiclient.operations import Operations
from kanmon.apiclient.transport import Problem, Unreachable


class Client(Operations):
    """``Client("https://kanmon.example.org:8443", token="kna_...")``."""


__all__ = ["Client", "Problem", "Unreachable"]
