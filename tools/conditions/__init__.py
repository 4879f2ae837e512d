"""What the reference says of each condition, beside what the code says: one file an item.

``ABOUT`` has all of them in the order of the pages. What can be told by the code is (titles, sentences, default levels and
treatments): each entry carries three small PCs, which are judged when the page is made, and the page is not made
when one of them comes out otherwise than it says.
"""

from tools.conditions import antivirus, inventory, settings, settings_more, software, updates
from tools.conditions.about import About

ABOUT: tuple[About, ...] = (
    *updates.ABOUT,
    *antivirus.ABOUT,
    *software.ABOUT,
    *settings.ABOUT,
    *settings_more.ABOUT,
    *inventory.ABOUT,
)
