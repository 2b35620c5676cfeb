-- projects.create (POST, postgres): Creates a project.

-- the only form
insert into "projects" ("id", "name", "createdAt", "updatedAt", "userId")
values (cast($1 as text), cast($2 as text), cast($3 as timestamptz), cast($4 as timestamptz), cast($5 as text))
returning "projects"."id" as "id", "projects"."name" as "name", "projects"."createdAt" as "createdAt", "projects"."updatedAt" as "updatedAt", 0 as "trackCount";
