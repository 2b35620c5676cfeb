-- trash.list (GET, sqlite): The trash: one entry per deletion, the latest first. Each can be restored.

-- the only form
select "d"."id" as "id", "d"."kind" as "kind", "d"."subjectId" as "subjectId", "d"."title" as "title", "d"."trackCount" as "trackCount", "d"."versionCount" as "versionCount", "d"."deletedAt" as "deletedAt", "d"."purgeAfter" as "purgeAfter"
from "deletions" as "d"
where "d"."userId" = ?
order by "d"."deletedAt" desc, "d"."id" desc
limit ?;

-- after a cursor
select "d"."id" as "id", "d"."kind" as "kind", "d"."subjectId" as "subjectId", "d"."title" as "title", "d"."trackCount" as "trackCount", "d"."versionCount" as "versionCount", "d"."deletedAt" as "deletedAt", "d"."purgeAfter" as "purgeAfter"
from "deletions" as "d"
where "d"."userId" = ? and ("d"."deletedAt", "d"."id") < (?, ?)
order by "d"."deletedAt" desc, "d"."id" desc
limit ?;

-- before a cursor
select "d"."id" as "id", "d"."kind" as "kind", "d"."subjectId" as "subjectId", "d"."title" as "title", "d"."trackCount" as "trackCount", "d"."versionCount" as "versionCount", "d"."deletedAt" as "deletedAt", "d"."purgeAfter" as "purgeAfter"
from "deletions" as "d"
where "d"."userId" = ? and ("d"."deletedAt", "d"."id") > (?, ?)
order by "d"."deletedAt" asc, "d"."id" asc
limit ?;

-- the row of a cursor
select "d"."id" as "id", "d"."kind" as "kind", "d"."subjectId" as "subjectId", "d"."title" as "title", "d"."trackCount" as "trackCount", "d"."versionCount" as "versionCount", "d"."deletedAt" as "deletedAt", "d"."purgeAfter" as "purgeAfter"
from "deletions" as "d"
where "d"."userId" = ? and "d"."id" = ?
order by "d"."deletedAt" desc, "d"."id" desc
limit ?;
