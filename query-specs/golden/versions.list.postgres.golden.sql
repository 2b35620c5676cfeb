-- versions.list (GET, postgres): The versions of a track, in their order, with the state of their generation.

-- the only form
select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", "v"."audioBytes" as "audioBytes", "v"."peaks" as "peaks", "v"."createdAt" as "createdAt", "g"."state" as "state", "g"."id" as "requestId", "v"."trackId" as "trackId", "v"."seed" as "seed", "v"."spec" as "spec", ("v"."audioBytes" is not null) as "hasAudio"
from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = cast($1 as text)
where "v"."userId" = cast($2 as text) and "v"."trackId" = cast($3 as text) and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last
limit 1001;
