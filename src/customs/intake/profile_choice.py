"""The profile of an order (订单适用的企业档案): chosen by its shop, and by what else the row says where a shop has several."""

from customs.intake.column_names import SHOP, term_of_path
from customs.intake.draft import Draft, WrittenAt, same, shown_cell
from customs.intake.profile import Profile
from customs.rules import catalogue

#: Values of a row that tell the profiles of one shop apart.
TELL_APART = ("clearance.trade_mode", "clearance.customs_code", "parties.merchant_code")


def chosen_profile(draft: Draft) -> Profile | None:
    """Return the profile of an order, None if there is none; where it cannot be told, a finding says so."""
    profiles = draft.intake.profiles
    shop = draft.values.get(SHOP)
    if SHOP in draft.broken:
        draft.not_given = _paths(profiles)
        return None
    found = [each for each in profiles if shop is None or shop == each.name or shop in each.shops]
    if len(found) > 1:
        found = [each for each in found if _agrees(draft, each)] or found
    if len(found) > 1 and shop is None:
        found = [each for each in found if each.default] or found
    if len(found) == 1 or not profiles:
        return found[0] if found else None
    draft.not_given = _paths(profiles)
    known = ", ".join(dict.fromkeys(name for each in profiles for name in (each.shops or (each.name,))))
    column = draft.intake.columns.at(SHOP)
    origin: WrittenAt = draft.origins.get(SHOP) or (
        draft.order.rows[0].number,
        column.index if column else draft.intake.numbered,
    )
    if shop is not None and not found:
        text = shown_cell(str(shop))
        shown = (f"“{text}”", f" {text}") if text else ("", "")
        finding = catalogue.SHOP_UNKNOWN.at(SHOP, shown_zh=shown[0], shown=shown[1], known=known)
    else:
        finding = catalogue.SHOP_ABSENT.at(SHOP, known=known)
    draft.breaks(SHOP, finding, origin)
    return None


def add_profile(draft: Draft, profile: Profile) -> None:
    """Add the values of a profile that hold for the whole order; those of lines follow with each line."""
    values, origins = draft.values, draft.origins
    for path, value in profile.of_order.items():
        if path not in values:
            values[path] = value
            origins[path] = profile, path
        elif not same(values[path], value, term_of_path(path)):
            draft.differ(path, (value, (profile, path)), (values[path], origins[path]))


def _agrees(draft: Draft, profile: Profile) -> bool:
    """True if nothing that a row says of the way of declaring contradicts a profile."""
    given = ((draft.values.get(path), profile.values.get(path)) for path in TELL_APART)
    return all(one is None or other is None or one == other for one, other in given)


def _paths(profiles: tuple[Profile, ...]) -> frozenset[str]:
    return frozenset(path for each in profiles for path in each.values)
