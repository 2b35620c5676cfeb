-- business.users (GET, sqlite): The business's users, newest first, with counts of their music.

-- without optional parameters
select "u"."id" as "id", "u"."kind" as "kind", "u"."createdAt" as "createdAt", (select count(*) from "tracks" as "t"
where "t"."userId" = "u"."id" and "t"."deletedAt" is null) as "tracks"
from "users" as "u"
order by "u"."createdAt" desc, "u"."id" desc
limit ?;

-- with kinds
select "u"."id" as "id", "u"."kind" as "kind", "u"."createdAt" as "createdAt", (select count(*) from "tracks" as "t"
where "t"."userId" = "u"."id" and "t"."deletedAt" is null) as "tracks"
from "users" as "u"
where "u"."kind" in (select value from json_each(?))
order by "u"."createdAt" desc, "u"."id" desc
limit ?;

-- after a cursor
select "u"."id" as "id", "u"."kind" as "kind", "u"."createdAt" as "createdAt", (select count(*) from "tracks" as "t"
where "t"."userId" = "u"."id" and "t"."deletedAt" is null) as "tracks"
from "users" as "u"
where ("u"."createdAt", "u"."id") < (?, ?)
order by "u"."createdAt" desc, "u"."id" desc
limit ?;

-- before a cursor
select "u"."id" as "id", "u"."kind" as "kind", "u"."createdAt" as "createdAt", (select count(*) from "tracks" as "t"
where "t"."userId" = "u"."id" and "t"."deletedAt" is null) as "tracks"
from "users" as "u"
where ("u"."createdAt", "u"."id") > (?, ?)
order by "u"."createdAt" asc, "u"."id" asc
limit ?;

-- the row of a cursor
select "u"."id" as "id", "u"."kind" as "kind", "u"."createdAt" as "createdAt", (select count(*) from "tracks" as "t"
where "t"."userId" = "u"."id" and "t"."deletedAt" is null) as "tracks"
from "users" as "u"
where "u"."id" = ?
order by "u"."createdAt" desc, "u"."id" desc
limit ?;
