-- Creates the control database and its owner, the role of Rondo. This role is no superuser, but it can
-- create databases and roles. The Postgres image runs this file only one time: at the first start,
-- when the data folder is empty.
\getenv password POSTGRES_PASSWORD
create role rondo login createdb createrole password :'password';
create database rondo owner rondo;
