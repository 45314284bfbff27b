{{ config(materialized='incremental', unique_key='article_id', incremental_strategy='delete+insert') }}

-- What went stays as a row without a headline: it may carry the highest change_id, which is the mark.
select c.change_id, c.article_id, a.publisher, a.headline, a.published_at, a.section, a.authors, a.tags, a.text
from {{ source('news', 'changes') }} c
left join {{ source('news', 'articles') }} a using (article_id)
where c.latest
{% if is_incremental() %}
    and c.change_id > (select coalesce(max(change_id), 0) from {{ this }})
{% endif %}
