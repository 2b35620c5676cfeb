-- library.stats (GET, sqlite): The totals of the user's projects, tracks, versions, minutes and bytes.

-- the only form
select (select count(*) from "projects" as "p"
where "p"."userId" = ? and "p"."deletedAt" is null) as "projects", (select count(*) from "tracks" as "t"
where "t"."userId" = ? and "t"."deletedAt" is null) as "tracks", (select count(*) from "versions" as "v"
where "v"."userId" = ? and "v"."deletedAt" is null) as "versions", coalesce((select sum("d"."durationMs") from "versions" as "d"
where "d"."userId" = ? and "d"."deletedAt" is null), 0) as "durationMs", coalesce((select rondo_sum(sum("b"."audioBytes" >> 32), sum("b"."audioBytes" & 4294967295)) from "versions" as "b"
where "b"."userId" = ? and "b"."deletedAt" is null), 0) as "audioBytes", (select cast(sum("a"."durationMs") as real) / count("a"."durationMs") from "versions" as "a"
where "a"."userId" = ? and "a"."deletedAt" is null) as "averageDurationMs", (select count(*) filter (where "g"."state" = 'failed') from "generations" as "g"
where "g"."userId" = ?) as "failedGenerations", "u"."createdAt" as "memberSince"
from "users" as "u"
where "u"."id" = ? and "u"."id" = ?
order by "u"."id" asc
limit 1001;
