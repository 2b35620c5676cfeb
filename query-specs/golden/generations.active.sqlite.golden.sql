-- generations.active (GET, sqlite): The queued and running generations, oldest first.

-- the only form
select "g"."id" as "requestId", "g"."state" as "state", "t"."title" as "title", "g"."trackId" as "trackId", "g"."versionId" as "versionId", "g"."generatedMs" as "generatedMs", "g"."plannedMs" as "plannedMs", "g"."createdAt" as "createdAt"
from "generations" as "g"
inner join "tracks" as "t" on "t"."id" = "g"."trackId" and "t"."userId" = ?
where "g"."userId" = ? and "g"."state" in ('queued', 'running')
order by "g"."createdAt" asc, "g"."id" asc
limit 1001;
