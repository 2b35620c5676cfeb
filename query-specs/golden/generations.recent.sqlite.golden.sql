-- generations.recent (GET, sqlite): The user's generations, newest first, with the title of the track.

-- without optional parameters
select "g"."id" as "requestId", "g"."state" as "state", "g"."prompt" as "prompt", "g"."seed" as "seed", "g"."durationSeconds" as "durationSeconds", "g"."options" as "options", "g"."generatedMs" as "generatedMs", "g"."plannedMs" as "plannedMs", "g"."plannedBytes" as "plannedBytes", "g"."reasonCode" as "reasonCode", "g"."reason" as "reason", "g"."projectId" as "projectId", "g"."trackId" as "trackId", "g"."versionId" as "versionId", "g"."createdAt" as "createdAt", "g"."startedAt" as "startedAt", "g"."finishedAt" as "finishedAt", "t"."title" as "title"
from "generations" as "g"
inner join "tracks" as "t" on "t"."id" = "g"."trackId" and "t"."userId" = ?
where "g"."userId" = ?
order by "g"."createdAt" desc, "g"."id" desc
limit ?;

-- with states, since
select "g"."id" as "requestId", "g"."state" as "state", "g"."prompt" as "prompt", "g"."seed" as "seed", "g"."durationSeconds" as "durationSeconds", "g"."options" as "options", "g"."generatedMs" as "generatedMs", "g"."plannedMs" as "plannedMs", "g"."plannedBytes" as "plannedBytes", "g"."reasonCode" as "reasonCode", "g"."reason" as "reason", "g"."projectId" as "projectId", "g"."trackId" as "trackId", "g"."versionId" as "versionId", "g"."createdAt" as "createdAt", "g"."startedAt" as "startedAt", "g"."finishedAt" as "finishedAt", "t"."title" as "title"
from "generations" as "g"
inner join "tracks" as "t" on "t"."id" = "g"."trackId" and "t"."userId" = ?
where "g"."userId" = ? and "g"."state" in (select value from json_each(?)) and "g"."createdAt" >= ?
order by "g"."createdAt" desc, "g"."id" desc
limit ?;

-- after a cursor
select "g"."id" as "requestId", "g"."state" as "state", "g"."prompt" as "prompt", "g"."seed" as "seed", "g"."durationSeconds" as "durationSeconds", "g"."options" as "options", "g"."generatedMs" as "generatedMs", "g"."plannedMs" as "plannedMs", "g"."plannedBytes" as "plannedBytes", "g"."reasonCode" as "reasonCode", "g"."reason" as "reason", "g"."projectId" as "projectId", "g"."trackId" as "trackId", "g"."versionId" as "versionId", "g"."createdAt" as "createdAt", "g"."startedAt" as "startedAt", "g"."finishedAt" as "finishedAt", "t"."title" as "title"
from "generations" as "g"
inner join "tracks" as "t" on "t"."id" = "g"."trackId" and "t"."userId" = ?
where "g"."userId" = ? and ("g"."createdAt", "g"."id") < (?, ?)
order by "g"."createdAt" desc, "g"."id" desc
limit ?;

-- before a cursor
select "g"."id" as "requestId", "g"."state" as "state", "g"."prompt" as "prompt", "g"."seed" as "seed", "g"."durationSeconds" as "durationSeconds", "g"."options" as "options", "g"."generatedMs" as "generatedMs", "g"."plannedMs" as "plannedMs", "g"."plannedBytes" as "plannedBytes", "g"."reasonCode" as "reasonCode", "g"."reason" as "reason", "g"."projectId" as "projectId", "g"."trackId" as "trackId", "g"."versionId" as "versionId", "g"."createdAt" as "createdAt", "g"."startedAt" as "startedAt", "g"."finishedAt" as "finishedAt", "t"."title" as "title"
from "generations" as "g"
inner join "tracks" as "t" on "t"."id" = "g"."trackId" and "t"."userId" = ?
where "g"."userId" = ? and ("g"."createdAt", "g"."id") > (?, ?)
order by "g"."createdAt" asc, "g"."id" asc
limit ?;

-- the row of a cursor
select "g"."id" as "requestId", "g"."state" as "state", "g"."prompt" as "prompt", "g"."seed" as "seed", "g"."durationSeconds" as "durationSeconds", "g"."options" as "options", "g"."generatedMs" as "generatedMs", "g"."plannedMs" as "plannedMs", "g"."plannedBytes" as "plannedBytes", "g"."reasonCode" as "reasonCode", "g"."reason" as "reason", "g"."projectId" as "projectId", "g"."trackId" as "trackId", "g"."versionId" as "versionId", "g"."createdAt" as "createdAt", "g"."startedAt" as "startedAt", "g"."finishedAt" as "finishedAt", "t"."title" as "title"
from "generations" as "g"
inner join "tracks" as "t" on "t"."id" = "g"."trackId" and "t"."userId" = ?
where "g"."userId" = ? and "g"."id" = ?
order by "g"."createdAt" desc, "g"."id" desc
limit ?;
