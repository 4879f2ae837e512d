"""Django's settings of the slim process: the product's database, and the journal's tables alone."""

from kanmon import settings as product

SECRET_KEY = "slim"
DATABASES = product.DATABASES
DEFAULT_AUTO_FIELD = product.DEFAULT_AUTO_FIELD
INSTALLED_APPS = ["kanmon.journal", "tests.failover.slim.sealing.SealedAudit", "tests.failover.slim"]
USE_TZ = True
LOGGING_CONFIG = None
