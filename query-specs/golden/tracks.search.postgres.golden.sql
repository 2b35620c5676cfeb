-- tracks.search (GET, postgres): Tracks whose title contains a text, for completion while typing. Titles that start with the text come first.

-- the only form
select "t"."id" as "id", "t"."title" as "title", "t"."projectId" as "projectId", "p"."name" as "projectName"
from "tracks" as "t"
inner join "projects" as "p" on "p"."id" = "t"."projectId" and "p"."userId" = cast($1 as text)
where "t"."userId" = cast($2 as text) and "t"."deletedAt" is null and "p"."deletedAt" is null and strpos(case when octet_length("t"."title") = char_length("t"."title") then lower("t"."title" collate "C") else normalize(replace(lower(upper(lower("t"."title" collate "und-x-icu") collate "C" collate "und-x-icu") collate "und-x-icu") collate "C", 'ς', 'σ'), NFC) end collate "C", cast($3 as text)) > 0
order by case when strpos(case when octet_length("t"."title") = char_length("t"."title") then lower("t"."title" collate "C") else normalize(replace(lower(upper(lower("t"."title" collate "und-x-icu") collate "C" collate "und-x-icu") collate "und-x-icu") collate "C", 'ς', 'σ'), NFC) end collate "C", cast($4 as text)) = 1 then 0 else 1 end asc, lower("t"."title" collate "und-x-icu") collate "C" asc, "t"."id" asc
limit cast($5 as integer);
