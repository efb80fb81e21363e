"""The law in scenarios that a jurist can read and add: ``scenarios/*.toml``, explained in ``scenarios/README.md``."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field

from customs.tax import Rate, Rates, TaxAssessment, assess
from support.tax_parcels import line, parcel

FOLDER = Path(__file__).parent / "scenarios"
SINCE = date(2012, 1, 1)

#: The customs code of a piece as statutory unit.
PIECE = "011"


class Goods(BaseModel):
    """Goods with all that their tax depends on."""

    model_config = ConfigDict(extra="forbid")

    value: Decimal
    hs_code: str = "3304990039"
    pieces: Decimal = Decimal(1)
    quantity: str = "1"
    unit: str = "035"
    second_quantity: str | None = None
    vat: str = "standard"
    tax_class: str | None = Field(None, alias="class")
    tariff: Decimal = Decimal(0)

    def rate(self, hs_code: str, day: date) -> Rate:
        second = PIECE if self.second_quantity else None
        return Rate(
            hs_code=hs_code,
            name="",
            legal_unit1=self.unit,
            legal_unit2=second,
            vat=self.vat,
            consumption=self.tax_class,
            valid_from=SINCE,
            valid_to=date.max,
            as_of=day,
            source="scenario",
            mfn=self.tariff,
        )

    def line(self, hs_code: str) -> dict[str, str]:
        found = line(
            hs_code, f"{self.value / self.pieces:f}", qty=f"{self.pieces}", content=self.quantity, item=hs_code
        )
        found["legal_unit1"] = self.unit
        if self.second_quantity:
            found |= {"legal_qty2": self.second_quantity, "legal_unit2": PIECE}
        return found


class Scenario(BaseModel):
    """A parcel on a day, and what the law asks for."""

    model_config = ConfigDict(extra="forbid")

    name: str
    day: date
    goods: list[Goods]
    used: str = "0"
    freight: str = "0"
    insurance: str = "0"
    dollar: Decimal | None = None
    regime: str
    tariff: Decimal | None = None
    consumption: Decimal | None = None
    vat: Decimal | None = None
    total: Decimal | None = None
    source: str

    def assessed(self) -> TaxAssessment:
        codes = [f"{goods.hs_code[:-1]}{at}" for at, goods in enumerate(self.goods)]
        pairs = list(zip(self.goods, codes, strict=True))
        return assess(
            parcel(
                *(goods.line(code) for goods, code in pairs),
                freight=self.freight,
                insurance=self.insurance,
                used=self.used,
            ),
            on=self.day,
            rates=Rates(goods.rate(code, self.day) for goods, code in pairs),
            exchange={"502": self.dollar} if self.dollar else None,
        )

    def expected(self) -> dict[str, object]:
        """The figures that the scenario states, by their names in it."""
        stated = {name: getattr(self, name) for name in ("tariff", "consumption", "vat", "total")}
        return {"regime": self.regime} | {name: figure for name, figure in stated.items() if figure is not None}


def scenarios() -> list[tuple[str, Scenario]]:
    found = []
    for file in sorted(FOLDER.glob("*.toml")):
        for row in tomllib.loads(file.read_text(encoding="utf-8"))["scenario"]:
            found.append((f"{file.stem}: {row['name']}", Scenario.model_validate(row)))
    return found


SCENARIOS = scenarios()


@pytest.mark.parametrize("scenario", [each for _, each in SCENARIOS], ids=[name for name, _ in SCENARIOS])
def test_the_law_asks_what_the_scenario_says(scenario: Scenario) -> None:
    found = scenario.assessed()
    due = found.taxes
    figures = {
        "regime": found.regime.name.lower(),
        "tariff": due.tariff,
        "consumption": due.consumption,
        "vat": due.vat,
        "total": found.due if found.computed else None,
    }
    expected = scenario.expected()
    assert {name: figures[name] for name in expected} == expected, f"{scenario.name} ({scenario.source})"


def test_no_two_scenarios_have_one_name() -> None:
    names = [name for name, _ in SCENARIOS]
    assert len(set(names)) == len(names) == 64


def test_a_word_that_no_scenario_has_is_refused() -> None:
    with pytest.raises(ValueError, match="clas\n"):
        Goods.model_validate({"value": "1", "clas": "wine"})
