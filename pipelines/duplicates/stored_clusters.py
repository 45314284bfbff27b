"""Clusters as they are stored: what hangs together is read, and what is decided is written or proposed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pipelines.database.statements import query
from pipelines.duplicates.clusters import OTHER_NEWS, Edge, Membership, Node, is_instance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.database.connections import Cursor


def components(cursor: Cursor, articles: Sequence[int]) -> tuple[list[Node], list[Edge]]:
    """Everything that hangs together with these articles: by pairs, equal texts, or a cluster with proposals."""
    nodes, edges = hanging_together(cursor, articles)
    doubted = {number for edge in edges if edge.doubts for number in (edge.a, edge.b)}
    known = instances(cursor, [node for node in nodes if node.article_id in doubted], nodes, edges)
    return [node._replace(template=node.article_id in known) for node in nodes], edges


def hanging_together(cursor: Cursor, articles: Sequence[int]) -> tuple[list[Node], list[Edge]]:
    """The same, where `template` says that an article may be an instance of one."""
    wanted, nodes = set(articles), list[Node]()
    while wanted.difference(node.article_id for node in nodes):
        cursor.execute(query("read_components"), {"articles": sorted(wanted), "fillings": OTHER_NEWS})
        nodes = [Node(*row) for row in cursor]
        inside = [node.article_id for node in nodes]
        cursor.execute(query("proposed_kin"), {"articles": inside})
        kin = {number for (number,) in cursor}
        if kin <= wanted:
            break
        wanted = kin.union(inside)
    cursor.execute(query("read_pairs"), {"articles": [node.article_id for node in nodes]})
    return nodes, [Edge(*row) for row in cursor]


def instances(cursor: Cursor, asked: Sequence[Node], nodes: Sequence[Node], edges: Sequence[Edge]) -> set[int]:
    """Numbers of those asked for that are known for instances of a template.

    Args:
        cursor: to the harvest's database.
        asked: some of the nodes; `template` says that they may be instances.
        nodes: all that hangs together with them.
        edges: the pairs between those.
    """
    maybe = {node.article_id: node.text for node in asked if node.template}
    if not maybe:
        return set()
    text = {node.article_id: node.text for node in nodes}
    alike, surely = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for edge in edges:
        for kin in (alike,) if edge.doubts else (alike, surely):
            kin[text[edge.a]].add(text[edge.b])
            kin[text[edge.b]].add(text[edge.a])
    contradicting = defaultdict[int, set[str]](set)
    cursor.execute(query("contradicting_texts"), {"articles": list(maybe)})
    for number, other in cursor:
        contradicting[number].add(other)
    return {number for number, own in maybe.items() if is_instance(own, contradicting[number], alike, surely)}


def write_clusters(cursor: Cursor, articles: Sequence[int], wanted: Sequence[Membership]) -> set[int]:
    """Write the rows that differ from what is stored; returns the clusters they belonged or now belong to."""
    parameters = _columns(articles, wanted)
    cursor.execute(query("strike_proposals"), parameters)
    cursor.execute(query("delete_changed_members"), parameters)
    changed = {cluster for (cluster,) in cursor}
    cursor.execute(query("insert_changed_members"), parameters)
    return changed | {cluster for (cluster,) in cursor}


def propose_clusters(cursor: Cursor, articles: Sequence[int], wanted: Sequence[Membership]) -> set[int]:
    """Propose the rows that differ from what is stored; returns the clusters that are proposed."""
    parameters = _columns(articles, wanted)
    cursor.execute(query("strike_proposals"), parameters)
    cursor.execute(query("propose_members"), parameters)
    return {cluster for (cluster,) in cursor}


def _columns(articles: Sequence[int], wanted: Sequence[Membership]) -> dict[str, Any]:
    return {
        "articles": articles,
        "members": [row.article_id for row in wanted],
        "clusters": [row.cluster_id for row in wanted],
        "canonical": [row.canonical for row in wanted],
        "why": [row.why for row in wanted],
        "scores": [row.score for row in wanted],
        "tied_to": [row.tied_to for row in wanted],
        "rules": [row.rule for row in wanted],
    }
