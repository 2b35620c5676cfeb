-- library.trash (GET, postgres): Tracks in the trash, the last thrown away first.

-- as it is
select "t"."id" as "id", "t"."title" as "title", "p"."name" as "projectName", "t"."deletedAt" as "deletedAt", coalesce("t"."deletedAt", cast('1970-01-01T00:00:00.000Z' as timestamptz)) as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($1 as text)
where "t"."userId" = cast($2 as text) and "t"."deletedAt" is not null
order by coalesce("t"."deletedAt", cast('1970-01-01T00:00:00.000Z' as timestamptz)) desc, "t"."id" desc
limit cast($3 as integer);

-- after a cursor
select "t"."id" as "id", "t"."title" as "title", "p"."name" as "projectName", "t"."deletedAt" as "deletedAt", coalesce("t"."deletedAt", cast('1970-01-01T00:00:00.000Z' as timestamptz)) as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($1 as text)
where "t"."userId" = cast($2 as text) and "t"."deletedAt" is not null and (coalesce("t"."deletedAt", cast('1970-01-01T00:00:00.000Z' as timestamptz)), "t"."id") < (cast($3 as timestamptz), cast($4 as text))
order by coalesce("t"."deletedAt", cast('1970-01-01T00:00:00.000Z' as timestamptz)) desc, "t"."id" desc
limit cast($5 as integer);

-- before a cursor
select "t"."id" as "id", "t"."title" as "title", "p"."name" as "projectName", "t"."deletedAt" as "deletedAt", coalesce("t"."deletedAt", cast('1970-01-01T00:00:00.000Z' as timestamptz)) as "~0"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($1 as text)
where "t"."userId" = cast($2 as text) and "t"."deletedAt" is not null and (coalesce("t"."deletedAt", cast('1970-01-01T00:00:00.000Z' as timestamptz)), "t"."id") > (cast($3 as timestamptz), cast($4 as text))
order by coalesce("t"."deletedAt", cast('1970-01-01T00:00:00.000Z' as timestamptz)) asc, "t"."id" asc
limit cast($5 as integer);
