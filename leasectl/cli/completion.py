"""`leasectl completion`: scripts with which shells complete leasectl's command lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leasectl.cli import options
from leasectl.cli.help import Command
from leasectl.lease.errors import UsageError

if TYPE_CHECKING:
    from leasectl.cli.session import Session

EXAMPLES = """
Examples:
  # bash, for this shell and for those to come
  source <(leasectl completion bash)
  echo 'source <(leasectl completion bash)' >>~/.bashrc
  # zsh; with compinit, which ~/.zshrc has to run before
  echo 'source <(leasectl completion zsh)' >>~/.zshrc
  # zsh, in a folder of fpath, which is read when it is needed
  leasectl completion zsh >"${fpath[1]}/_leasectl"
  # fish
  leasectl completion fish >~/.config/fish/completions/leasectl.fish
  # PowerShell; for shells to come, in $PROFILE
  leasectl completion powershell | Out-String | Invoke-Expression

Shells: bash (4 or newer), zsh, fish, powershell

At each TAB the cluster of the line is asked for leases, namespaces and holders,
for 2 s at most and in silence. `kubectl lease` is completed by kubectl's own
completion, which finds kubectl_complete-lease on the PATH, beside leasectl.
"""

SHELLS = {"bash": "leasectl.bash", "zsh": "_leasectl", "fish": "leasectl.fish", "powershell": "leasectl.ps1"}
_SCRIPTS = Path(__file__).with_name("completing") / "scripts"

Shell = Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh, fish or powershell.")]

app = options.new_app()


@app.command(cls=Command, epilog=EXAMPLES, context_settings=options.HELP)
def completion(ctx: typer.Context, shell: Shell) -> None:
    """Print a script with which a shell completes leasectl's command lines."""
    session: Session = ctx.obj
    session.streams.data([script(shell)])


def script(shell: str) -> bytes:
    """A shell's script; UsageError for a shell that has none."""
    if shell not in SHELLS:
        raise UsageError(f'error: there is no completion for "{shell}": it is one of {", ".join(SHELLS)}')
    return (_SCRIPTS / SHELLS[shell]).read_bytes()
