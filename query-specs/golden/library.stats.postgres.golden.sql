-- library.stats (GET, postgres): The totals of the user's projects, tracks, versions, minutes and bytes.

-- the only form
select (select count(*) from "projects" as "p"
where "p"."userId" = cast($1 as text) and "p"."deletedAt" is null) as "projects", (select count(*) from "tracks" as "t"
where "t"."userId" = cast($2 as text) and "t"."deletedAt" is null) as "tracks", (select count(*) from "versions" as "v"
where "v"."userId" = cast($3 as text) and "v"."deletedAt" is null) as "versions", coalesce((select cast(sum("d"."durationMs") as bigint) from "versions" as "d"
where "d"."userId" = cast($4 as text) and "d"."deletedAt" is null), 0) as "durationMs", coalesce((select cast(sum("b"."audioBytes") as bigint) from "versions" as "b"
where "b"."userId" = cast($5 as text) and "b"."deletedAt" is null), 0) as "audioBytes", (select cast(cast(sum("a"."durationMs") as bigint) as double precision) / count("a"."durationMs") from "versions" as "a"
where "a"."userId" = cast($6 as text) and "a"."deletedAt" is null) as "averageDurationMs", (select count(*) filter (where "g"."state" = cast('failed' as text)) from "generations" as "g"
where "g"."userId" = cast($7 as text)) as "failedGenerations", "u"."createdAt" as "memberSince"
from "users" as "u"
where "u"."id" = cast($8 as text) and "u"."id" = cast($9 as text)
order by "u"."id" asc
limit 1001;
