"""Tables of what people keep of their searches."""

from django.db import models


class SavedSearch(models.Model):
    """A search with a name. ``owner``: the person (id) who sees it; with ``shared``, everybody does."""

    id = models.BigAutoField(primary_key=True)
    owner = models.BigIntegerField(db_index=True)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=6000)  # of an address, as ``asked.Asked.as_query`` gives it
    shared = models.BooleanField(default=False, db_index=True)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "saved_search"
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_search_name")]
