-- business.generations (GET, postgres): Generations of the whole business by state, in a period of time.

-- the only form
select "g"."state" as "state", count(*) as "generations", count(distinct "g"."userId") as "users", cast(sum("g"."durationSeconds") as bigint) as "seconds"
from "generations" as "g"
where "g"."createdAt" >= cast($1 as timestamptz) and "g"."createdAt" <= cast($2 as timestamptz)
group by "g"."state"
order by "g"."state" asc
limit 1001;
