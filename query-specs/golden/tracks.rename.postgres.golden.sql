-- tracks.rename (POST, postgres): Gives a track another title.

-- the only form
update "tracks"
set "title" = cast($1 as text), "updatedAt" = cast($2 as timestamptz)
where "tracks"."userId" = cast($3 as text) and "tracks"."id" = cast($4 as text) and "tracks"."deletedAt" is null
returning "tracks"."id" as "id", "tracks"."title" as "title", "tracks"."projectId" as "projectId", "tracks"."createdAt" as "createdAt", "tracks"."updatedAt" as "updatedAt";
