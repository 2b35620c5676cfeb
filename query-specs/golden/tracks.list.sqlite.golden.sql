-- tracks.list (GET, sqlite): The user's tracks, newest first, each with its project's name and its versions.

-- without optional parameters
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select json_group_array(json_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")) from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then "v"."audioBytes" else cast("v"."audioBytes" as text) end as "audioBytes", "v"."peaks" as "peaks", "v"."createdAt" as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = ?
where "v"."userId" = ? and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is null and "p"."deletedAt" is null
order by "t"."createdAt" desc, "t"."id" desc
limit ?;

-- with search, projectId, isLiked
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select json_group_array(json_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")) from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then "v"."audioBytes" else cast("v"."audioBytes" as text) end as "audioBytes", "v"."peaks" as "peaks", "v"."createdAt" as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = ?
where "v"."userId" = ? and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is null and "p"."deletedAt" is null and "t"."projectId" = ? and case when "t"."likedAt" is null then false else true end = ? and (instr(rondo_fold("t"."title"), ?) > 0 or exists (select 1 from "versions" as "s"
where "s"."userId" = ? and "s"."trackId" = "t"."id" and "s"."deletedAt" is null and instr(rondo_fold("s"."prompt"), ?) > 0))
order by "t"."createdAt" desc, "t"."id" desc
limit ?;

-- after a cursor
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select json_group_array(json_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")) from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then "v"."audioBytes" else cast("v"."audioBytes" as text) end as "audioBytes", "v"."peaks" as "peaks", "v"."createdAt" as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = ?
where "v"."userId" = ? and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is null and "p"."deletedAt" is null and ("t"."createdAt", "t"."id") < (?, ?)
order by "t"."createdAt" desc, "t"."id" desc
limit ?;

-- before a cursor
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select json_group_array(json_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")) from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then "v"."audioBytes" else cast("v"."audioBytes" as text) end as "audioBytes", "v"."peaks" as "peaks", "v"."createdAt" as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = ?
where "v"."userId" = ? and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is null and "p"."deletedAt" is null and ("t"."createdAt", "t"."id") > (?, ?)
order by "t"."createdAt" asc, "t"."id" asc
limit ?;

-- the row of a cursor
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select json_group_array(json_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")) from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then "v"."audioBytes" else cast("v"."audioBytes" as text) end as "audioBytes", "v"."peaks" as "peaks", "v"."createdAt" as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = ?
where "v"."userId" = ? and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."id" = ?
order by "t"."createdAt" desc, "t"."id" desc
limit ?;

-- ordered by createdAt.asc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select json_group_array(json_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")) from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then "v"."audioBytes" else cast("v"."audioBytes" as text) end as "audioBytes", "v"."peaks" as "peaks", "v"."createdAt" as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = ?
where "v"."userId" = ? and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is null and "p"."deletedAt" is null
order by "t"."createdAt" asc, "t"."id" asc
limit ?;

-- ordered by updatedAt.asc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select json_group_array(json_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")) from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then "v"."audioBytes" else cast("v"."audioBytes" as text) end as "audioBytes", "v"."peaks" as "peaks", "v"."createdAt" as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = ?
where "v"."userId" = ? and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is null and "p"."deletedAt" is null
order by "t"."updatedAt" asc, "t"."id" asc
limit ?;

-- ordered by updatedAt.desc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select json_group_array(json_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")) from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then "v"."audioBytes" else cast("v"."audioBytes" as text) end as "audioBytes", "v"."peaks" as "peaks", "v"."createdAt" as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = ?
where "v"."userId" = ? and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is null and "p"."deletedAt" is null
order by "t"."updatedAt" desc, "t"."id" desc
limit ?;

-- ordered by title.asc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select json_group_array(json_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")) from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then "v"."audioBytes" else cast("v"."audioBytes" as text) end as "audioBytes", "v"."peaks" as "peaks", "v"."createdAt" as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = ?
where "v"."userId" = ? and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions", rondo_lower("t"."title") as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is null and "p"."deletedAt" is null
order by rondo_lower("t"."title") asc, "t"."id" asc
limit ?;

-- ordered by title.desc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select json_group_array(json_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")) from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then "v"."audioBytes" else cast("v"."audioBytes" as text) end as "audioBytes", "v"."peaks" as "peaks", "v"."createdAt" as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = ?
where "v"."userId" = ? and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions", rondo_lower("t"."title") as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is null and "p"."deletedAt" is null
order by rondo_lower("t"."title") desc, "t"."id" desc
limit ?;

-- ordered by length.asc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select json_group_array(json_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")) from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then "v"."audioBytes" else cast("v"."audioBytes" as text) end as "audioBytes", "v"."peaks" as "peaks", "v"."createdAt" as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = ?
where "v"."userId" = ? and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions", coalesce((select "l"."durationMs" from "versions" as "l"
where "l"."userId" = ? and "l"."trackId" = "t"."id" and "l"."deletedAt" is null and "l"."durationMs" is not null
order by "l"."number" desc, "l"."id" desc limit 1), 0) as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is null and "p"."deletedAt" is null
order by coalesce((select "l"."durationMs" from "versions" as "l"
where "l"."userId" = ? and "l"."trackId" = "t"."id" and "l"."deletedAt" is null and "l"."durationMs" is not null
order by "l"."number" desc, "l"."id" desc limit 1), 0) asc, "t"."id" asc
limit ?;

-- ordered by length.desc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select json_group_array(json_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")) from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then "v"."audioBytes" else cast("v"."audioBytes" as text) end as "audioBytes", "v"."peaks" as "peaks", "v"."createdAt" as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = ?
where "v"."userId" = ? and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions", coalesce((select "l"."durationMs" from "versions" as "l"
where "l"."userId" = ? and "l"."trackId" = "t"."id" and "l"."deletedAt" is null and "l"."durationMs" is not null
order by "l"."number" desc, "l"."id" desc limit 1), 0) as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is null and "p"."deletedAt" is null
order by coalesce((select "l"."durationMs" from "versions" as "l"
where "l"."userId" = ? and "l"."trackId" = "t"."id" and "l"."deletedAt" is null and "l"."durationMs" is not null
order by "l"."number" desc, "l"."id" desc limit 1), 0) desc, "t"."id" desc
limit ?;

-- ordered by likedAt.asc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select json_group_array(json_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")) from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then "v"."audioBytes" else cast("v"."audioBytes" as text) end as "audioBytes", "v"."peaks" as "peaks", "v"."createdAt" as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = ?
where "v"."userId" = ? and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions", coalesce("t"."likedAt", '1970-01-01T00:00:00.000Z') as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is null and "p"."deletedAt" is null
order by coalesce("t"."likedAt", '1970-01-01T00:00:00.000Z') asc, "t"."id" asc
limit ?;

-- ordered by likedAt.desc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select json_group_array(json_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")) from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then "v"."audioBytes" else cast("v"."audioBytes" as text) end as "audioBytes", "v"."peaks" as "peaks", "v"."createdAt" as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = ?
where "v"."userId" = ? and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions", coalesce("t"."likedAt", '1970-01-01T00:00:00.000Z') as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is null and "p"."deletedAt" is null
order by coalesce("t"."likedAt", '1970-01-01T00:00:00.000Z') desc, "t"."id" desc
limit ?;
