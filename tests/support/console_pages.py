"""The pages of the console (控制台页面清单): those that are asked for by GET, and the right that each needs."""

from customs.hub.web.roles import ConsoleRight

#: Every page that is asked for by GET, and the right that it needs; a room adds its pages here.
CONSOLE_PAGES = (
    ("/", ConsoleRight.LOOK),
    ("/orders", ConsoleRight.LOOK),
    ("/orders?stage=declared", ConsoleRight.LOOK),
    ("/orders?node=released", ConsoleRight.LOOK),
    ("/ORDER", ConsoleRight.LOOK),
    ("/alarms", ConsoleRight.LOOK),
    ("/alarms?state=closed", ConsoleRight.LOOK),
    ("/reports", ConsoleRight.LOOK),
    ("/reports?every=month&edition=warehouse", ConsoleRight.LOOK),
    ("/cases", ConsoleRight.CASES),
    ("/cases?tab=unassigned&class=declaration", ConsoleRight.CASES),
    ("/cases/new", ConsoleRight.CASES_CHANGE),
    ("/knowledge", ConsoleRight.LOOK),
    ("/knowledge?asked=1313", ConsoleRight.LOOK),
    ("/knowledge/new", ConsoleRight.CASES_CHANGE),
    ("/procedures", ConsoleRight.CASES),
    ("/reports/support?every=week", ConsoleRight.CASES),
    ("/quota", ConsoleRight.QUOTA),
    ("/goods", ConsoleRight.GOODS),
    ("/goods?sku=none", ConsoleRight.GOODS),
    ("/goods/upload", ConsoleRight.GOODS_CHANGE),
    ("/books", ConsoleRight.GOODS),
    ("/books/T3111W000076", ConsoleRight.GOODS),
    ("/bills", ConsoleRight.FINANCE),
    ("/bills/months/2026-11", ConsoleRight.FINANCE),
    ("/bills/guarantee", ConsoleRight.FINANCE),
    ("/districts", ConsoleRight.LOOK),
    ("/people", ConsoleRight.PEOPLE),
    ("/audit", ConsoleRight.AUDIT),
)
