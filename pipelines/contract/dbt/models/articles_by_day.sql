select publisher, (published_at at time zone 'Asia/Jakarta')::date as day, count(*) as articles
from {{ ref('copied_articles') }}
where headline is not null
group by 1, 2
