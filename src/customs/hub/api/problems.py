"""Problems (问题详情, RFC 9457): how the interface says that something is wrong, in both languages, without personal data."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from customs.hub.store.clocks import ClockOffError
from customs.ledger.engines import LedgerNotWrittenError, LedgerRefusedError

MEDIA = "application/problem+json"

#: The problems that any path with a token may answer, and those of a path that changes something once.
READS = (400, 401, 403, 408, 413, 422, 429, 503)
WRITES = (*READS, 409)


class ApiProblemError(Exception):
    """Something that a caller can mend; ``en`` and ``zh`` say what and how."""

    def __init__(self, status: HTTPStatus, en: str, zh: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{en} {zh}")
        self.status, self.en, self.zh, self.headers = status, en, zh, dict(headers or {})


class AnsweredBeforeError(Exception):
    """A request had its answer before, and gets the same; ``answer`` is its JSON."""

    def __init__(self, answer: str) -> None:
        super().__init__("the request was answered before 该请求此前已应答")
        self.answer = answer


def problem(status: int, en: str, zh: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return a problem as it is answered."""
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": en,
        "detail_zh": zh,
    }
    return JSONResponse(content, status, dict(headers or {}), media_type=MEDIA)


def answer_problems(application: FastAPI) -> None:
    """Have an application answer every failure as a problem; nothing of a request is repeated in it."""

    @application.exception_handler(ApiProblemError)
    def _of_caller(_: Request, error: ApiProblemError) -> JSONResponse:
        return problem(error.status, error.en, error.zh, error.headers)

    @application.exception_handler(ClockOffError)
    def _of_clock(_: Request, error: ClockOffError) -> JSONResponse:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, error.en, error.zh)

    @application.exception_handler(AnsweredBeforeError)
    def _of_before(_: Request, error: AnsweredBeforeError) -> Response:
        return Response(error.answer, media_type="application/json", headers={"Idempotency-Replayed": "true"})

    @application.exception_handler(RequestValidationError)
    def _of_form(_: Request, error: RequestValidationError) -> JSONResponse:
        found = {_place(each): _fault(each["type"], each.get("ctx", {})) for each in error.errors()}
        places = sorted(found)[:20]
        return problem(
            422,
            f"these parts of the request are wrong: {'; '.join(f'{each}: {found[each][0]}' for each in places)}",
            f"请求的下列部分有误：{'；'.join(f'{each}：{found[each][1]}' for each in places)}",
        )

    @application.exception_handler(LedgerNotWrittenError)
    def _of_database(request: Request, error: LedgerNotWrittenError) -> JSONResponse:
        if isinstance(error, LedgerRefusedError):
            return _of_program(request, error)
        return problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "the database does not answer or cannot be written: nothing of the request counts, give it again later",
            "数据库无应答或无法写入：本次请求均不计入，请稍后重试",
        )

    @application.exception_handler(Exception)
    def _of_program(_: Request, error: Exception) -> JSONResponse:
        return problem(
            500,
            "the hub failed in a way that nobody foresaw: nothing of the request counts; tell support the time of it",
            "枢纽发生未预料的错误，本次请求均不计入，请将发生时间告知技术支持",
        )

    @application.exception_handler(HTTPException)
    def _of_way(_: Request, error: HTTPException) -> JSONResponse:
        words = _WORDS.get(error.status_code, (str(error.detail), str(error.detail)))
        return problem(error.status_code, *words, error.headers)


def _place(fault: Mapping[str, Any]) -> str:
    """Return the part of a request that is wrong; a name that only the request has may be anything, and is not repeated."""
    steps = [str(each) if isinstance(each, int) or _NAME.fullmatch(each) else "*" for each in fault["loc"]]
    if fault["type"] == "extra_forbidden":
        steps[-1] = "*"
    return ".".join(steps)


#: A name as the description of the interface has them.
_NAME = re.compile(r"[a-z0-9_-]{1,40}", re.ASCII)


def _fault(kind: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Return what is wrong with a part, in both languages: nothing of its value, only what the description allows."""
    en, zh = _FAULTS.get(kind, ("of another form", "格式不符"))
    allowed = {name: str(context.get(name, "")) for name in _ALLOWED}
    listed = {name: text.replace(" or ", "、").replace(", ", "、") for name, text in allowed.items()}
    return en.format_map(allowed), zh.format_map(listed)


#: What a fault tells of the description: never a value.
_ALLOWED = ("expected", "max_length", "min_length", "le", "ge", "gt", "lt")

#: What is wrong with a part of a request, by the kinds of pydantic.
_FAULTS: dict[str, tuple[str, str]] = {
    "missing": ("it is missing", "缺失"),
    "extra_forbidden": ("there is no such part", "无此项"),
    "json_invalid": ("it is not JSON; the number is the character", "不是有效的 JSON，数字为出错的字符位置"),
    "model_attributes_type": (
        "an object with names is expected, as in /v1/openapi.json",
        "应为对象，见 /v1/openapi.json",
    ),
    "model_type": ("an object with names is expected, as in /v1/openapi.json", "应为对象，见 /v1/openapi.json"),
    "dict_type": ("an object with names is expected", "应为对象"),
    "list_type": ("a list is expected", "应为列表"),
    "string_type": ("a text is expected", "应为文本"),
    "int_parsing": ("a whole number is expected", "应为整数"),
    "int_type": ("a whole number is expected", "应为整数"),
    "bool_parsing": ("true or false is expected", "应为 true 或 false"),
    "bool_type": ("true or false is expected", "应为 true 或 false"),
    "literal_error": ("one of {expected} is expected", "应为 {expected} 之一"),
    "enum": ("one of {expected} is expected", "应为 {expected} 之一"),
    "too_long": ("at most {max_length} are allowed", "最多 {max_length} 项"),
    "too_short": ("at least {min_length} is expected", "至少 {min_length} 项"),
    "string_too_long": ("at most {max_length} characters are allowed", "最多 {max_length} 个字符"),
    "string_too_short": ("at least {min_length} characters are expected", "至少 {min_length} 个字符"),
    "less_than_equal": ("at most {le} is allowed", "不得大于 {le}"),
    "greater_than_equal": ("at least {ge} is expected", "不得小于 {ge}"),
}

_WORDS: dict[int, tuple[str, str]] = {
    400: ("the request cannot be read: JSON in UTF-8 is expected", "无法读取请求：应为 UTF-8 编码的 JSON"),
    404: ("there is nothing at this address", "该地址不存在"),
    405: ("this address does not take this method", "该地址不支持此方法"),
}

#: How OpenAPI describes a problem.
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "detail_zh"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do, in English"},
        "detail_zh": {"type": "string", "description": "同上，中文"},
    },
}


def may_answer(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of the problems that a path may answer."""
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA: {"schema": PROBLEM_SCHEMA}}}
        for status in statuses
    }
