-- projects.createMany (POST, postgres): Creates several projects: all of them or none.

-- the only form
insert into "projects" ("id", "name", "createdAt", "updatedAt", "userId")
select cast("~item".value ->> '~0' as text), cast("~item".value ->> 'name' as text), cast($1 as timestamptz), cast($2 as timestamptz), cast($3 as text)
from json_array_elements(cast($4 as json)) as "~item"(value)
where true
returning "projects"."id" as "id", "projects"."name" as "name", "projects"."createdAt" as "createdAt", "projects"."updatedAt" as "updatedAt";
