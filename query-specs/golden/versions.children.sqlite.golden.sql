-- versions.children (GET, sqlite): The versions that were made from a version.

-- the only form
select "v"."id" as "id", "v"."number" as "number", "v"."trackId" as "trackId", "t"."title" as "title", "v"."instruction" as "instruction", "v"."createdAt" as "createdAt"
from "versions" as "v"
inner join "tracks" as "t" on "t"."id" = "v"."trackId" and "t"."userId" = ?
where "v"."userId" = ? and "v"."parentId" = ? and "v"."deletedAt" is null and "t"."deletedAt" is null
order by "v"."createdAt" asc, "v"."id" asc
limit 1001;
