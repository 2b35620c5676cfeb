-- tracks.rename (POST, sqlite): Gives a track another title.

-- the only form
update "tracks"
set "title" = ?, "updatedAt" = ?
where "tracks"."userId" = ? and "tracks"."id" = ? and "tracks"."deletedAt" is null
returning "tracks"."id" as "id", "tracks"."title" as "title", "tracks"."projectId" as "projectId", "tracks"."createdAt" as "createdAt", "tracks"."updatedAt" as "updatedAt";
