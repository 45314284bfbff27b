"""An article as schema.org's NewsArticle, in JSON-LD (https://schema.org/NewsArticle)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.exports.written import Publication, Row


def news_article(article: Row, publication: Publication | None) -> dict[str, Any]:
    """The object; what is not known is left out.

    Nothing says whether an author is a person or a newsroom, so authors have a name and no type.
    """
    name, home = publication or (None, None)
    reads, image = article["reads"], article["image_url"]
    free = None if article["paywalled"] is None else not article["paywalled"]
    counter = {
        "@type": "InteractionCounter",
        "interactionType": "https://schema.org/ReadAction",
        "userInteractionCount": reads,
    }
    told = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "identifier": str(article["article_id"]),
        "url": article["canonical_url"],
        "headline": article["headline"],
        "datePublished": article["published_at"],
        "dateModified": article["modified_at"],
        "author": [{"name": author} for author in article["authors"]] or None,
        "publisher": _known(
            {"@type": "NewsMediaOrganization", "identifier": article["publisher"], "name": name, "url": home}
        ),
        "articleSection": article["section"],
        "dateline": article["dateline"],
        "keywords": article["tags"] or None,
        "inLanguage": article["language"],
        "image": image,
        "isAccessibleForFree": free,
        "interactionStatistic": None if reads is None else counter,
        "wordCount": article["word_count"],
        "articleBody": article["text"],
    }
    return _known(told)


def _known(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}
