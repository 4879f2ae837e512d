"""Tables of settings that are kept here."""

from django.db import models


class KeptSetting(models.Model):
    """The value of one setting, as JSON of the type that ``common.config`` gives it."""

    name = models.CharField(max_length=100, primary_key=True)
    value = models.JSONField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)

    class Meta:
        db_table = "kept_setting"
