"""Speed of local messages beside the unified edition, in one run: `make bench`.

The order of one parcel of three lines, from its documents to bytes: as CEB311, and in the format of each area that
has an order of its own. Some of these hold more than the order: they are compared with all unified messages that they
stand for as well. Then the message with the form in which it is posted, where passwords are all that it takes. And
what it costs to find the facts, to check them against the profile, to read the message back, and to load the profile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files

from benchmarks.measure import Work, best_rates, in_turns, ratio, save
from customs import areas
from customs.areas.messages.parcel_facts import facts_of
from customs.areas.profile.loading import load_text
from customs.declaration import Declaration
from customs.documents import Document, ParcelDocuments, Transfer
from customs.road import build, random_guids
from customs.rules import match
from customs.tax import assess
from customs.testing import sample_parcels
from customs.testing.areas import parcel_for, sample_area
from customs.wire import write_document, write_message

ON, NOW = date(2026, 11, 11), datetime(2026, 11, 11, 8)
GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"
ROUNDS, COUNT, LINES = 9, 400, 3

UNIFIED = "CEB311"
TRANSFER = Transfer(transmitter_code="990196T001", transmitter_name="示例报关服务有限公司", dxp_id="DXPENT0000000001")


def main() -> None:
    parcel = next(each for each in sample_parcels(100, seed=5, mode="1210") if len(each.order.lines) == LINES)
    documents = built(parcel)
    held: dict[str, Document] = {
        UNIFIED: documents.order,
        "CEB411": documents.payment,
        "CEB511": documents.waybill,
        "CEB621": documents.declaration_list,
    }

    def writing(document: Document) -> Work:
        return repeat(lambda: write_message(type(document), GUID, [write_document(document)], TRANSFER))

    works: dict[str, Work] = {name: writing(document) for name, document in held.items()}
    orders: dict[str, tuple[str, ...]] = {}
    forms: dict[str, Work] = {}
    for name in areas.names():
        profile = areas.find(name)
        for message in profile.messages:
            if "order" in message.documents:
                orders[f"{name} {message.name}"] = message.stands_for
                works[f"{name} {message.name}"] = rendering(profile, message.name, parcel)
                if profile.gateway and profile.gateway.form and not sample_area(profile).missing_secrets:
                    forms[f"  and the form in which it is posted, {name}"] = rendering_in(
                        sample_area(profile), message.name, parcel
                    )
    kept = areas.find("zhejiang_jkf")
    area, local = sample_area(kept), parcel_for(parcel, kept)
    local_documents, assessment = built(local), assess(local, on=ON)
    facts = facts_of(area, local, local_documents, assessment)
    content = areas.render(area, kept.message("IMPORTORDER"), [facts], time=NOW, guid=GUID).content
    text = files("customs.areas").joinpath("profiles", "zhejiang_jkf", "profile.toml").read_text(encoding="utf-8")
    works |= forms | {
        "  facts of a parcel": repeat(lambda: facts_of(area, local, local_documents, assessment)),
        "  its check against the profile": repeat(lambda: areas.check_parcel(area, facts)),
        "  its order read back": repeat(lambda: areas.read_local(area, content), COUNT // 4),
        "  the profile loaded": repeat(lambda: load_text(text, "zhejiang_jkf", "profile.toml"), 3),
    }
    rates = best_rates(works, ROUNDS)
    print(f"\n{'order of three lines':44}{'per second':>12}{'microseconds':>15}{'to CEB311':>12}  stands for")
    for name, figure in rates.items():
        stands_for = orders.get(name, ())
        whole = f"{cost(name, stands_for, rates):6.2f} of {' + '.join(stands_for)}" if len(stands_for) > 1 else ""
        print(f"{name:44}{figure:12,.0f}{1e6 / figure:15.1f}{rates[UNIFIED] / figure:12.2f}{whole}")
    beside = whole_orders(parcel)
    print()
    for name, figure in beside.items():
        print(f"{name:44}{figure:8.2f} of the unified order, each with its facts and checks")
    save(
        "areas",
        ("pydantic", "lxml"),
        microseconds={name.strip(): round(1e6 / figure, 1) for name, figure in rates.items()},
        cost_to_CEB311={name: round(rates[UNIFIED] / rates[name], 2) for name in orders},
        cost_to_what_it_stands_for={
            name: round(cost(name, stands_for, rates), 2) for name, stands_for in orders.items()
        },
        cost_with_facts_and_checks={name: round(figure, 2) for name, figure in beside.items()},
        ratios={
            "local order with facts and checks, to the unified one, worst area": round(max(beside.values()), 3),
        },
    )


def whole_orders(parcel: Declaration) -> dict[str, float]:
    """What the order of each area costs with its facts and its checks, by the unified one with its own.

    The unified documents are built and matched, and those that the local message stands for are written. A local order
    follows them: its facts are found, checked against the profile, and written.
    """
    found = {}
    for name in areas.names():
        profile = areas.find(name)
        for message in profile.messages:
            if "order" in message.documents:
                works = {
                    "local": local_order(profile, message.name, parcel),
                    "unified": unified(parcel, message.stands_for),
                }
                spent = in_turns(works, 3 * ROUNDS)  # the first few are slower on either side
                found[f"{name} {message.name}"] = ratio(spent["local"], spent["unified"])
    return found


def local_order(profile: areas.AreaProfile, message: str, parcel: Declaration) -> Work:
    area = replace(sample_area(profile), secrets={})
    local = parcel_for(parcel, profile)
    documents, assessment, written = built(local), assess(local, on=ON), profile.message(message)

    def order() -> None:
        facts = facts_of(area, local, documents, assessment)
        tuple(areas.check_parcel(area, facts))
        areas.render(area, written, [facts], time=NOW, guid=GUID)

    return repeat(order, COUNT // 4)


def unified(parcel: Declaration, stands_for: Sequence[str]) -> Work:
    """The documents of a parcel, built and matched, and the messages that a local one stands for."""
    wanted = frozenset(stands_for or (UNIFIED,))

    def order() -> None:
        documents = built(parcel)
        tuple(match(documents))
        for each in (documents.order, documents.payment, documents.waybill, documents.declaration_list):
            if each and each.message in wanted:
                write_message(type(each), GUID, [write_document(each)], TRANSFER)

    return repeat(order, COUNT // 4)


def cost(name: str, stands_for: Sequence[str], rates: Mapping[str, float]) -> float:
    """What a local message costs, as a multiple of the unified messages that it stands for."""
    return 1 / rates[name] / sum(1 / rates[each] for each in stands_for or (UNIFIED,))


def built(parcel: Declaration) -> ParcelDocuments:
    documents, findings = build(parcel, tax=Decimal("9.10"), on=ON, app_time=NOW, guids=random_guids)
    assert documents, findings
    return documents


def rendering(profile: areas.AreaProfile, message: str, parcel: Declaration) -> Work:
    """The message of one parcel, from its facts to bytes, without the form of a gateway."""
    return rendering_in(replace(sample_area(profile), secrets={}), message, parcel)


def rendering_in(area: areas.Area, message: str, parcel: Declaration) -> Work:
    profile = area.profile
    local = parcel_for(parcel, profile)
    facts = facts_of(area, local, built(local), assess(local, on=ON))
    written = profile.message(message)
    return repeat(lambda: areas.render(area, written, [facts], time=NOW, guid=GUID))


def repeat(work: Callable[[], object], count: int = COUNT) -> Work:
    def run() -> int:
        for _ in range(count):
            work()
        return count

    return run


if __name__ == "__main__":
    main()
