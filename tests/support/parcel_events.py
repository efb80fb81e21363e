"""Events of one fictitious parcel: submissions and answers, with the state that the standard gives to each code."""

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from hypothesis import strategies as st

from customs.codes.errors import error_of, is_error, state_of_error
from customs.codes.states import State, state_of_status, state_of_tax_status
from customs.documents import MESSAGES, Answer, BusinessKey, Receipt
from customs.fields import terms_of
from customs.receipts.state import Event, ParcelState, Submitted

EIGHT = datetime(2026, 11, 11, 8)

#: What each document of the parcel is named by.
FIELDS: dict[str, tuple[tuple[str, str], ...]] = {
    "CEB311": (("platform_code", "P1"), ("order_no", "O1")),
    "CEB411": (("payment_company_code", "Y1"), ("payment_no", "Z1")),
    "CEB511": (("carrier_code", "L1"), ("waybill_no", "W1")),
    "CEB621": (("declarant_code", "D1"), ("internal_no", "C1")),
    "CEB623": (("declarant_code", "D1"), ("internal_no", "C2")),
    "CEB625": (("declarant_code", "D1"), ("internal_no", "C3")),
    "CEB711": (("site_operator_code", "S1"), ("internal_no", "C4")),
    "CEB603": (("declarant_code", "D1"), ("internal_no", "C5")),
    "CEB605": (("declarant_code", "D1"), ("internal_no", "C6")),
    "CEB213": (("declarant_code", "D1"), ("internal_no", "C7")),
}

#: The receipt of each document.
RECEIPTS = {
    kind.answers: name
    for name, kind in reversed(MESSAGES.items())
    if issubclass(kind, Receipt) and kind.status_field == "return_status"
}


def at(minutes: float) -> datetime:
    return EIGHT + timedelta(minutes=minutes)


def submitted(document: str = "CEB621", minutes: float = 0, guid: str = "G1", **more: Any) -> Submitted:
    key = BusinessKey(document, FIELDS[document])
    given: dict[str, Any] = {"key": key, "guid": guid, "app_time": at(minutes)}
    return Submitted(**given | more)


def said(document: str, code: str, minutes: float | None = 1, text: str = "", guid: str = "", **more: Any) -> Answer:
    """An answer of the unified edition to a document of the parcel."""
    receipt = RECEIPTS[document]
    kind = MESSAGES[receipt]
    assert issubclass(kind, Receipt)
    export = kind.flow == "export"
    positive = state_of_status(code, application=kind.of_application)
    state = state_of_error(code, export=export) if is_error(code) else positive
    given: dict[str, Any] = {
        "authority": "customs",
        "key": BusinessKey(document, FIELDS[document]),
        "state": state,
        "code": code,
        "receipt": receipt,
        "error": error_of(code, export=export),
        "at": None if minutes is None else at(minutes),
        "texts": (text,) if text else (),
        "submitted": guid,
    }
    return Answer(**given | more)


def bill(code: str, minutes: float = 5, list_no: str = "I1", receipt: str = "CEB816") -> Answer:
    """A status of the tax bill."""
    key = BusinessKey("CEB621", (("list_no", list_no), ("tax_bill_no", f"{list_no}_0")))
    state = state_of_tax_status(code)
    return Answer(authority="tax", key=key, state=state, code=code, receipt=receipt, at=at(minutes))


def of_area(area: str, state: State, minutes: float | None = 1, **more: Any) -> Answer:
    """An answer in the format of an area, which names the parcel only."""
    given: dict[str, Any] = {"authority": "customs", "key": BusinessKey("", (("order_no", "O1"),)), "code": "x"}
    time = None if minutes is None else at(minutes)
    return Answer(**given | {"state": state, "receipt": "status", "area": area, "at": time} | more)


def receipt(document: str, code: str, minutes: float, text: str = "", **fields: str) -> bytes:
    """A message with one receipt, as customs sends it; fields by their Python names."""
    kind = MESSAGES[RECEIPTS[document]]
    time = at(minutes).strftime("%Y%m%d%H%M%S%f")[:17]
    given = {
        "guid": str(uuid5(NAMESPACE_OID, f"{document} {code} {minutes}")).upper(),
        "return_status": code,
        "returned_at": time,
    }
    given |= {"return_info": text, **dict(FIELDS[document]), **fields}
    terms = terms_of(kind)
    elements = "".join(f"<{terms[name].wire}>{given[name]}</{terms[name].wire}>" for name in terms if given.get(name))
    name = f"{kind.message}Message"
    return (
        f'<{name} xmlns="http://www.chinaport.gov.cn/ceb" guid="{given["guid"]}" version="1.0">'
        f"<{kind.element}>{elements}</{kind.element}></{name}>"
    ).encode()


def alarms(state: ParcelState) -> list[tuple[str, str]]:
    """The kinds of the alarms, each with the code of the answer or the guid of the submission."""
    return [
        (each.kind.value, each.event.guid if isinstance(each.event, Submitted) else each.event.code)
        for each in state.alarms
    ]


LIST_CODES = (
    *(
        "1",
        "2",
        "3",
        "4",
        "100",
        "120",
        "300",
        "399",
        "400",
        "500",
        "501",
        "502",
        "503",
        "505",
        "599",
        "600",
        "700",
        "800",
    ),
    *("899", "777", "-621001", "-621004", "-621017"),
)

#: Any event of the parcel: submissions and answers of several documents, areas and authorities, of few times and guids.
MINUTES = st.sampled_from([0, 0.001, 1, 2, 3, 20, 40, 60])
GUIDS = st.sampled_from(["", "G1", "G2", "G3"])
ANSWERS = st.one_of(
    st.builds(said, st.just("CEB621"), st.sampled_from(LIST_CODES), MINUTES | st.none(), st.sampled_from(["", "运单信息不存在"]), GUIDS),
    st.builds(said, st.sampled_from(["CEB311", "CEB411", "CEB511"]), st.sampled_from(["2", "100", "120", "-301014"]), MINUTES, guid=GUIDS),
    st.builds(said, st.sampled_from(["CEB623", "CEB625"]), st.sampled_from(["2", "100", "300", "399"]), MINUTES, guid=GUIDS),
    st.builds(bill, st.sampled_from("123"), MINUTES, st.sampled_from(["I1", "I2"])),
    st.builds(of_area, st.just("ningbo_kjb2c"), st.sampled_from(list(State)), MINUTES | st.none(),
              authority=st.sampled_from(["customs", "inspection", "platform", None])),
    st.builds(lambda guid: of_area("unified", State.TECHNICAL_FAILURE, key=BusinessKey("", (("message_id", guid),)),
                                   submitted=guid, receipt="CEB900", code="-1"), GUIDS),
)  # fmt: skip
SUBMISSIONS = st.builds(
    submitted, st.sampled_from(["CEB311", "CEB411", "CEB621", "CEB621", "CEB623", "CEB625"]), MINUTES,
    st.sampled_from(["G1", "G2", "G3"]), app_type=st.sampled_from("12"),
)  # fmt: skip
EVENTS = st.lists(st.one_of(ANSWERS, SUBMISSIONS), max_size=12)
EVENT = st.one_of(ANSWERS, SUBMISSIONS)


__all__ = [
    "ANSWERS",
    "EIGHT",
    "EVENT",
    "EVENTS",
    "FIELDS",
    "LIST_CODES",
    "RECEIPTS",
    "SUBMISSIONS",
    "Event",
    "alarms",
    "at",
    "bill",
    "of_area",
    "receipt",
    "said",
    "submitted",
]
