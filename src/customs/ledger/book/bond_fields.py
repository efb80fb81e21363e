"""The element names of bond messages (核注清单报文字段), in lower case: INV101 writes them ``SeqNo``, the receipts ``seqNo``.

>>> "putrecno" in LIST_HEAD, "putrecseqno" in LIST_LINE
(True, True)
"""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.lower().split())


_COMPANIES = (
    "bizopEtpsSccd bizopEtpsno bizopEtpsNm dclEtpsSccd dclEtpsno dclEtpsNm rvsngdEtpsSccd rcvgdEtpsSccd rcvgdEtpsno rcvgdEtpsNm "
    "rltEntryBizopEtpsSccd rltEntryBizopEtpsno rltEntryBizopEtpsNm"
)
_COMMON = (
    "chgTmsCnt etpsInnerInvtNo bondInvtNo putrecNo dclTypecd invtIochkptStucd passportUsedTypecd vrfdedMarkcd invtDclTime entryDclTime "
    "prevdTime formalVrfdedTime impexpMarkcd mtpckEndprdMarkcd supvModecd trspModecd impexpPortcd dclPlcCuscd stshipTrsarvNatcd "
    "dclcusFlag dclcusTypecd needEntryModified entryStucd entryNo rltInvtNo rltPutrecNo rltEntryNo applyNo rmk levyBlAmt "
    "bondInvtTypecd"
)

#: InvtHeadType of INV101. The number of the declarant's card, icCardNo, is known and never kept.
LIST_HEAD = _names(
    f"{_COMPANIES} {_COMMON} seqNo invtType listStat listType inputCreditCode inputCode inputName inputTime addTime genDecFlag decType "
    "corrEntryDclEtpsSccd corrEntryDclEtpsNo corrEntryDclEtpsNm rltEntryRvsngdEtpsSccd rltEntryRcvgdEtpsno rltEntryRcvgdEtpsNm "
    "rltEntryDclEtpsSccd rltEntryDclEtpsno rltEntryDclEtpsNm icCardNo"
)

#: BondInvtBsc of INV201 and INV211.
RECEIPT_HEAD = _names(
    f"{_COMPANIES} {_COMMON} invtPreentNo invtStucd vrfdedModecd duCode param1 param2 param3 param4 listType"
)

#: InvtListType of INV101, BondInvtDtl of INV201.
LIST_LINE = _names(
    "seqNo bondInvtNo chgTmsCnt gdsSeqno entryGdsSeqno putrecSeqno gdsMtno gdecd gdsNm gdsSpcfModelDesc dclUnitcd dclQty lawfUnitcd "
    "lawfQty secdLawfUnitcd secdLawfQty dclUprcAmt dclTotalAmt dclCurrcd usdStatTotalAmt natcd destinationNatcd lvyrlfModecd clyMarkcd "
    "wtSfVal fstSfVal secdSfVal grossWt netWt ucnsVerno useCd applyTbSeqno modfMarkcd rmk actlPassQty passportUsed passportUsedQty "
    "param1 param2 param3 param4"
)

#: InvtCbecBillType of INV101.
RETAIL_BILL = _names("no seqNo bondInvtNo cbecBillNo")

#: HdeApprResult of INV201.
APPROVAL = _names("etpsPreentNo businessId tmsCnt typecd manageResult manageDate rmk")

#: InvApprResult of INV202.
ENTRY_APPROVAL = _names("invPreentNo businessId entrySeqNo manageResult createDate reason")

#: CheckInfo of INV201: why a list was not taken.
CHECK_INFO = _names("note checkInfo info code")

#: BwsDt of INV211.
BOOK_ROW = _names(
    "bwsNo chgTmsCnt gdsSeqno inDate gdsMtno gdecd gdsNm gdsSpcfModelDesc natcd dclUnitcd lawfUnitcd secdLawfUnitcd dclUprcAmt dclCurrcd "
    "avgPrice totalAmt inQty inLawfQty inSecdLawfQty actlIncQty actlRedcQty prevdIncQty prevdRedcQty outDate limitDate inType invtNo "
    "invtGNo cusmExeMarkcd rmk modfMarkcd"
)

#: What stands around the messages: envelope, pockets of a message sent in parts, the system's own marks.
AROUND = _names(
    "EnvelopInfo PocketInfo DelcareFlag DeclareFlag SysId OperCusRegCode TransInfo SignedInfo SignatureValue KeyInfo"
)

#: Of the heads, and of the rows, what has a place of its own in the values.
HEAD_READ = _names(
    "etpsInnerInvtNo bondInvtNo seqNo invtPreentNo putrecNo impexpMarkcd dclTypecd chgTmsCnt invtType bondInvtTypecd rltInvtNo "
    "rltPutrecNo supvModecd vrfdedMarkcd vrfdedModecd invtStucd invtIochkptStucd entryStucd prevdTime formalVrfdedTime"
)
ROW_READ = _names(
    "bwsNo gdsSeqno gdsMtno invtNo invtGNo inQty actlIncQty actlRedcQty prevdIncQty prevdRedcQty dclUnitcd inDate outDate limitDate"
)
