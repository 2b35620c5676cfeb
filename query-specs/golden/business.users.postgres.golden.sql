-- business.users (GET, postgres): The business's users, newest first, with counts of their music.

-- without optional parameters
select "u"."id" as "id", "u"."kind" as "kind", "u"."createdAt" as "createdAt", (select count(*) from "tracks" as "t"
where "t"."userId" = "u"."id" and "t"."deletedAt" is null) as "tracks"
from "users" as "u"
order by "u"."createdAt" desc, "u"."id" desc
limit cast($1 as integer);

-- with kinds
select "u"."id" as "id", "u"."kind" as "kind", "u"."createdAt" as "createdAt", (select count(*) from "tracks" as "t"
where "t"."userId" = "u"."id" and "t"."deletedAt" is null) as "tracks"
from "users" as "u"
where "u"."kind" = any (array(select cast(value as text) from json_array_elements_text(cast($1 as json)) as each(value)))
order by "u"."createdAt" desc, "u"."id" desc
limit cast($2 as integer);

-- after a cursor
select "u"."id" as "id", "u"."kind" as "kind", "u"."createdAt" as "createdAt", (select count(*) from "tracks" as "t"
where "t"."userId" = "u"."id" and "t"."deletedAt" is null) as "tracks"
from "users" as "u"
where ("u"."createdAt", "u"."id") < (cast($1 as timestamptz), cast($2 as text))
order by "u"."createdAt" desc, "u"."id" desc
limit cast($3 as integer);

-- before a cursor
select "u"."id" as "id", "u"."kind" as "kind", "u"."createdAt" as "createdAt", (select count(*) from "tracks" as "t"
where "t"."userId" = "u"."id" and "t"."deletedAt" is null) as "tracks"
from "users" as "u"
where ("u"."createdAt", "u"."id") > (cast($1 as timestamptz), cast($2 as text))
order by "u"."createdAt" asc, "u"."id" asc
limit cast($3 as integer);

-- the row of a cursor
select "u"."id" as "id", "u"."kind" as "kind", "u"."createdAt" as "createdAt", (select count(*) from "tracks" as "t"
where "t"."userId" = "u"."id" and "t"."deletedAt" is null) as "tracks"
from "users" as "u"
where "u"."id" = cast($1 as text)
order by "u"."createdAt" desc, "u"."id" desc
limit cast($2 as integer);
