-- business.generations (GET, sqlite): Generations of the whole business by state, in a period of time.

-- the only form
select "g"."state" as "state", count(*) as "generations", count(distinct "g"."userId") as "users", sum("g"."durationSeconds") as "seconds"
from "generations" as "g"
where "g"."createdAt" >= ? and "g"."createdAt" <= ?
group by "g"."state"
order by "g"."state" asc
limit 1001;
