"""Completing commands and options in the shell."""

import click


@click.command(short_help="Complete commands in your shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes innosi's commands in your shell.

    \b
    bash   innosi completion bash >> ~/.bashrc
    zsh    innosi completion zsh >> ~/.zshrc
    fish   innosi completion fish > ~/.config/fish/completions/innosi.fish
    """
    from click.shell_completion import get_completion_class

    from innosi.forecast.cli import cli

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"this click knows no completion for {shell}")
    click.echo(kind(cli, {}, "innosi", "_INNOSI_COMPLETE").source())
