"""Secrets under the data key, and invitations of nodes. What is here is worth nothing without the home's secrets."""

from django.db import models


class Secret(models.Model):
    """One sealed value, see ``keys.seal``; ``name`` is authenticated with it."""

    name = models.CharField(max_length=200, primary_key=True)
    sealed = models.BinaryField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "secret"


class NodeInvitation(models.Model):
    """A one-time token by which a second node gets the secrets: a public mark, and the sealed key that it yields."""

    mark = models.CharField(max_length=64, primary_key=True)
    sealed_key = models.BinaryField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150, default="")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.CharField(max_length=100, default="")

    class Meta:
        db_table = "node_invitation"
