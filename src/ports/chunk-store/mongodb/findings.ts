// What the report of a MongoDB server means for Rondo.
import { type Found, good, warning } from "../../found.ts";
import type { MongoReport } from "./inspect.ts";

export const mongoFindings = ({ version, isReplicated, canMakeUsers }: MongoReport): readonly Found[] => [
  good(`MongoDB ${version}.`),
  isReplicated
    ? good("It is a replica set: appends are transactions, and listeners are told by change streams.")
    : warning(
        "It is a single server: listeners are served by asking it in turns.",
        "Start it with --replSet and run rs.initiate(): then it tells of itself, and survives the loss of a machine.",
      ),
  ...(canMakeUsers === false
    ? [
        warning(
          "Our user may not make users, so that all businesses share its rights.",
          "Give it the role userAdminAnyDatabase: then each business gets a user of its own.",
        ),
      ]
    : []),
];
