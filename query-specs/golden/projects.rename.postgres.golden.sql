-- projects.rename (POST, postgres): Gives a project another name.

-- the only form
update "projects"
set "name" = cast($1 as text), "updatedAt" = cast($2 as timestamptz)
where "projects"."userId" = cast($3 as text) and "projects"."id" = cast($4 as text) and "projects"."deletedAt" is null
returning "projects"."id" as "id", "projects"."name" as "name", "projects"."createdAt" as "createdAt", "projects"."updatedAt" as "updatedAt";
