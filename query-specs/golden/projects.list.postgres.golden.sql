-- projects.list (GET, postgres): The user's projects, newest first, each with its number of tracks.

-- without optional parameters
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = cast($1 as text) and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount"
from "projects" as "p"
where "p"."userId" = cast($2 as text) and "p"."deletedAt" is null
order by "p"."createdAt" desc, "p"."id" desc
limit cast($3 as integer);

-- with search
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = cast($1 as text) and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount"
from "projects" as "p"
where "p"."userId" = cast($2 as text) and "p"."deletedAt" is null and strpos(case when octet_length("p"."name") = char_length("p"."name") then lower("p"."name" collate "C") else normalize(replace(lower(upper(lower("p"."name" collate "und-x-icu") collate "C" collate "und-x-icu") collate "und-x-icu") collate "C", 'ς', 'σ'), NFC) end collate "C", cast($3 as text)) > 0
order by "p"."createdAt" desc, "p"."id" desc
limit cast($4 as integer);

-- after a cursor
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = cast($1 as text) and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount"
from "projects" as "p"
where "p"."userId" = cast($2 as text) and "p"."deletedAt" is null and ("p"."createdAt", "p"."id") < (cast($3 as timestamptz), cast($4 as text))
order by "p"."createdAt" desc, "p"."id" desc
limit cast($5 as integer);

-- before a cursor
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = cast($1 as text) and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount"
from "projects" as "p"
where "p"."userId" = cast($2 as text) and "p"."deletedAt" is null and ("p"."createdAt", "p"."id") > (cast($3 as timestamptz), cast($4 as text))
order by "p"."createdAt" asc, "p"."id" asc
limit cast($5 as integer);

-- the row of a cursor
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = cast($1 as text) and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount"
from "projects" as "p"
where "p"."userId" = cast($2 as text) and "p"."id" = cast($3 as text)
order by "p"."createdAt" desc, "p"."id" desc
limit cast($4 as integer);

-- ordered by createdAt.asc
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = cast($1 as text) and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount"
from "projects" as "p"
where "p"."userId" = cast($2 as text) and "p"."deletedAt" is null
order by "p"."createdAt" asc, "p"."id" asc
limit cast($3 as integer);

-- ordered by updatedAt.asc
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = cast($1 as text) and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount"
from "projects" as "p"
where "p"."userId" = cast($2 as text) and "p"."deletedAt" is null
order by "p"."updatedAt" asc, "p"."id" asc
limit cast($3 as integer);

-- ordered by updatedAt.desc
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = cast($1 as text) and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount"
from "projects" as "p"
where "p"."userId" = cast($2 as text) and "p"."deletedAt" is null
order by "p"."updatedAt" desc, "p"."id" desc
limit cast($3 as integer);

-- ordered by name.asc
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = cast($1 as text) and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount", lower("p"."name" collate "und-x-icu") collate "C" as "~0"
from "projects" as "p"
where "p"."userId" = cast($2 as text) and "p"."deletedAt" is null
order by lower("p"."name" collate "und-x-icu") collate "C" asc, "p"."id" asc
limit cast($3 as integer);

-- ordered by name.desc
select "p"."id" as "id", "p"."name" as "name", "p"."createdAt" as "createdAt", "p"."updatedAt" as "updatedAt", (select count(*) from "tracks" as "t"
where "t"."userId" = cast($1 as text) and "t"."projectId" = "p"."id" and "t"."deletedAt" is null) as "trackCount", lower("p"."name" collate "und-x-icu") collate "C" as "~0"
from "projects" as "p"
where "p"."userId" = cast($2 as text) and "p"."deletedAt" is null
order by lower("p"."name" collate "und-x-icu") collate "C" desc, "p"."id" desc
limit cast($3 as integer);
