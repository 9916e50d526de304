"""What a login writes back: the values and nothing else, under client-go's lock, at once or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from leasectl.cluster.config import kubeconfig_text, yaml_documents
from leasectl.cluster.config.kubeconfig_edit import set_auth_provider_config
from leasectl.lease.errors import ConfigurationError
from tests.cluster.kubeconfigs import written

NEW = "eyJ.new-id.sig"
TOKENS = {"id-token": NEW, "refresh-token": "r2"}
HEAD = "# mine\napiVersion: v1\nusers:\n- name: other\n  user: {token: keep}\n"
ENTRY = "- name: u\n  user:\n    auth-provider:\n      config:\n"
CONFIG = f"users:\n{ENTRY}"
CASES = [
    pytest.param(
        f"{HEAD}{ENTRY}        id-token: old # until noon\n        client-id: c\n        refresh-token: 'r1'\n      name: oidc\n",
        f'{HEAD}{ENTRY}        id-token: "{NEW}" # until noon\n        client-id: c\n        refresh-token: "r2"\n      name: oidc\n',
        id="plain-and-quoted",
    ),
    pytest.param(
        f"{HEAD}{ENTRY}        refresh-token: r1 # secret\n        # the client\n        client-id: c # ours\n      name: oidc\n# end\n",
        f'{HEAD}{ENTRY}        refresh-token: "r2" # secret\n        # the client\n        client-id: c # ours\n        id-token: "{NEW}"\n      name: oidc\n# end\n',
        id="a-key-that-was-missing",
    ),
    pytest.param(
        f"{CONFIG}        client-id: c\n        refresh-token: r1",
        f'{CONFIG}        client-id: c\n        refresh-token: "r2"\n        id-token: "{NEW}"',
        id="no-line-break-at-the-end",
    ),
    pytest.param(
        f"{CONFIG}        id-token: >-\n          old\n          old\n        # about the next\n        refresh-token: |\n          r1\n",
        f'{CONFIG}        id-token: "{NEW}"\n        # about the next\n        refresh-token: "r2"\n',
        id="blocks",
    ),
    pytest.param(
        f"{CONFIG}        id-token:\n        refresh-token: # none yet\n",
        f'{CONFIG}        id-token: "{NEW}"\n        refresh-token: "r2" # none yet\n',
        id="nothing",
    ),
    pytest.param(
        f"{CONFIG}        id-token: a\n        id-token: b\n        refresh-token: r1\n",
        f'{CONFIG}        id-token: a\n        id-token: "{NEW}"\n        refresh-token: "r2"\n',
        id="the-last-of-equal-keys-counts",
    ),
    pytest.param(
        "users: [{name: u, user: {auth-provider: {name: oidc, config: {refresh-token: r1, client-id: c}}}}]\n",
        f'users: [{{name: u, user: {{auth-provider: {{name: oidc, config: {{refresh-token: "r2", client-id: c, "id-token": "{NEW}"}}}}}}}}]\n',
        id="flow",
    ),
    pytest.param(
        "users: [{name: u, user: {auth-provider: {config: {}}}}]",
        f'users: [{{name: u, user: {{auth-provider: {{config: {{"id-token": "{NEW}", "refresh-token": "r2"}}}}}}}}]',
        id="empty-flow",
    ),
    pytest.param(
        '{"users": [{"name": "u", "user": {"auth-provider": {"config": {\n  "client-id": "c",\n  "refresh-token": "r1"\n}}}}]}',
        f'{{"users": [{{"name": "u", "user": {{"auth-provider": {{"config": {{\n  "client-id": "c",\n  "refresh-token": "r2",\n  "id-token": "{NEW}"\n}}}}}}}}]}}',
        id="json",
    ),
    pytest.param(
        f"\ufeff# Größe 🎉\n{CONFIG}        refresh-token: r1\n".replace("\n", "\r\n"),
        f'\ufeff# Größe 🎉\n{CONFIG}        refresh-token: "r2"\n        id-token: "{NEW}"\n'.replace("\n", "\r\n"),
        id="windows",
    ),
    pytest.param(
        f"{CONFIG}        id-token: &t !!str old\n        refresh-token: r1\n---\nusers: no document of kubectl's\n",
        f'{CONFIG}        id-token: "{NEW}"\n        refresh-token: "r2"\n---\nusers: no document of kubectl\'s\n',
        id="tags-anchors-and-a-second-document",
    ),
]
IN_PLACE = "the user's auth-provider config is written in a way that cannot be changed in place (an alias, a merge key or another encoding than UTF-8); write it out plainly"
NO_USER = 'it has no user "u" with an auth-provider and its config any more; log in anew'
REFUSED = [
    pytest.param(f"x: &t s3cret\n{CONFIG}        id-token: *t\n", IN_PLACE, id="alias"),
    pytest.param(f"{CONFIG}        id-token: &t s3cret\nx: *t\n", IN_PLACE, id="anchor"),
    pytest.param(
        f"{CONFIG}        id-token: s3cret\n        <<: {{id-token: s3cret}}\n", IN_PLACE, id="merge-wins-over-it"
    ),
    pytest.param(f"{CONFIG}        id-token: s3cret\n".encode("utf-16"), IN_PLACE, id="utf-16"),
    pytest.param("users: [{name: v}]\n", NO_USER, id="no-user"),
    pytest.param("users: 5\n", NO_USER, id="no-users"),
    pytest.param("", NO_USER, id="empty"),
    pytest.param("users: [{name: u, user: {token: s3cret}}]\n", NO_USER, id="another-way"),
    pytest.param(f"{CONFIG}        id-token: s3cret\n- name: u\n", NO_USER, id="twice"),
    pytest.param(
        "users: {'s3cret\n", "yaml: line 2, column 1: found unexpected end of stream; mend the file", id="no-yaml"
    ),
]


@pytest.fixture(params=["libyaml", "python"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of PyYAML's parsers: an installation may lack libyaml, and each counts places by itself."""
    if request.param == "python":
        monkeypatch.setattr(kubeconfig_text, "_Loader", yaml.SafeLoader)


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def no_pause(_seconds: float) -> None:
    raise AssertionError("nobody holds the lock")


def failure(path: str, values: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigurationError) as caught:
        set_auth_provider_config(path, "u", TOKENS if values is None else values, no_pause)
    assert "s3cret" not in str(caught.value)
    return str(caught.value).replace(str(Path(path).parent) + "/", "")


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(("before", "after"), CASES)
def test_only_the_values_change(tmp_path: Path, before: str, after: str) -> None:
    path = Path(written(tmp_path, before))
    set_auth_provider_config(str(path), "u", TOKENS, no_pause)
    assert path.read_bytes().decode() == after
    assert names_in(tmp_path) == ["config"]


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(("content", "reason"), REFUSED)
def test_what_cannot_be_said_exactly_is_not_written(tmp_path: Path, content: str | bytes, reason: str) -> None:
    path = Path(written(tmp_path, content))
    before = path.read_bytes()
    assert failure(str(path)) == f"error: cannot change config: {reason}"
    assert path.read_bytes() == before
    assert names_in(tmp_path) == ["config"]


def test_values_that_are_there_already_leave_the_text_alone(tmp_path: Path) -> None:
    text = f"{CONFIG}        id-token: {NEW}\n        refresh-token: 'r2'\n"
    path = Path(written(tmp_path, text))
    inode = path.stat().st_ino
    for values in (TOKENS, {}):
        set_auth_provider_config(str(path), "u", values, no_pause)
    assert (path.read_text(), path.stat().st_ino) == (text, inode)


def test_a_value_may_hold_any_character_that_yaml_can_write(tmp_path: Path) -> None:
    path = Path(written(tmp_path, f"{CONFIG}        id-token: x\n"))
    hostile = "\"'\\\n\t: #{}[]&*!|>%@` \x00\x1b é 🎉 "
    set_auth_provider_config(str(path), "u", {"id-token": hostile}, no_pause)
    assert yaml.safe_load(path.read_text())["users"][0]["user"]["auth-provider"]["config"] == {"id-token": hostile}


def test_a_value_that_utf8_cannot_write_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, f"{CONFIG}        id-token: x\n")
    assert failure(path, {"id-token": "s3cret\ud800"}) == f"error: cannot change config: {IN_PLACE}"


def test_mode_and_link_stay(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    target = Path(written(tmp_path / "far", f"{CONFIG}        id-token: x\n", "real"))
    target.chmod(0o640)
    link = tmp_path / "config"
    link.symlink_to("far/real")
    set_auth_provider_config(str(link), "u", TOKENS, no_pause)
    assert link.is_symlink()
    assert NEW in target.read_text()
    assert target.stat().st_mode & 0o7777 == 0o640
    assert names_in(tmp_path / "far") == ["real"]


def test_a_lock_is_waited_for_and_its_end_seen(tmp_path: Path) -> None:
    path = Path(written(tmp_path, f"{CONFIG}        id-token: x\n"))
    lock = tmp_path / "config.lock"
    lock.touch()
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            lock.unlink()

    set_auth_provider_config(str(path), "u", TOKENS, pause)
    assert len(pauses) == 3
    assert NEW in path.read_text()


def test_a_lock_that_stays_is_named_and_left(tmp_path: Path) -> None:
    path = Path(written(tmp_path, f"{CONFIG}        id-token: x\n"))
    (tmp_path / "config.lock").touch()
    pauses: list[float] = []
    with pytest.raises(ConfigurationError) as caught:
        set_auth_provider_config(str(path), "u", TOKENS, pauses.append)
    assert str(caught.value) == (
        f"error: open {path}.lock: file exists; somebody else is writing the kubeconfig or died while doing so: "
        "remove that file if no kubectl and no leasectl is at work"
    )
    assert 1 < sum(pauses) < 3
    assert (tmp_path / "config.lock").exists()
    assert NEW not in path.read_text()


@pytest.mark.parametrize("values", [TOKENS, {}], ids=["tokens", "a-rehearsal"])
def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path, values: dict[str, str]) -> None:
    there = "new tokens are written to it: the file and its folder have to be there and writable"
    assert failure(
        str(tmp_path / "gone"), values
    ) == f"error: open {tmp_path}/gone: no such file or directory; {there}".replace(f"{tmp_path}/", "")
    assert failure(str(tmp_path / "no" / "gone"), values) == (
        "error: open gone.lock: no such file or directory; new tokens are written to the kubeconfig under this lock: "
        "make its folder writable, or name a copy of it with --kubeconfig"
    )
    (tmp_path / "loop").symlink_to("loop")
    assert failure(str(tmp_path / "loop"), values).startswith(("error: open 'loop': ", "error: open loop: "))
    os.mkfifo(tmp_path / "pipe")
    assert (
        failure(str(tmp_path / "pipe"), values)
        == "error: cannot change pipe: it is no file; name one with --kubeconfig"
    )
    assert "argument" in failure(str(tmp_path) + "/\0", values)


def write_five_keys(path: str, number: int) -> None:
    for turn in range(5):
        set_auth_provider_config(path, "u", {f"key-{number}-{turn}": "v"})


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, f"{CONFIG}        id-token: x\n")

    threads = [threading.Thread(target=write_five_keys, args=(path, number)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    config = yaml.safe_load(Path(path).read_text())["users"][0]["user"]["auth-provider"]["config"]
    assert len(config) == 1 + 3 * 5
    assert names_in(tmp_path) == ["config"]


@pytest.mark.skipif(sys.platform != "linux", reason="mounts of a single file are Linux's")
def test_a_file_that_is_a_mount_of_its_own_is_written_over(tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    path = written(tmp_path, f"{CONFIG}        id-token: x\n")
    there = written(tmp_path, "", "mounted")
    script = (
        f"from leasectl.cluster.config.kubeconfig_edit import *\nset_auth_provider_config({there!r}, 'u', {TOKENS!r})"
    )
    inner = f'mount --bind {path} {there} && {sys.executable} -c "$0"'
    if unshare is None or subprocess.run([unshare, "-rm", "true"], check=False, capture_output=True).returncode:
        pytest.skip("no right to mount")
    subprocess.run([unshare, "-rm", "sh", "-c", inner, script], check=True, capture_output=True)
    assert NEW in Path(path).read_text()
    assert names_in(tmp_path) == ["config", "mounted"]


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
configs = st.dictionaries(
    st.sampled_from(["id-token", "refresh-token", "client-id", "x", "z"]), texts | st.none(), max_size=4
)


@given(
    config=configs,
    flow=st.sampled_from([None, True, False]),
    style=st.sampled_from([None, '"', "'", "|", ">"]),
    width=st.sampled_from([5, 80]),
    indent=st.integers(2, 6),
)
def test_whatever_the_file_looks_like_the_result_says_what_was_wanted(
    tmp_path_factory: pytest.TempPathFactory, config: dict[str, Any], **layout: Any
) -> None:
    document: dict[str, Any] = {"users": [{"name": "u", "user": {"auth-provider": {"config": config, "name": "oidc"}}}]}
    layout = {"default_flow_style": layout.pop("flow"), "default_style": layout.pop("style"), **layout}
    path = Path(
        written(tmp_path_factory.mktemp("any"), yaml.safe_dump(document, allow_unicode=True, sort_keys=False, **layout))
    )
    # What PyYAML writes plain, Kubernetes' reader may take for something else (N is false to it).
    (_, before), *_ = yaml_documents.documents(path.read_bytes())

    set_auth_provider_config(str(path), "u", TOKENS, no_pause)

    before["users"][0]["user"]["auth-provider"]["config"].update(TOKENS)
    assert [value for _, value in yaml_documents.documents(path.read_bytes())] == [before]
