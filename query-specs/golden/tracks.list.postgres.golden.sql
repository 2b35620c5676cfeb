-- tracks.list (GET, postgres): The user's tracks, newest first, each with its project's name and its versions.

-- without optional parameters
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select coalesce(json_agg(json_build_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")), '[]') from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then to_json("v"."audioBytes") else to_json(cast("v"."audioBytes" as text)) end as "audioBytes", "v"."peaks" as "peaks", to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = cast($1 as text)
where "v"."userId" = cast($2 as text) and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($3 as text)
where "t"."userId" = cast($4 as text) and "t"."deletedAt" is null and "p"."deletedAt" is null
order by "t"."createdAt" desc, "t"."id" desc
limit cast($5 as integer);

-- with search, projectId, isLiked
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select coalesce(json_agg(json_build_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")), '[]') from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then to_json("v"."audioBytes") else to_json(cast("v"."audioBytes" as text)) end as "audioBytes", "v"."peaks" as "peaks", to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = cast($1 as text)
where "v"."userId" = cast($2 as text) and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($3 as text)
where "t"."userId" = cast($4 as text) and "t"."deletedAt" is null and "p"."deletedAt" is null and "t"."projectId" = cast($5 as text) and case when "t"."likedAt" is null then false else true end = cast($6 as boolean) and (strpos(case when octet_length("t"."title") = char_length("t"."title") then lower("t"."title" collate "C") else normalize(replace(lower(upper(lower("t"."title" collate "und-x-icu") collate "C" collate "und-x-icu") collate "und-x-icu") collate "C", 'ς', 'σ'), NFC) end collate "C", cast($7 as text)) > 0 or exists (select 1 from "versions" as "s"
where "s"."userId" = cast($8 as text) and "s"."trackId" = "t"."id" and "s"."deletedAt" is null and strpos(case when octet_length("s"."prompt") = char_length("s"."prompt") then lower("s"."prompt" collate "C") else normalize(replace(lower(upper(lower("s"."prompt" collate "und-x-icu") collate "C" collate "und-x-icu") collate "und-x-icu") collate "C", 'ς', 'σ'), NFC) end collate "C", cast($9 as text)) > 0))
order by "t"."createdAt" desc, "t"."id" desc
limit cast($10 as integer);

-- after a cursor
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select coalesce(json_agg(json_build_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")), '[]') from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then to_json("v"."audioBytes") else to_json(cast("v"."audioBytes" as text)) end as "audioBytes", "v"."peaks" as "peaks", to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = cast($1 as text)
where "v"."userId" = cast($2 as text) and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($3 as text)
where "t"."userId" = cast($4 as text) and "t"."deletedAt" is null and "p"."deletedAt" is null and ("t"."createdAt", "t"."id") < (cast($5 as timestamptz), cast($6 as text))
order by "t"."createdAt" desc, "t"."id" desc
limit cast($7 as integer);

-- before a cursor
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select coalesce(json_agg(json_build_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")), '[]') from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then to_json("v"."audioBytes") else to_json(cast("v"."audioBytes" as text)) end as "audioBytes", "v"."peaks" as "peaks", to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = cast($1 as text)
where "v"."userId" = cast($2 as text) and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($3 as text)
where "t"."userId" = cast($4 as text) and "t"."deletedAt" is null and "p"."deletedAt" is null and ("t"."createdAt", "t"."id") > (cast($5 as timestamptz), cast($6 as text))
order by "t"."createdAt" asc, "t"."id" asc
limit cast($7 as integer);

-- the row of a cursor
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select coalesce(json_agg(json_build_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")), '[]') from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then to_json("v"."audioBytes") else to_json(cast("v"."audioBytes" as text)) end as "audioBytes", "v"."peaks" as "peaks", to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = cast($1 as text)
where "v"."userId" = cast($2 as text) and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($3 as text)
where "t"."userId" = cast($4 as text) and "t"."id" = cast($5 as text)
order by "t"."createdAt" desc, "t"."id" desc
limit cast($6 as integer);

-- ordered by createdAt.asc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select coalesce(json_agg(json_build_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")), '[]') from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then to_json("v"."audioBytes") else to_json(cast("v"."audioBytes" as text)) end as "audioBytes", "v"."peaks" as "peaks", to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = cast($1 as text)
where "v"."userId" = cast($2 as text) and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($3 as text)
where "t"."userId" = cast($4 as text) and "t"."deletedAt" is null and "p"."deletedAt" is null
order by "t"."createdAt" asc, "t"."id" asc
limit cast($5 as integer);

-- ordered by updatedAt.asc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select coalesce(json_agg(json_build_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")), '[]') from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then to_json("v"."audioBytes") else to_json(cast("v"."audioBytes" as text)) end as "audioBytes", "v"."peaks" as "peaks", to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = cast($1 as text)
where "v"."userId" = cast($2 as text) and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($3 as text)
where "t"."userId" = cast($4 as text) and "t"."deletedAt" is null and "p"."deletedAt" is null
order by "t"."updatedAt" asc, "t"."id" asc
limit cast($5 as integer);

-- ordered by updatedAt.desc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select coalesce(json_agg(json_build_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")), '[]') from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then to_json("v"."audioBytes") else to_json(cast("v"."audioBytes" as text)) end as "audioBytes", "v"."peaks" as "peaks", to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = cast($1 as text)
where "v"."userId" = cast($2 as text) and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($3 as text)
where "t"."userId" = cast($4 as text) and "t"."deletedAt" is null and "p"."deletedAt" is null
order by "t"."updatedAt" desc, "t"."id" desc
limit cast($5 as integer);

-- ordered by title.asc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select coalesce(json_agg(json_build_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")), '[]') from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then to_json("v"."audioBytes") else to_json(cast("v"."audioBytes" as text)) end as "audioBytes", "v"."peaks" as "peaks", to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = cast($1 as text)
where "v"."userId" = cast($2 as text) and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions", lower("t"."title" collate "und-x-icu") collate "C" as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($3 as text)
where "t"."userId" = cast($4 as text) and "t"."deletedAt" is null and "p"."deletedAt" is null
order by lower("t"."title" collate "und-x-icu") collate "C" asc, "t"."id" asc
limit cast($5 as integer);

-- ordered by title.desc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select coalesce(json_agg(json_build_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")), '[]') from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then to_json("v"."audioBytes") else to_json(cast("v"."audioBytes" as text)) end as "audioBytes", "v"."peaks" as "peaks", to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = cast($1 as text)
where "v"."userId" = cast($2 as text) and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions", lower("t"."title" collate "und-x-icu") collate "C" as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($3 as text)
where "t"."userId" = cast($4 as text) and "t"."deletedAt" is null and "p"."deletedAt" is null
order by lower("t"."title" collate "und-x-icu") collate "C" desc, "t"."id" desc
limit cast($5 as integer);

-- ordered by length.asc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select coalesce(json_agg(json_build_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")), '[]') from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then to_json("v"."audioBytes") else to_json(cast("v"."audioBytes" as text)) end as "audioBytes", "v"."peaks" as "peaks", to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = cast($1 as text)
where "v"."userId" = cast($2 as text) and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions", coalesce((select "l"."durationMs" from "versions" as "l"
where "l"."userId" = cast($3 as text) and "l"."trackId" = "t"."id" and "l"."deletedAt" is null and "l"."durationMs" is not null
order by "l"."number" desc, "l"."id" desc limit 1), 0) as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($4 as text)
where "t"."userId" = cast($5 as text) and "t"."deletedAt" is null and "p"."deletedAt" is null
order by coalesce((select "l"."durationMs" from "versions" as "l"
where "l"."userId" = cast($6 as text) and "l"."trackId" = "t"."id" and "l"."deletedAt" is null and "l"."durationMs" is not null
order by "l"."number" desc, "l"."id" desc limit 1), 0) asc, "t"."id" asc
limit cast($7 as integer);

-- ordered by length.desc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select coalesce(json_agg(json_build_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")), '[]') from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then to_json("v"."audioBytes") else to_json(cast("v"."audioBytes" as text)) end as "audioBytes", "v"."peaks" as "peaks", to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = cast($1 as text)
where "v"."userId" = cast($2 as text) and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions", coalesce((select "l"."durationMs" from "versions" as "l"
where "l"."userId" = cast($3 as text) and "l"."trackId" = "t"."id" and "l"."deletedAt" is null and "l"."durationMs" is not null
order by "l"."number" desc, "l"."id" desc limit 1), 0) as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($4 as text)
where "t"."userId" = cast($5 as text) and "t"."deletedAt" is null and "p"."deletedAt" is null
order by coalesce((select "l"."durationMs" from "versions" as "l"
where "l"."userId" = cast($6 as text) and "l"."trackId" = "t"."id" and "l"."deletedAt" is null and "l"."durationMs" is not null
order by "l"."number" desc, "l"."id" desc limit 1), 0) desc, "t"."id" desc
limit cast($7 as integer);

-- ordered by likedAt.asc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select coalesce(json_agg(json_build_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")), '[]') from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then to_json("v"."audioBytes") else to_json(cast("v"."audioBytes" as text)) end as "audioBytes", "v"."peaks" as "peaks", to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = cast($1 as text)
where "v"."userId" = cast($2 as text) and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions", coalesce("t"."likedAt", cast('1970-01-01T00:00:00.000Z' as timestamptz)) as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($3 as text)
where "t"."userId" = cast($4 as text) and "t"."deletedAt" is null and "p"."deletedAt" is null
order by coalesce("t"."likedAt", cast('1970-01-01T00:00:00.000Z' as timestamptz)) asc, "t"."id" asc
limit cast($5 as integer);

-- ordered by likedAt.desc
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName", "t"."createdAt" as "createdAt", "t"."updatedAt" as "updatedAt", "t"."likedAt" as "likedAt", (select coalesce(json_agg(json_build_object('id', "~rows"."id", 'number', "~rows"."number", 'parentId', "~rows"."parentId", 'prompt', "~rows"."prompt", 'instruction', "~rows"."instruction", 'durationMs', "~rows"."durationMs", 'audioBytes', "~rows"."audioBytes", 'peaks', "~rows"."peaks", 'createdAt', "~rows"."createdAt", 'state', "~rows"."state", 'requestId', "~rows"."requestId")), '[]') from (select "v"."id" as "id", "v"."number" as "number", "v"."parentId" as "parentId", "v"."prompt" as "prompt", "v"."instruction" as "instruction", "v"."durationMs" as "durationMs", case when "v"."audioBytes" between -9007199254740991 and 9007199254740991 then to_json("v"."audioBytes") else to_json(cast("v"."audioBytes" as text)) end as "audioBytes", "v"."peaks" as "peaks", to_char("v"."createdAt" at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt", "g"."state" as "state", "g"."id" as "requestId" from "versions" as "v"
left join "generations" as "g" on "g"."versionId" = "v"."id" and "g"."userId" = cast($1 as text)
where "v"."userId" = cast($2 as text) and "v"."trackId" = "t"."id" and "v"."deletedAt" is null
order by "v"."number" asc, "v"."id" asc, "g"."id" asc nulls last limit 1001) as "~rows") as "versions", coalesce("t"."likedAt", cast('1970-01-01T00:00:00.000Z' as timestamptz)) as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($3 as text)
where "t"."userId" = cast($4 as text) and "t"."deletedAt" is null and "p"."deletedAt" is null
order by coalesce("t"."likedAt", cast('1970-01-01T00:00:00.000Z' as timestamptz)) desc, "t"."id" desc
limit cast($5 as integer);
