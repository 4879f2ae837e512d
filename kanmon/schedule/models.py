"""Tables of schedules."""

from django.db import models


class Schedule(models.Model):
    """A time table. ``ticked_at``: the newest tick that was dealt with, done or left out."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=100, unique=True)
    cron = models.CharField(max_length=100)
    zone = models.CharField(max_length=60, default="")  # empty: server.time_zone
    groups = models.JSONField(default=list)  # ids; none: all PCs
    skip_unchanged = models.BooleanField(default=False)
    author = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    ticked_at = models.DateTimeField()

    class Meta:
        db_table = "schedule"
