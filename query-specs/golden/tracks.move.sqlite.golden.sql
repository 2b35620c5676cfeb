-- tracks.move (POST, sqlite): Moves a track to another project.

-- the only form
-- step project
select "p"."id" as "id", "p"."name" as "name"
from "projects" as "p"
where "p"."userId" = ? and "p"."id" = ? and "p"."deletedAt" is null
order by "p"."id" asc
limit 1;

-- step moved
update "tracks"
set "projectId" = ?, "updatedAt" = ?
where "tracks"."userId" = ? and "tracks"."id" = ? and "tracks"."deletedAt" is null and exists (select 1 from "projects" as "~owned" where "~owned"."id" = ? and "~owned"."userId" = ?)
returning "tracks"."id" as "id", "tracks"."title" as "title", "tracks"."projectId" as "projectId", ? as "projectName", "tracks"."createdAt" as "createdAt", "tracks"."updatedAt" as "updatedAt";
