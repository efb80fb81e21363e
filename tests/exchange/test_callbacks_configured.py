"""Call-backs in customs.toml: every mistake is told at its line, and no secret stands in the file."""

import re
from ipaddress import ip_network
from pathlib import Path

import pytest

import customs
from customs.exchange.boxes import FolderBoxes
from customs.exchange.destinations import load_exchange
from customs.exchange.receivers.configured import KINDS, CallbackError, load_callbacks, open_callbacks
from customs.exchange.receivers.request_book import UPLOAD_NAME
from customs.intake import EnterpriseError
from support import ROOT, exactly
from support.pushes import NOW, PLATFORM, guangzhou_fields, request

CLOCK = customs.fixed_clock(NOW)

ALL = """
[callbacks.gz]
kind = "guangzhou"
client_id = "C1"
key = { file = "gz.key" }

[callbacks.nb]
kind = "ningbo"
path = "/push/ningbo"
from = ["203.0.113.0/24", "198.51.100.7"]
user_id = "U1"
password = { env = "NINGBO_PASSWORD" }

[callbacks.pay]
kind = "payment_data"
path = "/platDataOpen"
from = ["203.0.113.0/24"]

[state]
folder = "kept"
"""


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "gz.key").write_text("fictitious key\n")
    file = tmp_path / "customs.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_call_backs_of_an_enterprise_are_opened_with_their_stores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NINGBO_PASSWORD", "fictitious")
    settings = load_callbacks(written(tmp_path, ALL))
    assert [each.networks for each in settings.callbacks] == [
        (),
        (ip_network("203.0.113.0/24"), ip_network("198.51.100.7")),
        (ip_network("203.0.113.0/24"),),
    ]
    opened = open_callbacks(settings, CLOCK, FolderBoxes(settings.exchange.state))
    assert list(opened.receivers) == ["/gz", "/push/ningbo", "/platDataOpen"]
    call = request(guangzhou_fields(1), caller=PLATFORM)
    assert [opened.receivers["/gz"].answer(call).outcome for _ in range(2)] == ["stored", "known"]
    opened.close()
    assert sorted(each.name for each in (tmp_path / "kept/exchange").iterdir()) == [
        "data-requests", "inbox-gz", "inbox-nb", "keys",
    ]  # fmt: skip
    assert "fictitious" not in repr(settings)


MISTAKES = {
    "no call-back": ("[state]\nfolder = 'kept'", "callbacks", "there is no call-back"),
    "another kind": ("[callbacks.a]\nkind = 'hangzhou'", "callbacks.a.kind", "the kind is one of guangzhou, zhejiang"),
    "a kind that is none": ("[callbacks.a]\nkind = 1", "callbacks.a.kind", "this has to be text"),
    "a key too many": (
        "[callbacks.a]\nkind = 'guangzhou'\nclient_id = 'C'\nkey = {env = 'K'}\npassword = 'x'",
        "callbacks.a.password",
        "password is no key of this table",
    ),
    "a key too few": (
        "[callbacks.a]\nkind = 'guangzhou'\nkey = {env = 'K'}",
        "callbacks.a.client_id",
        "needs this key",
    ),
    "a secret in the file": (
        "[callbacks.a]\nkind = 'guangzhou'\nclient_id = 'C'\nkey = 'SECRET-8a1f'",
        "callbacks.a.key",
        "write { env =",
    ),
    "no networks where they are needed": (
        "[callbacks.a]\nkind = 'payment_data'",
        "callbacks.a.from",
        "name the networks from which they come",
    ),
    "networks that are none": (
        "[callbacks.a]\nkind = 'payment_data'\nfrom = ['203.0.113.9/24']",
        "callbacks.a.from",
        "this is a list of networks",
    ),
    "a number for a network": (
        "[callbacks.a]\nkind = 'payment_data'\nfrom = [1]",
        "callbacks.a.from",
        "this is a list of networks",
    ),
    "a path with a query": (
        "[callbacks.a]\nkind = 'payment_data'\nfrom = ['::1']\npath = '/a?b'",
        "callbacks.a.path",
        "a path is a slash and letters",
    ),
    "a path twice": (
        "[callbacks.a]\nkind = 'guangzhou'\nclient_id = 'C'\nkey = {env = 'K'}\n"
        "[callbacks.b]\nkind = 'guangzhou'\nclient_id = 'C'\nkey = {env = 'K'}\npath = '/a'",
        "callbacks.b.path",
        "another call-back has the path /a",
    ),
    "requests of customs twice": (
        "[callbacks.a]\nkind = 'payment_data'\nfrom = ['::1']\n[callbacks.b]\nkind = 'payment_data'\nfrom = ['::1']",
        "callbacks.b.kind",
        "one call-back of this kind is enough",
    ),
    "a name for a folder elsewhere": (
        "[callbacks.'../a']\nkind = 'payment_data'\nfrom = ['::1']\npath = '/a'",
        'callbacks."../a"',
        "the name of a call-back is",
    ),
}


@pytest.mark.parametrize(("text", "key", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_at_its_key(tmp_path: Path, text: str, key: str, says: str) -> None:
    with pytest.raises(EnterpriseError) as caught:
        load_callbacks(written(tmp_path, text))
    found = [each for each in caught.value.problems if each.key == key and says in each.en]
    assert len(found) == 1, caught.value.problems
    assert "SECRET" not in str(caught.value)


UNUSABLE = {
    "a secret that is not there": ("kind = 'guangzhou'\nclient_id = 'C'\nkey = {env = 'NO_SUCH_VARIABLE'}", "NO_SUCH_VARIABLE"),
    "a file that is not there": ("kind = 'guangzhou'\nclient_id = 'C'\nkey = {file = 'none'}", "none cannot be read"),
    "settings that are not there": (
        "kind = 'zhejiang'\nsettings = 'z.toml'\nplatform_key = 'p.pem'", "z.toml cannot be read",
    ),
    "a key that is none": (
        "kind = 'zhejiang'\nsettings = 'settings.toml'\nplatform_key = 'gz.key'", "the key cannot be read",
    ),
    "settings of no area": ("kind = 'zhejiang'\nsettings = 'nowhere.toml'\nplatform_key = 'gz.key'", "atlantis"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "says"), UNUSABLE.values(), ids=UNUSABLE)
def test_what_a_call_back_names_and_cannot_be_used_is_told_by_name(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "settings.toml").write_text('area = "zhejiang_jkf"\n[parameters]\nsender = "S"\n')
    (tmp_path / "nowhere.toml").write_text('area = "atlantis"\n')
    settings = load_callbacks(written(tmp_path, f"[callbacks.a]\n{text}"))
    with pytest.raises(CallbackError, match=r"^callbacks\.a: ") as caught:
        open_callbacks(settings, CLOCK, FolderBoxes(settings.exchange.state))
    assert says in str(caught.value)


@pytest.mark.parametrize("page", ["docs/howto/receive-pushes.md", "docs/zh/howto/receive-pushes.md"])
def test_the_tables_of_the_how_to_are_those_that_are_read(tmp_path: Path, page: str) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    file = written(tmp_path, "\n".join(exactly(2, blocks)))
    assert [each.kind for each in load_callbacks(file).callbacks] == ["guangzhou", "ningbo", "zhejiang", "payment_data"]
    (destination,) = load_exchange(file).destinations.values()
    assert (destination.kind, destination.messages) == ("https", (UPLOAD_NAME,))
    assert set(KINDS) == {each.kind for each in load_callbacks(file).callbacks}


def test_what_is_opened_before_a_mistake_is_given_back(tmp_path: Path) -> None:
    gz = "kind = 'guangzhou'\nclient_id = 'C'\nkey = {file = 'gz.key'}"
    broken = load_callbacks(written(tmp_path, f"[callbacks.a]\n{gz}\n[callbacks.b]\n{gz.replace('gz.key', 'none')}"))
    for _ in exactly(2, range(2)):
        with pytest.raises(CallbackError):
            open_callbacks(broken, CLOCK, FolderBoxes(broken.exchange.state))
