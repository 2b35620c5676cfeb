-- generations.recent (GET, postgres): The user's generations, newest first, with the title of the track.

-- without optional parameters
select "g"."id" as "requestId", "g"."state" as "state", "g"."prompt" as "prompt", "g"."seed" as "seed", "g"."durationSeconds" as "durationSeconds", "g"."options" as "options", "g"."generatedMs" as "generatedMs", "g"."plannedMs" as "plannedMs", "g"."plannedBytes" as "plannedBytes", "g"."reasonCode" as "reasonCode", "g"."reason" as "reason", "g"."projectId" as "projectId", "g"."trackId" as "trackId", "g"."versionId" as "versionId", "g"."createdAt" as "createdAt", "g"."startedAt" as "startedAt", "g"."finishedAt" as "finishedAt", "t"."title" as "title"
from "generations" as "g"
inner join "tracks" as "t" on "t"."id" = "g"."trackId" and "t"."userId" = cast($1 as text)
where "g"."userId" = cast($2 as text)
order by "g"."createdAt" desc, "g"."id" desc
limit cast($3 as integer);

-- with states, since
select "g"."id" as "requestId", "g"."state" as "state", "g"."prompt" as "prompt", "g"."seed" as "seed", "g"."durationSeconds" as "durationSeconds", "g"."options" as "options", "g"."generatedMs" as "generatedMs", "g"."plannedMs" as "plannedMs", "g"."plannedBytes" as "plannedBytes", "g"."reasonCode" as "reasonCode", "g"."reason" as "reason", "g"."projectId" as "projectId", "g"."trackId" as "trackId", "g"."versionId" as "versionId", "g"."createdAt" as "createdAt", "g"."startedAt" as "startedAt", "g"."finishedAt" as "finishedAt", "t"."title" as "title"
from "generations" as "g"
inner join "tracks" as "t" on "t"."id" = "g"."trackId" and "t"."userId" = cast($1 as text)
where "g"."userId" = cast($2 as text) and "g"."state" = any (array(select cast(value as text) from json_array_elements_text(cast($3 as json)) as each(value))) and "g"."createdAt" >= cast($4 as timestamptz)
order by "g"."createdAt" desc, "g"."id" desc
limit cast($5 as integer);

-- after a cursor
select "g"."id" as "requestId", "g"."state" as "state", "g"."prompt" as "prompt", "g"."seed" as "seed", "g"."durationSeconds" as "durationSeconds", "g"."options" as "options", "g"."generatedMs" as "generatedMs", "g"."plannedMs" as "plannedMs", "g"."plannedBytes" as "plannedBytes", "g"."reasonCode" as "reasonCode", "g"."reason" as "reason", "g"."projectId" as "projectId", "g"."trackId" as "trackId", "g"."versionId" as "versionId", "g"."createdAt" as "createdAt", "g"."startedAt" as "startedAt", "g"."finishedAt" as "finishedAt", "t"."title" as "title"
from "generations" as "g"
inner join "tracks" as "t" on "t"."id" = "g"."trackId" and "t"."userId" = cast($1 as text)
where "g"."userId" = cast($2 as text) and ("g"."createdAt", "g"."id") < (cast($3 as timestamptz), cast($4 as text))
order by "g"."createdAt" desc, "g"."id" desc
limit cast($5 as integer);

-- before a cursor
select "g"."id" as "requestId", "g"."state" as "state", "g"."prompt" as "prompt", "g"."seed" as "seed", "g"."durationSeconds" as "durationSeconds", "g"."options" as "options", "g"."generatedMs" as "generatedMs", "g"."plannedMs" as "plannedMs", "g"."plannedBytes" as "plannedBytes", "g"."reasonCode" as "reasonCode", "g"."reason" as "reason", "g"."projectId" as "projectId", "g"."trackId" as "trackId", "g"."versionId" as "versionId", "g"."createdAt" as "createdAt", "g"."startedAt" as "startedAt", "g"."finishedAt" as "finishedAt", "t"."title" as "title"
from "generations" as "g"
inner join "tracks" as "t" on "t"."id" = "g"."trackId" and "t"."userId" = cast($1 as text)
where "g"."userId" = cast($2 as text) and ("g"."createdAt", "g"."id") > (cast($3 as timestamptz), cast($4 as text))
order by "g"."createdAt" asc, "g"."id" asc
limit cast($5 as integer);

-- the row of a cursor
select "g"."id" as "requestId", "g"."state" as "state", "g"."prompt" as "prompt", "g"."seed" as "seed", "g"."durationSeconds" as "durationSeconds", "g"."options" as "options", "g"."generatedMs" as "generatedMs", "g"."plannedMs" as "plannedMs", "g"."plannedBytes" as "plannedBytes", "g"."reasonCode" as "reasonCode", "g"."reason" as "reason", "g"."projectId" as "projectId", "g"."trackId" as "trackId", "g"."versionId" as "versionId", "g"."createdAt" as "createdAt", "g"."startedAt" as "startedAt", "g"."finishedAt" as "finishedAt", "t"."title" as "title"
from "generations" as "g"
inner join "tracks" as "t" on "t"."id" = "g"."trackId" and "t"."userId" = cast($1 as text)
where "g"."userId" = cast($2 as text) and "g"."id" = cast($3 as text)
order by "g"."createdAt" desc, "g"."id" desc
limit cast($4 as integer);
