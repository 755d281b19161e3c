"""Members whom a kept study file lists: taken out of its text, all else left as it was written."""

import json
from collections.abc import Collection, Iterator, Mapping

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from sqlalchemy import select, update

from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.rows import of_study
from innosi.forecast.store.tables import study_versions


def take_out_members(transaction: Transaction, pseudonyms: Collection[str] | None = None) -> None:
    """Take panellists off the lists in every kept version of the study file; all of them by default."""
    c = study_versions.c
    query = select(c.id, c.content).where(of_study(study_versions, transaction.study_id))
    for number, content in transaction.connection.execute(query).all():
        changed = without_members(content, pseudonyms)
        if changed != content:
            transaction.connection.execute(
                update(study_versions).where(c.id == number).values(content=changed)
            )


def without_members(content: str, pseudonyms: Collection[str] | None = None) -> str:
    """Return the text of a study file without some of the members that it lists; without all by default.

    Examples
    --------
    >>> without_members("panel: {members: {p01: north, p02: south}, minimum_group_size: 5}", ["p01"])
    'panel: {members: {"p02": "south"}, minimum_group_size: 5}'
    """
    panel = _value(YAML(pure=True).compose(content), "panel")
    changes = []
    members, file = _value(panel, "members"), _value(panel, "members_file")
    if members is not None:
        changes.append((members, _written(members, pseudonyms)))
    if file is not None and pseudonyms is None:
        changes.append((file, "null"))
    for node, text in sorted(changes, key=lambda change: -change[0].start_mark.index):
        start, end = node.start_mark.index, node.end_mark.index
        ends_with = content[start:end][len(content[start:end].rstrip()) :]
        content = content[:start] + text + ends_with + content[end:]
    return content


def with_members(content: str, members: Mapping[str, str]) -> str:
    """Return the text of a study file with the members whom it has in a file of their own.

    Examples
    --------
    >>> with_members("panel: {members_file: people.csv}", {"p01": "north", "p02": ""})
    'panel: {members: {"p01": "north", "p02": null}}'
    """
    panel = _value(YAML(pure=True).compose(content), "panel")
    pairs = panel.value if isinstance(panel, MappingNode) else []
    for key, value in pairs:
        if key.value == "members_file" and value.tag != "tag:yaml.org,2002:null":
            text = json.dumps({name: group or None for name, group in members.items()}, ensure_ascii=False)
            start, end = value.start_mark.index, value.end_mark.index
            ends_with = content[start:end][len(content[start:end].rstrip()) :]
            before = content[key.end_mark.index : start]
            content = content[: key.start_mark.index] + "members" + before + text + ends_with + content[end:]
    return content


def _value(node: Node | None, key: str) -> Node | None:
    pairs = node.value if isinstance(node, MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _written(members: Node, pseudonyms: Collection[str] | None) -> str:
    if isinstance(members, SequenceNode):
        names = [each.value for each in members.value if not _is_out(each, pseudonyms)]
        return json.dumps(names, ensure_ascii=False)
    return f"{{{', '.join(_kept(members, pseudonyms))}}}"


def _kept(members: Node, pseudonyms: Collection[str] | None) -> Iterator[str]:
    for name, group in members.value if isinstance(members, MappingNode) else ():
        if not _is_out(name, pseudonyms):
            is_none = group.tag == "tag:yaml.org,2002:null"
            shown = "null" if is_none else json.dumps(group.value, ensure_ascii=False)
            yield f"{json.dumps(name.value, ensure_ascii=False)}: {shown}"


def _is_out(name: ScalarNode, pseudonyms: Collection[str] | None) -> bool:
    return pseudonyms is None or name.value in pseudonyms
