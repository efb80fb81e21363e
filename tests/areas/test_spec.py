"""The gathered field tables of the areas and our profiles: every field, in the same order, with the same duty and
limits.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from customs import areas
from customs.areas.profile.facts import RECORDS
from customs.areas.profile.fields import FieldSpec, LocalMessage
from customs.fields import terms_of
from support import some

#: The tables and the profiles that are made of them; Shenzhen's two generations stand in one table.
PROFILES = {
    name: (name,)
    for name in (
        "beijing_ept", "changsha_ext", "chongqing_dtc", "guangzhou_880020", "guangzhou_kj", "guangzhou_nansha_ciq", "jiangxi_jkf",
        "ningbo_kjb2c", "shanghai_shcepp", "zhejiang_jkf", "zhengzhou_airport_cbec", "zhengzhou_ent", "zhengzhou_etrade",
        "tianjin_ent", "qingdao_ent", "tianjin_bh_ciq", "dalian_insp", "bc_cbe103", "nanjing_njkj", "ceb_general_2014",
    )
} | {"shenzhen_ceb": ("shenzhen_ceb301", "shenzhen_ceb311"), "tianjin_bh": ("tianjin_bh", "tianjin_bh_api")}  # fmt: skip

#: Messages that are left out: gate, loading and inbound lists, which no parcel carries.
LEFT_OUT = {"KJ881114", "KJ881116", "KJ881103"}

#: Names that differ: of the table, ours.
RENAMED = {"ENT311 direct": "ENT311_direct", "pushOrder": "O", "CEB301Message": "CEB301", "CEB311Message": "CEB311"}

#: Rows that stand for several fields or for those of the standard.
NO_FIELDS = ("spt05..spt30", "spt02..spt30", "(unified OrderHead)", "(unified OrderList)")

#: Rows of what is no element: attributes of the root, and parameters of a form.
OUTSIDE = ("@", "(form)")

DUTIES = {
    "yes": "required",
    "no": "optional",
    "conditional": "conditional",
    "seen in every implementation read": "observed",
    "seen": "observed",
}

#: Where we ask for more or less than the table, and why.
OTHER_DUTY = {
    ("guangzhou_kj", "BillNo"): "the note asks for it in direct mode",
    ("guangzhou_kj", "VoyageNo"): "the note asks for it in direct mode",
    ("jiangxi_jkf", "goodsItemNo"): "asked for by account books of the second generation",
    ("changsha_ext", "N_CAR_IO_KEY_COUNT"): "a constant",
    ("shenzhen_ceb311", "MessageType"): "a constant",
    ("shenzhen_ceb311", "ReceiverID"): "a constant",
    ("shenzhen_ceb311", "Version"): "a constant",
    ("zhengzhou_airport_cbec", "UNIT2"): "goods with one statutory unit have none",
    ("zhengzhou_airport_cbec", "AMOUNT2"): "goods with one statutory unit have none",
    ("zhengzhou_ent", "transtionname"): "bonded parcels have no transport with a number",
    ("zhengzhou_ent", "wbcountcode"): "bonded parcels have no bill of lading",
    ("zhengzhou_ent", "wbpccond"): "one client writes the day: no batch number is asked for",
    **{
        ("tianjin_ent", name): "the client leaves it empty, and no meaning is known"
        for name in (
            "mainDeclNo", "combineFlag", "orderNum", "declCount", "orderCount", "billCount", "paymentCount", "consigneeNo",
            "consigneeEname", "consinorNo", "consignorEname",
        )
    },
    **{("tianjin_ent", name): "goods with one statutory unit have none" for name in ("qty2", "unit2")},
    **{
        ("dalian_insp", name): "the unified edition lets it be empty"
        for name in ("batchNumbers", "consigneeDitrict", "note", "itemDescribe", "barCode")
    },
    ("bc_cbe103", "V_SHIPPERPCODE"): "empty in the sample: senders abroad have none",
    **{
        ("zhengzhou_ent", name): "the client leaves it empty, and no meaning is known"
        for name in ("QYKA_CODE", "QYKA", "RJKA", "PACK_TYPE_NAME", "TRANS_NAME", "TRANS_NO")
    },
    **{
        ("zhengzhou_airport_cbec", name): "no meaning is known"
        for name in (
            "OTHERFEE", "WASTERORNOTINSP", "REMARKSINSP", *(f"{kind}FIELD{at}" for kind in ("EXTEND", "RESERVED") for at in range(1, 6)),
        )
    },
}  # fmt: skip


def our_message(table: str, local: str) -> tuple[str, LocalMessage] | None:
    name = RENAMED.get(local) or RENAMED.get(local.split()[0], local.split()[0])
    for profile in PROFILES[table]:
        for message in areas.find(profile).messages:
            if message.name == name:
                return profile, message
    assert name in LEFT_OUT, f"{table} {name} is not ours"
    return None


def fields_of(message: LocalMessage) -> dict[str, FieldSpec]:
    return {f"{section.path}/{spec.name}".lstrip("/"): spec for section in message.sections for spec in section.fields}


def rows_of(message: dict[str, Any], root: str) -> list[tuple[str, dict[str, Any]]]:
    rows = []
    for row in message["fields"]:
        path = re.sub(r"^(\(root\)/?|data/)", "", row["path"].replace("[]", ""))
        if not path.endswith(NO_FIELDS) and not path.startswith(OUTSIDE):
            rows.append((path.removeprefix(f"{root}/") if root else path, row))
    return rows


@pytest.mark.parametrize("table", PROFILES)
def test_a_profile_has_every_field_of_the_table_with_its_duty_and_limits(table: str, facts: Path) -> None:
    data = json.loads((facts / "areas" / "profiles" / f"{table}.json").read_text(encoding="utf-8"))
    ours_too = [(told, found) for told in data["messages"] if (found := our_message(table, told["local_message"]))]
    for told, found in some(ours_too):
        profile, message = found
        ours, rows = fields_of(message), rows_of(told, message.root)
        assert [path for path, _ in rows if path not in ours] == []
        if profile != "shanghai_shcepp":  # keys of JSON have no order; ours is that of the sample
            assert [path for path in ours if path in dict(rows)] == [path for path, _ in rows], message.name
        assert told.get("max_batch", message.batch) == message.batch
        for path, row in some(rows):
            spec, where = ours[path], (profile, path.rpartition("/")[2])
            assert same_duty(row["required"], spec) or where in OTHER_DUTY, (
                message.name,
                path,
                row["required"],
                spec.need,
            )
            if row["type"] != "integer" and where != (
                "guangzhou_kj",
                "PackNum",
            ):  # whole numbers are limited by their digits as texts
                assert (spec.most, spec.digits, spec.scale) == (
                    row.get("max_length"),
                    row.get("digits"),
                    row.get("scale"),
                ), path


#: Tables that name attributes of the root.
ATTRIBUTED = ("zhengzhou_ent", "tianjin_ent", "qingdao_ent")


@pytest.mark.parametrize("table", ATTRIBUTED)
def test_a_message_has_every_attribute_of_the_table(table: str, facts: Path) -> None:
    data = json.loads((facts / "areas" / "profiles" / f"{table}.json").read_text(encoding="utf-8"))
    ours_too = [(told, found) for told in data["messages"] if (found := our_message(table, told["local_message"]))]
    for told, (_, message) in some(ours_too):
        named = {row["path"] for row in told["fields"] if row["path"].startswith("@")}
        assert {f"@{name}" for name in message.attributes} >= named, message.name


def same_duty(told: str, spec: FieldSpec) -> bool:
    duty = DUTIES[told]
    if duty == "conditional":  # where the condition is published it stands in `when`, elsewhere nothing is asked for
        return spec.when is not None or spec.empty_when is not None or spec.need in ("optional", "unknown")
    return (spec.need == duty and (duty != "required" or spec.when is None)) or (
        duty == "optional" and spec.need == "unknown"
    )


#: Where a field draws on another fact than the unified field that the table names, and why.
OTHER_FACT: dict[str | tuple[str, str], str] = {
    "appType": "stands once in the parcel",
    "appStatus": "stands once in the parcel",
    "appTime": "stands once in the message, or is that of the unified document",
    "BaseTransfer": "the payment company declares by itself; in Changsha the note is the trade mode",
    "LogisticsStatus": "a state is no fact of a declaration: given as a local fact",
    "InvtCancel.reason": "no fact of a declaration: given as a local fact",
    "InvtRefundHead": "no fact of a declaration: given as a local fact",
    "311.OrderHead.orderType": "always import",
    ("jkf", "orderTotalAmount"): "the published formula: goods + tax + freight + insurance, without discount",
    ("jkf", "inOutDateStr"): "has the time of day, which the unified day lacks",
    ("kj", "TransNo"): "asked for in bonded import too, where the unified edition wants none",
    ("kj", "DestinationCountry"): "asked for in bonded import too, where the unified edition has China",
    ("kjb2c", "PostFee"): "without the insurance, which has a field of its own",
    ("kjb2c", "ProductId"): "the number of the platform's goods record",
    ("kjb2c", "ConsigneeAddr"): "the street alone, the place has fields of its own",
    ("etrade", "logisticsNo"): "allocated by the platform afterwards",
    ("tianjin_bh_ciq", "DECL_NO"): "the platform's own number",
    ("dalian_insp", "guid"): "the client makes a number of its own, which is no UUID",
    ("dalian_insp", "ExtendMessage/name"): "a placeholder in the client, set once",
    ("dalian_insp", "ExtendMessage/version"): "a placeholder in the client, set once",
    ("bc_cbe103", "V_CONSIGNEEDISTRICT"): "empty in the sample: the code stands in V_RECIPIENTPCODE",
    **{
        ("ceb_general_2014", name): "an export has it, and no declaration of this library"
        for name in (
            "consigneeCountry",
            "/country",
            "ownerCode",
            "ownerName",
            "destinationPort",
            "freightCurr",
            "freightMark",
            "insureFeeCurr",
            "insureFeeMark",
        )
    },
    ("ceb_general_2014", "trafName"): "the export's word for the transport",
    ("ceb_general_2014", "LogisticsHead/weight"): "the gross weight of the waybill, which import calls weight",
    ("tianjin_bh_api", "originCountry"): "a code of the platform's own table",
    ("tianjin_bh", "FORM_ID"): "the platform's own number",
    ("tianjin_bh", "I_E_DATE"): "has the time of day, which the unified day lacks",
    ("tianjin_bh", "D_DATE"): "has the time of day, which the unified day lacks",
    ("tianjin_bh", "CONSIGNEE_ADDR"): "province and city stand before the address",
    ("tianjin_bh", "LICENSE_NO"): "the client writes the supervision place",
    ("zhengzhou_ent", "payTrCsactionId"): "no client sends it; the number stands in paynumber",
    ("zhengzhou_ent", "taxfee"): "the tax of before 2016, which no parcel of the law has",
    ("zhengzhou_ent", "taxedenterprise"): "no client sends it",
}


def wire_names(name: str) -> set[str | None]:
    """The wire names of the standard's field behind a source."""
    section, _, field = name.partition(".")
    return {
        term.wire for record in RECORDS.get(section, ()) for python, term in terms_of(record).items() if python == field
    }


@pytest.mark.parametrize("table", PROFILES)
def test_a_field_that_the_unified_edition_has_too_comes_from_the_same_fact(table: str, facts: Path) -> None:
    data = json.loads((facts / "areas" / "profiles" / f"{table}.json").read_text(encoding="utf-8"))
    ours_too = [(told, found) for told in data["messages"] if (found := our_message(table, told["local_message"]))]
    compared = 0
    for told, found in ours_too:
        ours = fields_of(found[1])
        for path, row in rows_of(told, found[1].root):
            unified = row["unified"]
            if unified == "none" or path not in ours:
                continue
            compared += 1
            same = ours[path].from_ is not None and unified.rpartition(".")[2] in wire_names(ours[path].from_ or "")
            explained: list[object] = [why for why in OTHER_FACT if isinstance(why, str) and why in unified]
            explained += [
                why for why in OTHER_FACT if not isinstance(why, str) and why[0] in found[0] and path.endswith(why[1])
            ]
            assert same or explained, (found[1].name, path, unified, ours[path].from_)
    assert compared
