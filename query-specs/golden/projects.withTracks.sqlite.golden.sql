-- projects.withTracks (GET, sqlite): The projects that have tracks, those with the most tracks first, each with the time of its newest track.

-- the only form
select "p"."id" as "projectId", "p"."name" as "name", count(*) as "tracks", max("t"."createdAt") as "newestAt"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is null and "p"."deletedAt" is null
group by "p"."id", "p"."name"
having count(*) >= ?
order by count(*) desc, "p"."id" desc, "p"."name" desc
limit 50;
