// What the report of a bucket means for Rondo.
import { type Found, good, warning, wrong } from "../../found.ts";
import type { GcsReport } from "./inspect.ts";

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
