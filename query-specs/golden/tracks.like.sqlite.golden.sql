-- tracks.like (POST, sqlite): Marks a track as liked, or removes the mark.

-- the only form
update "tracks"
set "likedAt" = case when ? = true then ? end
where "tracks"."userId" = ? and "tracks"."id" = ? and "tracks"."deletedAt" is null
returning "tracks"."id" as "id", "tracks"."likedAt" as "likedAt";
