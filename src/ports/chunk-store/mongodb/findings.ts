// Converts the report about a MongoDB server to findings.
import { type Found, good, warning } from "../../found.ts";
import type { MongoReport } from "./inspect.ts";

export const mongoFindings = ({ version, isReplicated, canMakeUsers }: MongoReport): readonly Found[] => [
  good(`MongoDB ${version}.`),
  isReplicated
    ? good(
        "It is a replica set: a large append is stored in one transaction, and change streams notify listeners.",
      )
    : warning(
        "It is a single server: listeners are served by polling.",
        "Start it with --replSet and run rs.initiate(). Then it has change streams, and with more members it survives the loss of a machine.",
      ),
  ...(canMakeUsers === false
    ? [
        warning(
          "The user of the URL may not create users, so every business is read and written with this one user.",
          "Give this user the role userAdminAnyDatabase: then each business gets its own user.",
        ),
      ]
    : []),
];
