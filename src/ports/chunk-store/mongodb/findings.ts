// Converts the report about a MongoDB server to findings.
import { type Found, good, warning } from "../../found.ts";
import type { MongoReport } from "./inspect.ts";

export const mongoFindings = ({ version, isReplicated, canMakeUsers }: MongoReport): readonly Found[] => [
  good(`MongoDB ${version}.`),
  isReplicated
    ? good(
        "The server is a replica set: a large append is stored in one transaction, and change streams notify listeners.",
      )
    : warning(
        "The server is not a replica set, so Rondo polls for new chunks.",
        "Start it with --replSet and run rs.initiate(). Then change streams replace the polling. With more members, the data also survives the loss of a machine.",
      ),
  ...(canMakeUsers === false
    ? [
        warning(
          "The user of the URL is not allowed to create users, so every business is read and written with this one user.",
          "Give this user the role userAdminAnyDatabase: then each business gets its own user.",
        ),
      ]
    : []),
];
