-- tracks.search (GET, sqlite): Tracks whose title contains a text, for completion while typing. Titles that start with the text come first.

-- the only form
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = ?
where "t"."userId" = ? and "t"."deletedAt" is null and "p"."deletedAt" is null and instr(rondo_fold("t"."title"), ?) > 0
order by case when instr(rondo_fold("t"."title"), ?) = 1 then 0 else 1 end asc, rondo_lower("t"."title") asc, "t"."id" asc
limit ?;
