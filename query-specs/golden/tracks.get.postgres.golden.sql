-- tracks.get (GET, postgres): One track with its versions.

-- the only form
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select coalesce(json_agg(json_build_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")), '[]') from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then to_json("v"."audioBytes") else to_json(cast("v"."audioBytes" as text)) end as "audioBytes", "v"."peaks" as "peaks", to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = cast($1 as text)
where "v"."userId" = cast($2 as text) and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($3 as text)
where "t"."userId" = cast($4 as text) and "t"."deletedAt" is null and "p"."deletedAt" is null and "t"."id" = cast($5 as text)
order by "t"."id" asc
limit 1001;
