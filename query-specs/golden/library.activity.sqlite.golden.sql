-- library.activity (GET, sqlite): The number of versions made per day, the newest day first.

-- the only form
select substr("v"."createdAt", 1, 10) as "day", count(*) as "versions", count(distinct "v"."trackId") as "tracks", coalesce(sum("v"."durationMs"), 0) as "durationMs", count(*) filter (where "v"."parentId" is not null) as "edits"
from "versions" as "v"
where "v"."userId" = ? and "v"."createdAt" >= ? and "v"."createdAt" <= ? and "v"."deletedAt" is null
group by substr("v"."createdAt", 1, 10)
order by substr("v"."createdAt", 1, 10) desc
limit 366;
