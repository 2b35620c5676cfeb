-- tracks.move (POST, postgres): Moves a track to another project.

-- the only form
-- step project
select "p"."id" as "id", "p"."name" as "name"
from "projects" as "p"
where "p"."userId" = cast($1 as text) and "p"."id" = cast($2 as text) and "p"."deletedAt" is null
order by "p"."id" asc
limit 1;

-- step moved
update "tracks"
set "projectId" = cast($1 as text), "updatedAt" = cast($2 as timestamptz)
where "tracks"."userId" = cast($3 as text) and "tracks"."id" = cast($4 as text) and "tracks"."deletedAt" is null and exists (select 1 from "projects" as "~owned" where "~owned"."id" = cast($5 as text) and "~owned"."userId" = cast($6 as text))
returning "tracks"."id" as "id", "tracks"."title" as "title", "tracks"."projectId" as "projectId", cast($7 as text) as "projectName", "tracks"."createdAt" as "createdAt", "tracks"."updatedAt" as "updatedAt";
