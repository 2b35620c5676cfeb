-- A role that may make databases and roles, as Rondo needs it, and no more; and the control database.
\getenv password POSTGRES_PASSWORD
create role rondo login createdb createrole password :'password';
create database rondo owner rondo;
