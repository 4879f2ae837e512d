"""People, their roles, and tokens of the API."""

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.models import Session
from django.db import models


class Role(models.TextChoices):
    """What a person may do; see permission.py."""

    ADMINISTRATOR = "administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    VIEWER = "viewer"
    AUDITOR = "auditor"


class User(AbstractUser):
    """A person who signs in to the console."""

    role = models.CharField(max_length=30, choices=Role.choices, default=Role.VIEWER)
    groups_only = models.JSONField(null=True, default=None, blank=True)  # ids of groups; None: the whole system
    language = models.CharField(max_length=5, default="", blank=True)
    time_zone = models.CharField(max_length=60, default="", blank=True)
    single_keys = models.BooleanField(default=True)  # whether keys without Ctrl do something
    pc_columns = models.JSONField(null=True, default=None, blank=True)  # names of columns; None: the usual ones

    class Meta:
        db_table = "person"


class Invitation(models.Model):
    """A one-time link by which a person makes their account, or ``person`` sets a password; kept as SHA-256."""

    id = models.AutoField(primary_key=True)
    digest = models.BinaryField(max_length=32, unique=True)
    role = models.CharField(max_length=30, choices=Role.choices)
    groups_only = models.JSONField(null=True, default=None)
    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, default=None)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150, default="", db_default="")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "invitation"


class ApiToken(models.Model):
    """A token for the API, kept as SHA-256."""

    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=100, unique=True)
    digest = models.BinaryField(max_length=32, unique=True)
    role = models.CharField(max_length=30, choices=Role.choices)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150, default="")
    groups_only = models.JSONField(null=True, default=None)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_token"


class Kept(models.Model):
    """What all nodes remember for a while; see kept.py. ``value`` is JSON."""

    key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "kept"


class SessionUse(models.Model):
    """What is shown of a session in which somebody is signed in; it goes with the session. See sessions.py."""

    id = models.AutoField(primary_key=True)
    session = models.OneToOneField(Session, on_delete=models.CASCADE)
    person = models.ForeignKey(User, on_delete=models.CASCADE)
    since = models.DateTimeField()
    used_at = models.DateTimeField()
    address = models.CharField(max_length=64)
    browser = models.CharField(max_length=30)
    system = models.CharField(max_length=30)

    class Meta:
        db_table = "session_use"
