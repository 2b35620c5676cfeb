-- Creates the control database, and a role that has only the rights that Rondo needs: to create databases and roles.
\getenv password POSTGRES_PASSWORD
create role rondo login createdb createrole password :'password';
create database rondo owner rondo;
