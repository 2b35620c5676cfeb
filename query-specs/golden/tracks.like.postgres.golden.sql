-- tracks.like (POST, postgres): Marks a track as liked, or removes the mark.

-- the only form
update "tracks"
set "likedAt" = case when cast($1 as boolean) = true then cast($2 as timestamptz) end
where "tracks"."userId" = cast($3 as text) and "tracks"."id" = cast($4 as text) and "tracks"."deletedAt" is null
returning "tracks"."id" as "id", "tracks"."likedAt" as "likedAt";
