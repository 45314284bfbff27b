"""Clusters as they are stored: what hangs together is read, and what is decided is written or proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.database.statements import query
from pipelines.duplicates.clusters import TEMPLATE_FILLINGS, Edge, Membership, Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.database.connections import Cursor


def components(cursor: Cursor, articles: Sequence[int]) -> tuple[list[Node], list[Edge]]:
    """Everything that hangs together with these articles: by pairs, equal texts, or a cluster with proposals."""
    wanted, nodes = set(articles), list[Node]()
    while wanted.difference(node.article_id for node in nodes):
        cursor.execute(query("read_components"), {"articles": sorted(wanted), "fillings": TEMPLATE_FILLINGS})
        nodes = [Node(*row) for row in cursor]
        inside = [node.article_id for node in nodes]
        cursor.execute(query("proposed_kin"), {"articles": inside})
        kin = {number for (number,) in cursor}
        if kin <= wanted:
            break
        wanted = kin.union(inside)
    cursor.execute(query("read_pairs"), {"articles": [node.article_id for node in nodes]})
    return nodes, [Edge(*row) for row in cursor]


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
