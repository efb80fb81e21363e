"""What the tests share: keys, parcels, and the components beyond Python that some of them need."""

import gc
import os
import shutil
import signal
from collections.abc import Callable, Generator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.testing
from hypothesis import settings
from lxml import etree

import customs
from customs.signing import Signer
from customs.testing import issue_test_key, sample_parcels
from customs.testing.keys import KeyPair
from customs.testing.parcels import DECLARANT
from support import MORNING, SINGLES_DAY, absent

# a first example may load half the library, on a machine that does other things too
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")

# the commands are the same for every call, and building them takes longer than most of them
typer.testing._get_command = cache(typer.testing._get_command)  # type: ignore[attr-defined]

# a shell that starts the tests in the background has them ignore Ctrl-C, and every process that they start
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# all that is collected stays to the end: nobody looks for rubbish in it
gc.disable()


class Examples:
    """Examples of docstrings are looked for in the files that have any."""

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(self, file_path: Path) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        found = yield
        if file_path.suffix == ".py" and b">>> " not in file_path.read_bytes():
            return [each for each in found if type(each) is pytest.Module]  # the module of doctests is another kind
        return found


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Examples())


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def official() -> Path:
    """The standard's own schemas and samples."""
    folder = os.environ.get("CUSTOMS_OFFICIAL_SPEC")
    if not folder:
        pytest.skip("the official schemas and samples are not here: set CUSTOMS_OFFICIAL_SPEC")
    return Path(folder)


@pytest.fixture(scope="session")
def official_terminal(official: Path) -> etree.XMLSchema:
    """The official schema of the terminal node."""
    (path,) = (official / "xsd-2022-05").glob("*终端节点报文定义*.xsd")
    return etree.XMLSchema(etree.parse(path))


@pytest.fixture(scope="session")
def official_transport(official: Path, tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    """The official schema of the transport node, from a copy whose file names libxml2 resolves."""
    folder, source = tmp_path_factory.mktemp("transport"), official / "xsd-2022-05"
    (path,) = source.glob("*传输节点报文定义*.xsd")
    text = path.read_text(encoding="utf-8").replace("终端节点报文.xsd", "terminal.xsd")
    (folder / "transport.xsd").write_text(text, encoding="utf-8")
    (folder / "terminal.xsd").write_bytes((source / "终端节点报文.xsd").read_bytes())
    (folder / "xmldsig-core-schema.xsd").write_bytes((source / "xmldsig-core-schema.xsd").read_bytes())
    return etree.XMLSchema(etree.parse(folder / "transport.xsd"))


@pytest.fixture(scope="session")
def facts() -> Path:
    """The gathered facts with their worked examples."""
    folder = os.environ.get("CUSTOMS_SPEC")
    if not folder:
        pytest.skip("the gathered facts are not here: set CUSTOMS_SPEC")
    return Path(folder)


@pytest.fixture(scope="session")
def xmlsec1() -> str:
    """The command xmlsec1, an independent verifier."""
    found = shutil.which("xmlsec1")
    if not found:
        absent("xmlsec1 is not installed")
    assert found
    return found


@pytest.fixture(scope="session")
def python_xmlsec() -> Any:
    """The binding of xmlsec for Python, an independent signer; one that was built with the libxml2 of lxml."""
    try:
        import xmlsec
    except Exception as error:  # it has errors of its own for another libxml2
        absent(f"xmlsec cannot be used: {error}")
    return xmlsec


@pytest.fixture(scope="session")
def keys() -> KeyPair:
    """A test key and certificate of the sample parcels' declarant."""
    return issue_test_key(*DECLARANT, since=datetime(2026, 1, 1))


@pytest.fixture(scope="session")
def key_files(keys: KeyPair, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The options of the command line for that key."""
    folder = tmp_path_factory.mktemp("key")
    (folder / "test.key").write_bytes(keys.key)
    (folder / "test.crt").write_bytes(keys.certificate)
    return ["--key", str(folder / "test.key"), "--cert", str(folder / "test.crt")]


@pytest.fixture(scope="session")
def signer(keys: KeyPair) -> Signer:
    return keys.signer()


@pytest.fixture(params=["1210", "9610"])
def parcel(request: pytest.FixtureRequest) -> customs.Declaration:
    """A parcel of each trade mode."""
    return next(sample_parcels(1, seed=7, mode=request.param))


@pytest.fixture
def walk(signer: customs.RsaSigner) -> Callable[..., customs.Prepared]:
    """The road with time and guids that stand still."""

    def prepare(declaration: Any, **options: Any) -> customs.Prepared:
        given = {
            "signer": signer,
            "on": SINGLES_DAY,
            "clock": customs.fixed_clock(MORNING),
            "guids": customs.seeded_guids(1),
        }
        return customs.prepare(declaration, **{**given, **options})

    return prepare
