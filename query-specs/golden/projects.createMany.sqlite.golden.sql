-- projects.createMany (POST, sqlite): Creates several projects: all of them or none.

-- the only form
insert into "projects" ("id", "name", "createdAt", "updatedAt", "userId")
select "~item".value ->> '~0', "~item".value ->> 'name', ?, ?, ?
from json_each(?) as "~item"
where true
returning "projects"."id" as "id", "projects"."name" as "name", "projects"."createdAt" as "createdAt", "projects"."updatedAt" as "updatedAt";
