-- tracks.get (GET, sqlite): One track with its versions.

-- the only form
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select json_group_array(json_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")) from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then "v"."audioBytes" else cast("v"."audioBytes" as text) end as "audioBytes", "v"."peaks" as "peaks", "v"."createdAt" as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = ?
where "v"."userId" = ? and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is null and "p"."deletedAt" is null and "t"."id" = ?
order by "t"."id" asc
limit 1001;
