"""An interrupt is an interrupt, whatever is under way when it comes."""

import os
import signal

import pytest
import typer
from pydantic import BaseModel, field_serializer
from pydantic_core import PydanticSerializationError

from customs.cli.under_journal import Done, interruptible


class Interrupting(BaseModel):
    """What is interrupted while it is written; or breaks by itself."""

    text: str
    broken: bool = False

    @field_serializer("text")
    def write(self, text: str) -> str:
        if self.broken:
            raise KeyError(text)
        os.kill(os.getpid(), signal.SIGINT)
        return text


def write(given: Interrupting) -> None:
    with interruptible(Done(parcels=100, messages=4)):
        given.model_dump_json()


def test_an_interrupt_while_a_parcel_is_written_as_json_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(typer.Exit) as ended:
        write(Interrupting(text="a"))
    assert ended.value.exit_code == 130
    assert "100 parcels are declared in 4 messages" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is before


def test_what_cannot_be_written_as_json_is_no_interrupt() -> None:
    with pytest.raises(PydanticSerializationError, match="KeyError"):
        write(Interrupting(text="a", broken=True))
