-- projects.list (GET, sqlite): The user's projects, newest first, each with its number of tracks.

-- without optional parameters
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = ? and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount"
from "projects" as "p"
where "p"."userId" = ? and "p"."deletedAt" is null
order by "p"."createdAt" desc, "p"."id" desc
limit ?;

-- with search
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = ? and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount"
from "projects" as "p"
where "p"."userId" = ? and "p"."deletedAt" is null and instr(rondo_fold("p"."name"), ?) > 0
order by "p"."createdAt" desc, "p"."id" desc
limit ?;

-- after a cursor
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = ? and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount"
from "projects" as "p"
where "p"."userId" = ? and "p"."deletedAt" is null and ("p"."createdAt", "p"."id") < (?, ?)
order by "p"."createdAt" desc, "p"."id" desc
limit ?;

-- before a cursor
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = ? and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount"
from "projects" as "p"
where "p"."userId" = ? and "p"."deletedAt" is null and ("p"."createdAt", "p"."id") > (?, ?)
order by "p"."createdAt" asc, "p"."id" asc
limit ?;

-- the row of a cursor
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = ? and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount"
from "projects" as "p"
where "p"."userId" = ? and "p"."id" = ?
order by "p"."createdAt" desc, "p"."id" desc
limit ?;

-- ordered by createdAt.asc
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = ? and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount"
from "projects" as "p"
where "p"."userId" = ? and "p"."deletedAt" is null
order by "p"."createdAt" asc, "p"."id" asc
limit ?;

-- ordered by updatedAt.asc
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = ? and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount"
from "projects" as "p"
where "p"."userId" = ? and "p"."deletedAt" is null
order by "p"."updatedAt" asc, "p"."id" asc
limit ?;

-- ordered by updatedAt.desc
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = ? and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount"
from "projects" as "p"
where "p"."userId" = ? and "p"."deletedAt" is null
order by "p"."updatedAt" desc, "p"."id" desc
limit ?;

-- ordered by name.asc
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = ? and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount", rondo_lower("p"."name") as "~0"
from "projects" as "p"
where "p"."userId" = ? and "p"."deletedAt" is null
order by rondo_lower("p"."name") asc, "p"."id" asc
limit ?;

-- ordered by name.desc
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = ? and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount", rondo_lower("p"."name") as "~0"
from "projects" as "p"
where "p"."userId" = ? and "p"."deletedAt" is null
order by rondo_lower("p"."name") desc, "p"."id" desc
limit ?;
