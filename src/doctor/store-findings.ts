// What the reports of the other stores mean for us: MongoDB, buckets, Neon, the language model's endpoint.
import type { NeonReport } from "../ports/business-provisioner/neon/inspect.ts";
import type { MongoReport } from "../ports/chunk-store/mongodb/inspect.ts";
import type { ModelEndpointReport } from "../ports/language-model/chat-completions/inspect.ts";
import type { GcsReport } from "../ports/object-store/gcs/inspect.ts";
import { type Found, good, warning, wrong } from "./finding.ts";

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

const unsigned = warning(
  "Links to it cannot be signed, so that finished audio goes through the API.",
  "Give the service account the role roles/iam.serviceAccountTokenCreator on itself, or use a key file.",
);

export const gcsFindings = ({ bucket, refused, canSign }: GcsReport): readonly Found[] => [
  refused.length === 0
    ? good(`The bucket ${bucket} can be listed, written, read and cleared.`)
    : wrong(
        `In the bucket ${bucket} we may not ${refused.join(" or ")}.`,
        `gcloud storage buckets add-iam-policy-binding gs://${bucket} --member=serviceAccount:<ours> --role=roles/storage.objectUser`,
      ),
  ...(canSign === undefined ? [] : [canSign ? good("Links to it can be signed.") : unsigned]),
];

export const neonFindings = ({ defaultBranch }: NeonReport): readonly Found[] => [
  good(`The Neon project can be changed; its default branch is ${defaultBranch}.`),
];

export function modelFindings(model: string, { models }: ModelEndpointReport): readonly Found[] {
  if (models === undefined) return [good("The endpoint answers; it does not list its models.")];
  if (models.includes(model)) return [good(`The endpoint has the model ${model}.`)];
  const some = models.slice(0, 5).join(", ");
  return [
    wrong(
      `The endpoint has no model "${model}".`,
      models.length === 0 ? "Load one there first." : `Set RONDO_LLM_MODEL to one that it has, like ${some}`,
    ),
  ];
}
