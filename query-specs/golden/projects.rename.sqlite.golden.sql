-- projects.rename (POST, sqlite): Gives a project another name.

-- the only form
update "projects"
set "name" = ?, "updatedAt" = ?
where "projects"."userId" = ? and "projects"."id" = ? and "projects"."deletedAt" is null
returning "projects"."id" as "id", "projects"."name" as "name", "projects"."createdAt" as "createdAt", "projects"."updatedAt" as "updatedAt";
