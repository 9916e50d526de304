"""Certificates and keys for tests, made by the openssl command."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from leasectl.cluster.config.kubeconfig_file import Base64


class Authority:
    """Certificates and keys in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, name: str) -> str:
        return str(self._folder / name)

    def bytes(self, name: str) -> Base64:
        return Base64((self._folder / name).read_bytes())

    def run(self, *argv: str) -> None:
        openssl = shutil.which("openssl")
        if openssl is None:
            pytest.skip("no openssl command to make certificates with")
        subprocess.run([openssl, *argv], cwd=self._folder, check=True, capture_output=True)

    def certificate(self, name: str, signer: str | None, *extensions: str) -> None:
        """`NAME.crt` and `NAME.key`, signed by another, or by itself."""
        argv = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "2"]
        argv += ["-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj", f"/CN={name}"]
        argv += ["-CA", f"{signer}.crt", "-CAkey", f"{signer}.key"] if signer else []
        for extension in extensions or ("basicConstraints=critical,CA:true",):
            argv += ["-addext", extension]
        self.run(*argv)


def authorities(folder: Path) -> Authority:
    """Those that the tests are about, each named by what is remarkable in it."""
    made = Authority(folder)
    leaf = "basicConstraints=CA:false"
    made.certificate("root", None)
    made.certificate("other", None)
    made.certificate("between", "root")
    made.certificate("server", "root", leaf, "subjectAltName=IP:127.0.0.1,IP:::1,DNS:inner.example")
    made.certificate("below", "between", leaf, "subjectAltName=IP:127.0.0.1")
    made.certificate("nameless", "root", leaf, "subjectAltName=DNS:elsewhere.example")
    made.certificate("inner.example", "root", leaf)
    made.certificate("lone", None, leaf, "subjectAltName=IP:127.0.0.1")
    made.certificate("client", "root", leaf)
    made.run("pkey", "-in", "client.key", "-aes128", "-passout", "pass:s3cret", "-out", "locked.key")
    (Path(made.path("garbage.crt"))).write_text("s3cret")
    (Path(made.path("several.crt"))).write_bytes(
        "# Größe\n".encode() + made.bytes("other.crt") + b"\n" + made.bytes("root.crt")
    )
    return made
