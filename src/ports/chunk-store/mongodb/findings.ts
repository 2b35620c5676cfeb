// Converts the report about a MongoDB server to findings.
import { type Found, good, warning } from "../../found.ts";
import type { MongoReport } from "./inspect.ts";

export const mongoFindings = ({ version, isReplicated, canMakeUsers }: MongoReport): readonly Found[] => [
  good(`MongoDB ${version}.`),
  isReplicated
    ? good("It is a replica set: appends are transactions, and change streams notify listeners.")
    : warning(
        "It is a single server: listeners are served by polling.",
        "Start it with --replSet and run rs.initiate(). Then it has change streams, and with more members it survives the loss of a machine.",
      ),
  ...(canMakeUsers === false
    ? [
        warning(
          "The user of the URL may not create users, so all businesses share its permissions.",
          "Give it the role userAdminAnyDatabase: then each business gets its own user.",
        ),
      ]
    : []),
];
