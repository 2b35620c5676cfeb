-- versions.children (GET, postgres): The versions that were made from a version.

-- the only form
select "v"."id" as "id", "v"."number" as "number", "v"."trackId" as "trackId", "t"."title" as "title", "v"."instruction" as "instruction", "v"."createdAt" as "createdAt"
from "versions" as "v"
inner join "tracks" as "t" on "t"."id" = "v"."trackId" and "t"."userId" = cast($1 as text)
where "v"."userId" = cast($2 as text) and "v"."parentId" = cast($3 as text) and "v"."deletedAt" is null and "t"."deletedAt" is null
order by "v"."createdAt" asc, "v"."id" asc
limit 1001;
