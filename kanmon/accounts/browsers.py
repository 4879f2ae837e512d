"""Browser and system in words, from what a browser says of itself. Anybody can send anything: it is for reading only."""

UNKNOWN = ""
_BROWSERS = (  # each says that it is those below it, too
    ("Edg", "Microsoft Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Firefox/", "Firefox"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


def browser(user_agent: str) -> str:
    """The name of the browser; "" when it is none that is known."""
    return next((name for mark, name in _BROWSERS if mark in user_agent), UNKNOWN)


def system(user_agent: str) -> str:
    """The name of the system that it runs on; "" when it is none that is known."""
    return next((name for mark, name in _SYSTEMS if mark in user_agent), UNKNOWN)
