"""Fictitious settings and local facts (虚构设置) for any area, so that its messages can be tried without its platform.

>>> from customs import areas
>>> area = sample_area(areas.find("ningbo_kjb2c"))
>>> sorted(area.parameters)
['order_shop', 'oto_shop', 'payment_merchant_no', 'user_id']
>>> from customs.testing import sample_parcels
>>> parcel = parcel_for(next(sample_parcels(1, seed=7, mode="1210")), area.profile)
>>> parcel.local["consignee_city"], parcel.clearance.customs_code
('示例', '3105')
"""

from datetime import date

from customs import areas
from customs.areas import Area, AreaProfile
from customs.areas.profile.base import FactKind
from customs.areas.profile.conversions import codes_of
from customs.areas.profile.facts import Fact, fact_named
from customs.codes.named import CHINA
from customs.declaration import Declaration
from customs.fields.money import exactly

#: A fictitious text of each kind of fact.
_TEXTS: dict[FactKind, str] = {
    "text": "示例", "decimal": "1.5", "count": "1", "moment": "20261111000005", "day": "20261112",
}  # fmt: skip

#: Fictitious texts of facts that have a form, shared ones and those of single areas.
_OWN = {
    "sender_country": "116", "sender_telephone": "00000000", "sender_district": "330110", "sender_postcode": "000000",
    "recipient_id_type": "1", "recipient_id_number": "110101180001010015", "consignee_postcode": "000000", "authorised": "1",
    "dispatch_country": "116", "delivery_status": "S", "gift": "0", "area_unit": "011", "package_kind": "4M", "postal_tax_no": "01010000",
    "trade_country": "116", "inspection_no": "ICIP000000000000001", "customs_goods_no": "000001", "platform_goods_no": "310520260000000001",
}  # fmt: skip


def sample_area(profile: AreaProfile) -> Area:
    """The area with settings that are made up from its profile: parameters without a default, numbers for the
    enterprises of ``sample_parcels``, passwords, serial numbers from 1. Keys are not made up: give your own to
    ``areas.configure``.
    """
    parameters = {
        name: parameter.example or next(iter(parameter.values), "") or "TEST"[: _shortest(profile, f"parameter.{name}")]
        for name, parameter in profile.parameters.items()
        if parameter.default is None
    }
    return areas.configure(
        profile,
        parameters=parameters,
        companies={
            code: {numbering: _number(profile, numbering, at) for numbering in profile.numberings}
            for at, code in enumerate(_COMPANIES.values(), 1)
        },
        secrets=_texts(profile),
        serials=areas.counting(),
        beside=[sample_area(areas.find(name)) for name in profile.beside],
    )


def _texts(profile: AreaProfile) -> dict[str, str]:
    """A made-up text for every secret that is a password, not a key."""
    keys = {step.secret for step in profile.gateway.all_steps} if profile.gateway else set()
    return {name: f"fictitious {name}" for name in profile.secrets if name not in keys}


#: The credit codes of the enterprises in ``sample_parcels``, and the customs codes that local platforms know: of no
#: real district.
_COMPANIES = {
    credit: f"990196T{at:03}"
    for at, credit in enumerate(
        (
            "91000000000000001N", "91000000000000002R", "91000000000000003W", "910000000000000040", "910000000000000053",
            "910000000000000066",
        ),
        1,
    )
}  # fmt: skip


def _number(profile: AreaProfile, numbering: str, at: int) -> str:
    """The number of an enterprise in a numbering: the example of the profile with another end, or digits that fit the
    shortest field.
    """
    if example := profile.numberings[numbering].example:
        return f"{example[:-1]}{at}"
    lengths = [spec.most for _, spec in profile.fields() if spec.numbering == numbering and spec.most]
    return str(at).zfill(min([*lengths, 10]))


def _shortest(profile: AreaProfile, name: str) -> int:
    return min((spec.most for _, spec in profile.fields() if spec.from_ == name and spec.most), default=20)


@exactly
def parcel_for(declaration: Declaration, profile: AreaProfile) -> Declaration:
    """The parcel at an office of the area, its enterprises under customs codes of ten characters, with made-up texts
    for every local fact that messages and rules ask for.
    """
    parcel, goods = _asked_for(profile)
    lines = tuple(
        line.model_copy(
            update={
                "local": {**{each.field: _text(each, profile) for each in goods}, **(line.local or {})} or None,
                "trade_country": line.trade_country or line.origin_country,
            }
        )
        for line in declaration.order.lines
    )
    order = declaration.order.model_copy(update={"lines": lines})
    bonded = declaration.clearance.trade_mode != "9610"
    own = {"sender_country": CHINA} if bonded and "local.sender_country" in {each.name for each in parcel} else {}
    local = {**{each.field: _text(each, profile) for each in parcel}, **own, **(declaration.local or {})}
    at = next((code for code in sorted(profile.sites or profile.districts)), declaration.clearance.customs_code)
    clearance = declaration.clearance.model_copy(
        update={
            "entry_day": declaration.clearance.entry_day or date(2026, 11, 11),
            "customs_code": at,
            "port_code": at,
            "site_code": declaration.clearance.site_code or f"{at}01",
        }
    )
    codes = {name: _COMPANIES.get(code, code) for name, code in declaration.parties.__dict__.items()}
    parties = declaration.parties.model_copy(update=codes)
    return declaration.model_copy(
        update={"parties": parties, "order": order, "clearance": clearance, "local": local or None}
    )


def _asked_for(profile: AreaProfile) -> tuple[list[Fact], list[Fact]]:
    """The local facts that messages and rules draw on, of the parcel and of its lines."""
    names = [name for _, spec in profile.fields() for name in spec.facts if spec.template is None]
    names += [name for rule in profile.rules for name in rule.all_given or ()]
    local = dict.fromkeys(name for name in names if name.section == "local")
    goods = dict.fromkeys(name for name in names if name.section == "goods")
    return [fact_named(name, profile) for name in local], [fact_named(name, profile) for name in goods]


def _text(found: Fact, profile: AreaProfile) -> str:
    text = _OWN.get(found.field, _TEXTS[found.kind])
    if found.values and text not in found.values:
        text = found.values[0]
    specs = [spec for _, spec in profile.fields() if spec.from_ == found.name or spec.or_ == found.name]
    for spec in specs:
        if spec.code_map is not None:
            known = codes_of(profile.code_maps[spec.code_map])[0]
            return next((each for each in (text, "116") if each in known), next(iter(known)))
    shortest = min([spec.most for spec in specs if spec.most] or [len(text)])
    return text[:shortest]
