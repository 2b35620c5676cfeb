-- library.trash (GET, sqlite): Tracks in the trash, the last thrown away first.

-- as it is
select "t"."id" as "id", "t"."title" as "title", "p"."name" as "projectName", "t"."deletedAt" as "deletedAt", coalesce("t"."deletedAt", '1970-01-01T00:00:00.000Z') as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is not null
order by coalesce("t"."deletedAt", '1970-01-01T00:00:00.000Z') desc, "t"."id" desc
limit ?;

-- after a cursor
select "t"."id" as "id", "t"."title" as "title", "p"."name" as "projectName", "t"."deletedAt" as "deletedAt", coalesce("t"."deletedAt", '1970-01-01T00:00:00.000Z') as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is not null and (coalesce("t"."deletedAt", '1970-01-01T00:00:00.000Z'), "t"."id") < (?, ?)
order by coalesce("t"."deletedAt", '1970-01-01T00:00:00.000Z') desc, "t"."id" desc
limit ?;

-- before a cursor
select "t"."id" as "id", "t"."title" as "title", "p"."name" as "projectName", "t"."deletedAt" as "deletedAt", coalesce("t"."deletedAt", '1970-01-01T00:00:00.000Z') as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is not null and (coalesce("t"."deletedAt", '1970-01-01T00:00:00.000Z'), "t"."id") > (?, ?)
order by coalesce("t"."deletedAt", '1970-01-01T00:00:00.000Z') asc, "t"."id" asc
limit ?;
