-- library.activity (GET, postgres): The number of versions made per day, the newest day first.

-- the only form
select to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD') collate "C" as "day", count(*) as "versions", count(distinct "v"."trackId") as "tracks", coalesce(cast(sum("v"."durationMs") as bigint), 0) as "durationMs", count(*) filter (where "v"."parentId" is not null) as "edits"
from "versions" as "v"
where "v"."userId" = cast($1 as text) and "v"."createdAt" >= cast($2 as timestamptz) and "v"."createdAt" <= cast($3 as timestamptz) and "v"."deletedAt" is null
group by to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD') collate "C"
order by to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD') collate "C" desc
limit 366;
