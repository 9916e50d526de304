"""What one file may hold, and how a file that holds something else is told: without its content."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leasectl.cluster.config.kubeconfig import Overrides, from_document, load
from leasectl.cluster.config.kubeconfig_file import AuthProvider
from leasectl.lease.errors import ConfigurationError, LeasectlError
from tests.cluster.kubeconfigs import NO_CLUSTER, TWO, failure, loaded, written

MEND = "mend the file, or name another with --kubeconfig"
QUOTE = "put a value that looks like a number or a yes in quotes, or mend the file"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("a: [", f"yaml: line 2, column 1: did not find expected node content; {MEND}"),
        (
            "users:\n- name: x\n  user: {token: s3cret",
            f"yaml: line 4, column 1: did not find expected ',' or '}}'; {MEND}",
        ),
        (
            "users: [{name: x, user: {token: *s3cret}}]",
            f"yaml: line 1, column 33: an alias (*name) of no anchor (&name) before it; {MEND}",
        ),
        (
            "users: [{name: x, user: {token: !!int s3cret}}]",
            f"yaml: line 1, column 33: a value is not what its tag says; {MEND}",
        ),
        ("? [s3cret]\n: 1", f"yaml: line 1, column 3: a key that is no text; {MEND}"),
        (b"\x00\xff\xfe\x01s3cret", f"yaml: line 1: control characters are not allowed; {MEND}"),
        (b"\x7fELF\x02\x01s3cret", f"yaml: line 1: control characters are not allowed; {MEND}"),
        (b"users:\n# s3cret \xff", f"yaml: line 2: invalid leading UTF-8 octet; {MEND}"),
        ("[" * 200_000, f"yaml: line 1, column 101: nested more than 100 deep; {MEND}"),
        ("- " * 200_000, f"yaml: line 1, column 201: nested more than 100 deep; {MEND}"),
        ("[1, s3cret]", f"Expected `object`, got `array`; {QUOTE}"),
        ("s3cret", f"Expected `object`, got `str`; {QUOTE}"),
        ("users: {s3cret: b}", f"Expected `array`, got `object` - at `users`; {QUOTE}"),
        ("users: [{name: x, user: [s3cret]}]", f"Expected `object`, got `array` - at `users[0].user`; {QUOTE}"),
        (
            "users: [{name: x, user: {token: 31337}}]",
            f"Expected `str | null`, got `int` - at `users[0].user.token`; {QUOTE}",
        ),
        (
            "users: [{name: x, user: {token: y}}]",
            f"Expected `str | null`, got `bool` - at `users[0].user.token`; {QUOTE}",
        ),
        (
            "contexts: [{name: x, context: {namespace: yes}}]",
            f"Expected `str`, got `bool` - at `contexts[0].context.namespace`; {QUOTE}",
        ),
        (
            'clusters: [{name: x, cluster: {insecure-skip-tls-verify: "true"}}]',
            f"Expected `bool`, got `str` - at `clusters[0].cluster.insecure-skip-tls-verify`; {QUOTE}",
        ),
        (
            "users: [{name: x, user: {client-key-data: s3cret!}}]",
            f"Illegal base64 data - at `users[0].user.client-key-data`; {QUOTE}",
        ),
        ("users: [{name: x}, {name: x}]", "duplicate name in users; give each its own name"),
        (
            "apiVersion: v1\nkind: Pod",
            "its apiVersion is not v1 or its kind is not Config; name a kubeconfig with --kubeconfig",
        ),
    ],
)
def test_a_broken_file_is_told_without_its_content(tmp_path: Path, content: str | bytes, fault: str) -> None:
    assert failure(tmp_path, content) == f'error: error loading config file "config": {fault}'


def test_a_folder_is_no_kubeconfig(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(Overrides(kubeconfig=str(tmp_path)), {}, tmp_path)

    assert str(caught.value) == (
        f'error: error loading config file "{tmp_path}": read {tmp_path}: is a directory; '
        "make it readable, or name another with --kubeconfig"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_may_not_be_read_is_an_error_even_from_the_variable(tmp_path: Path) -> None:
    path = written(tmp_path, TWO)
    Path(path).chmod(0)
    with pytest.raises(ConfigurationError, match="permission denied; make it readable, or name another"):
        load(Overrides(), {"KUBECONFIG": path}, tmp_path)


@pytest.mark.parametrize(
    ("written_as", "token"),
    [
        *((same, same) for same in ("2026-01-01", "2026-01-01T00:00:00Z", "12:30:00", "=", "a:b", "1e400", "Y1")),
        *(("!!str 12", "12"), ("!own 12", "12"), ('"12"', "12"), ("'y'", "y"), ("!!binary aGk=", "hi")),
    ],
)
def test_a_token_that_looks_like_something_else_is_the_string_that_kubectl_reads(
    tmp_path: Path, written_as: str, token: str
) -> None:
    assert loaded(tmp_path, TWO.replace("t1", written_as)).user.token == token


def test_anchors_aliases_and_merges_are_read(tmp_path: Path) -> None:
    text = TWO.replace("user: {token: t1}", "user: &known {token: t1, as: bob}")
    text = text.replace("user: {tokenFile", "user: {<<: *known, tokenFile")

    assert loaded(tmp_path, text, user="u1").user.token == "t1"
    assert loaded(tmp_path, text, user="u2").user.token == "t1"


@pytest.mark.parametrize("after", ["---\ncurrent-context: two\n", "---\n[", "...\n%YAML 9\n"])
def test_of_several_documents_the_first_counts(tmp_path: Path, after: str) -> None:
    assert loaded(tmp_path, TWO + after).context == "one"
    assert failure(tmp_path, "---\n---\n" + TWO) == NO_CLUSTER


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_tells_the_encoding(tmp_path: Path, encoding: str) -> None:
    assert loaded(tmp_path, TWO.encode(encoding)).context == "one"


def test_nulls_count_as_absent(tmp_path: Path) -> None:
    text = TWO.replace("token: t1", "token: ~, exec: null, as-groups: null") + "preferences: null\nextensions:\n"

    assert loaded(tmp_path, text).user.token is None
    assert failure(tmp_path, "clusters: [null]\nusers: ~\ncontexts: null") == NO_CLUSTER


def test_a_json_kubeconfig_and_base64_with_line_breaks_are_read(tmp_path: Path) -> None:
    document = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
        "clusters": [{"name": "k", "cluster": {"server": "https://h", "certificate-authority-data": "QUJD\nREVG\n"}}],
        "users": [{"name": "u", "user": {"auth-provider": {"name": "oidc", "config": {"a": "b"}}}}],
    }
    target = loaded(tmp_path, json.dumps(document, indent="\t").replace("\t", " "))

    assert target.cluster.certificate_authority_data == b"ABCDEF"
    assert target.user.auth_provider == AuthProvider("oidc", {"a": "b"})
    assert from_document(document).cluster == target.cluster


PIECES = st.sampled_from([
    *("users:", "clusters", "contexts", "token", "current-context", "cluster", "user", "name", ": ", "\n", "\n  "),
    *("- ", "[", "]", "{", "}", ",", "&a ", "*a", "<<: ", "? ", "|", "'", '"', "\\ud800", "~", "\t", "---", "%YAML 9"),
    *("!!int ", "!!float ", "!!bool ", "!!binary ", "!!timestamp ", "!!set ", "!!omap ", "!!pairs ", "!!python/x "),
    *("1", "1e999", "0x", "9" * 5000, "2026-99-99", ":1:", "!!null x"),
])  # fmt: skip


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=200) | st.lists(PIECES, max_size=25).map(lambda pieces: "".join(pieces).encode()))
def test_whatever_a_file_holds_the_answer_is_a_target_or_an_error_of_ours(tmp_path: Path, content: bytes) -> None:
    try:
        target = loaded(tmp_path, content, server="https://h:1")
    except LeasectlError as error:
        assert str(error).startswith(("error: ", "Error in configuration: "))  # noqa: PT017 - both ends are allowed
    else:
        assert target.cluster.server == "https://h:1"
