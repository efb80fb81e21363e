"""Areas (关区): how each customs area wants its messages. An area is a profile; what is data stands in its folder.

>>> find("unified").messages
('CEB311', 'CEB411', 'CEB511', 'CEB621')
"""

from customs.areas.profile import AreaProfile, UnknownAreaError, find

__all__ = ["AreaProfile", "UnknownAreaError", "find"]
