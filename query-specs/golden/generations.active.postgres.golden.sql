-- generations.active (GET, postgres): The queued and running generations, oldest first.

-- the only form
select "g"."id" as "requestId", "g"."state" as "state", "t"."title" as "title", "g"."trackId" as "trackId", "g"."versionId" as "versionId", "g"."generatedMs" as "generatedMs", "g"."plannedMs" as "plannedMs", "g"."createdAt" as "createdAt"
from "generations" as "g"
inner join "tracks" as "t" on "t"."id" = "g"."trackId" and "t"."userId" = cast($1 as text)
where "g"."userId" = cast($2 as text) and "g"."state" in (cast('queued' as text), cast('running' as text))
order by "g"."createdAt" asc, "g"."id" asc
limit 1001;
