"""Groups of commands that import a command only when it is called for, so that starting stays quick."""

import difflib
import importlib
from collections.abc import Mapping
from typing import ClassVar

import click


class LazyGroup(click.Group):
    """A group whose commands are named in a table: name to `module:function` within a package."""

    table: ClassVar[Mapping[str, str]] = {}
    package: ClassVar[str] = ""

    @classmethod
    def of(cls, table: Mapping[str, str], *, within: str) -> type["LazyGroup"]:
        """Return a group of the commands in a table, whose modules lie within a package."""
        return type(cls.__name__, (cls,), {"table": table, "package": within})

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands in their teaching order."""
        return list(self.table)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant; an unknown one is told with what may have been meant."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self.table:
            ctx.fail(self._unknown(name, ctx.command_path))
        return super().resolve_command(ctx, args)

    def _unknown(self, name: str, path: str) -> str:
        if "." in name:
            examples = ", ".join(f"{path} {each} {name}" for each in list(self.table)[:3])
            return f"'{name}' looks like a file; say what to do with it, such as: {examples}"
        alike = difflib.get_close_matches(name, self.table, n=2)
        meant = f" Did you mean {' or '.join(repr(each) for each in alike)}?" if alike else ""
        return f"No such command '{name}'.{meant}"

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command's module only now."""
        if cmd_name not in self.table:
            return None
        module, _, name = self.table[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(f"{self.package}.{module}"), name)
        return command
