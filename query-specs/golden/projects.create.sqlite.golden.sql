-- projects.create (POST, sqlite): Creates a project.

-- the only form
insert into "projects" ("id", "name", "createdAt", "updatedAt", "userId")
values (?, ?, ?, ?, ?)
returning "projects"."id" as "id", "projects"."name" as "name", "projects"."createdAt" as "createdAt", "projects"."updatedAt" as "updatedAt", 0 as "trackCount";
