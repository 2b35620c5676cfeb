-- trash.list (GET, postgres): The trash: one entry per deletion, the latest first. Each can be restored.

-- the only form
select "d"."id" as "id", "d"."kind" as "kind", "d"."subjectId" as "subjectId", "d"."title" as "title", "d"."trackCount" as "trackCount", "d"."versionCount" as "versionCount", "d"."deletedAt" as "deletedAt", "d"."purgeAfter" as "purgeAfter"
from "deletions" as "d"
where "d"."userId" = cast($1 as text)
order by "d"."deletedAt" desc, "d"."id" desc
limit cast($2 as integer);

-- after a cursor
select "d"."id" as "id", "d"."kind" as "kind", "d"."subjectId" as "subjectId", "d"."title" as "title", "d"."trackCount" as "trackCount", "d"."versionCount" as "versionCount", "d"."deletedAt" as "deletedAt", "d"."purgeAfter" as "purgeAfter"
from "deletions" as "d"
where "d"."userId" = cast($1 as text) and ("d"."deletedAt", "d"."id") < (cast($2 as timestamptz), cast($3 as text))
order by "d"."deletedAt" desc, "d"."id" desc
limit cast($4 as integer);

-- before a cursor
select "d"."id" as "id", "d"."kind" as "kind", "d"."subjectId" as "subjectId", "d"."title" as "title", "d"."trackCount" as "trackCount", "d"."versionCount" as "versionCount", "d"."deletedAt" as "deletedAt", "d"."purgeAfter" as "purgeAfter"
from "deletions" as "d"
where "d"."userId" = cast($1 as text) and ("d"."deletedAt", "d"."id") > (cast($2 as timestamptz), cast($3 as text))
order by "d"."deletedAt" asc, "d"."id" asc
limit cast($4 as integer);

-- the row of a cursor
select "d"."id" as "id", "d"."kind" as "kind", "d"."subjectId" as "subjectId", "d"."title" as "title", "d"."trackCount" as "trackCount", "d"."versionCount" as "versionCount", "d"."deletedAt" as "deletedAt", "d"."purgeAfter" as "purgeAfter"
from "deletions" as "d"
where "d"."userId" = cast($1 as text) and "d"."id" = cast($2 as text)
order by "d"."deletedAt" desc, "d"."id" desc
limit cast($3 as integer);
