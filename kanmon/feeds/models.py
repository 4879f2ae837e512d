"""Tables of feeds: what each feed says now, and all knowledge that there ever was."""

from django.db import models


class FeedUpload(models.Model):
    """The bytes of a feed between their sending and the end of their import."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=200)
    body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "feed_upload"


class PatchFeed(models.Model):
    """A feed of updates as it was imported last. ``body``: packed ``patches_collect.Body``."""

    name = models.CharField(max_length=60, primary_key=True)
    format = models.CharField(max_length=10)
    dated = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=150, default="")
    rows = models.IntegerField()
    used = models.IntegerField()
    updates = models.IntegerField()
    body = models.BinaryField()

    class Meta:
        db_table = "patch_feed"


class PatchKnowledge(models.Model):
    """All feeds together as they were after an import. Never changed; ``body``: packed ``patches.Knowledge``."""

    id = models.BigAutoField(primary_key=True)
    made_at = models.DateTimeField(db_index=True)
    feeds = models.JSONField()
    body = models.BinaryField()

    class Meta:
        db_table = "patch_knowledge"


class VulnerabilityFeed(models.Model):
    """A feed of security holes as one import left it. Rows are never changed but for ``superseded_at``, the time at which
    a newer one of the same name took its place. ``body``: packed ``holes.Feed``.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60, db_index=True)
    format = models.CharField(max_length=10)
    covers = models.JSONField()
    dated = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=150, default="")
    records = models.IntegerField()
    used = models.IntegerField()
    holes = models.IntegerField()
    superseded_at = models.DateTimeField(null=True, db_index=True)
    body = models.BinaryField()

    class Meta:
        db_table = "vulnerability_feed"
