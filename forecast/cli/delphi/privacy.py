"""`innosi delphi consent`, `withdraw`, `access`, `erase` and `anonymise`: what panellists were promised."""

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.delphi.arguments import by_option, now, running_argument
from innosi.forecast.cli.output import Output, Table

if TYPE_CHECKING:
    from innosi.forecast.running import RunningStudy
    from innosi.forecast.store.absence import Proof
    from innosi.forecast.store.names import Mention
    from innosi.forecast.study import Study

yes_option = click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")


@click.command(short_help="Record who agreed to take part.")
@running_argument
@click.argument("pseudonyms", nargs=-1, required=True, metavar="PSEUDONYM…")
@click.option("--refused", is_flag=True, help="They did not agree.")
@click.option(
    "--how",
    type=click.Choice(["paper", "e-mail", "spoken", "form"]),
    default="paper",
    show_default=True,
    help="How they said so.",
)
def consent(running: "RunningStudy", pseudonyms: tuple[str, ...], refused: bool, how: str) -> None:
    """Record that panellists of a STUDY agreed to take part: to the text of consent as the study file has it.

    What somebody said last counts. Of those who did not agree no answers are taken.

    \b
    innosi delphi consent study.yaml K7R-4TM Q3X-9PD
    innosi delphi consent study.yaml K7R-4TM --refused --how e-mail
    """
    from innosi.forecast.taking_part import keep_consent

    names = keep_consent(running, pseudonyms, is_given=not refused, how=how, at=now())
    click.echo(f"{'refused' if refused else 'agreed'}: {', '.join(names)}")


@click.command(short_help="Record that a panellist withdrew.")
@running_argument
@click.argument("pseudonym")
@yes_option
def withdraw(running: "RunningStudy", pseudonym: str, yes: bool) -> None:
    """Record that a panellist of a STUDY withdrew: they are asked no more, and what they said still counts.

    Nobody has to say why, and no reason is kept. Who is who: `innosi delphi panel STUDY --names`. To delete
    what they said: `innosi delphi erase`.

    \b
    innosi delphi withdraw study.yaml K7R-4TM
    """
    from innosi.forecast.taking_part import withdraw as keep_withdrawal

    if not yes:
        click.confirm(f"Withdraw '{pseudonym}'? They are asked no more", abort=True)
    click.echo(f"withdrawn: {keep_withdrawal(running, pseudonym, at=now())}")


@click.command(short_help="Show all that is kept of a panellist.")
@running_argument
@click.argument("pseudonym")
@click.option("--to", type=click.Path(path_type=Path), help="A file to write it into; shown by default.")
def access(running: "RunningStudy", pseudonym: str, to: Path | None) -> None:
    """Show all that is kept of a panellist of a STUDY, as JSON, to give it to them (GDPR, article 15).

    Questions stand as they were asked, in the panellist's language where the study has it; answers in words.

    \b
    innosi delphi access study.yaml K7R-4TM --to K7R-4TM.json
    """
    from innosi.forecast.access import data_of_person
    from innosi.scenarios.writing import FOR_ITS_OWNER, write_text

    text = json.dumps(data_of_person(running, pseudonym), indent=2, ensure_ascii=False)
    if to is None:
        click.echo(text)
        return
    write_text(to, text + "\n", mode=FOR_ITS_OWNER)
    click.echo(f"written: {to}; its owner alone may read it")


@click.command(short_help="Delete a panellist, for good.")
@running_argument
@click.argument("pseudonym")
@click.option("--because", required=True, metavar="TEXT", help="Why, without saying who; it is kept.")
@by_option
@yes_option
@click.pass_context
def erase(
    context: click.Context, running: "RunningStudy", pseudonym: str, because: str, by: str, yes: bool
) -> None:
    """Delete everything of a panellist of a STUDY, for good, and look whether anything of it is left.

    Results change, as their answers count no longer. Ends with code 1 where something was found.

    \b
    innosi delphi erase study.yaml K7R-4TM --because "asked for it"
    """
    from innosi.forecast.store.privacy import erase_panellist

    if not yes:
        click.confirm(f"Delete everything of '{pseudonym}'? It cannot be undone", abort=True)
    done = erase_panellist(running.needed_store, pseudonym, because=because, by=by, at=now())
    click.echo(f"deleted: answers: {done.n_answers}, arguments: {done.n_arguments}, and who it was")
    tell_files_beside(running.study)
    show_proof(context, done.proof)


@click.command(short_help="Destroy the link to people, for good.")
@running_argument
@click.option("--blot-names", is_flag=True, help="Put […] in the place of every name found in a text.")
@click.option("--leave-names", is_flag=True, help="Let names that are found in texts stand.")
@yes_option
@click.pass_context
def anonymise(
    context: click.Context, running: "RunningStudy", blot_names: bool, leave_names: bool, yes: bool
) -> None:
    """Destroy the link between the answers of a STUDY and its people, for good, and look for what is left.

    Nobody can answer afterwards. Names that panellists or you wrote in texts are looked for first: edit those
    arguments (`innosi delphi moderate`), or say --blot-names or --leave-names.

    \b
    innosi delphi anonymise study.yaml
    innosi delphi anonymise study.yaml --blot-names --yes
    """
    from innosi.forecast.store.anonymising import anonymise as destroy_link
    from innosi.forecast.store.names import forms_of_names, names_in_texts

    if blot_names and leave_names:
        raise click.UsageError("--blot-names and --leave-names exclude each other")
    store = running.needed_store
    mentions = names_in_texts(store)
    if mentions:
        Output().show(mentions_table(mentions, "people of the panel are named in texts"))
    if forms := forms_of_names(store):
        Output().show(mentions_table(forms, _LIKE_NAMES))
        click.echo("nothing is done about them: look yourself, and edit what names somebody\n")
    click.echo(_DESTROYED)
    if not yes:
        click.confirm("Destroy it? It cannot be undone", abort=True)
    done = destroy_link(
        store,
        running.study,
        at=now(),
        randomness=random.SystemRandom(),
        despite_names=leave_names,
        blots_names=blot_names,
    )
    click.echo(f"anonymous: {done.n_panellists} panellists have new pseudonyms that nobody knows")
    if done.emptied_groups:
        click.echo(f"groups that were too small, and are told no more: {', '.join(done.emptied_groups)}")
    if running.found.panel.members:
        click.echo(
            f"note: {running.found.path} still lists the old pseudonyms under `members`; take them out"
        )
    tell_files_beside(running.study)
    show_proof(context, done.proof)


_DESTROYED = (
    "This deletes names, addresses, letters and lists of imports; draws all pseudonyms anew; empties small"
    " groups, fields of expertise and languages; and leaves of when somebody answered the day on which the"
    " round was closed. Backups made earlier hold what they held: destroy them."
)
_LIKE_NAMES = "words that may be names in another form"


def mentions_table(mentions: "tuple[Mention, ...]", title: str) -> Table:
    """Return where people are named in texts."""
    rows = [(each.where, each.named, each.text) for each in mentions]
    return Table(title, ("where", "named", "text"), rows)


def tell_files_beside(study: "Study") -> None:
    """Name the files beside a study that may hold what was deleted from its store."""
    from innosi.forecast.store.beside import files_beside

    for path in files_beside(study):
        click.echo(f"may still hold it, and was not looked into: {path}; delete it if nobody needs it")


def show_proof(context: click.Context, proof: "Proof") -> None:
    """Show what was looked for and what was found of it; end with code 1 where anything was."""
    if proof.found:
        rows = [(each.needle, each.where) for each in proof.found]
        Output().show(Table("STILL THERE, though deleted where it belonged", ("found", "where"), rows))
    else:
        click.echo(
            f"proof: {proof.n_needles} names, addresses and pseudonyms were looked for in all of the store as"
            " whole words, with or without accents, and none was found; other forms of a name, nicknames and"
            " misspellings were not looked for"
        )
    for each in proof.skipped:
        click.echo(f"not looked for, as it is too short: {each}")
    for note in proof.beyond:
        click.echo(f"note: {note}")
    if proof.found:
        context.exit(1)
