// Converts the report about our permissions in a bucket to findings of `rondo doctor`. If the server asks for no
// credentials, there is no finding about signed links.
import { type Found, good, warning, wrong } from "../../found.ts";
import type { GcsReport } from "./inspect.ts";

const unsigned = warning(
  "Links to the bucket's objects can't be signed, so the API serves finished audio.",
  "Give the service account the role roles/iam.serviceAccountTokenCreator on itself, or use a key file.",
);

export const gcsFindings = ({ bucket, refused, canSign }: GcsReport): readonly Found[] => [
  refused.length === 0
    ? good(`Objects in the bucket ${bucket} can be listed, written, read and deleted.`)
    : wrong(
        `The service account is not allowed to ${refused.join(" or ")} in the bucket ${bucket}.`,
        `Run: gcloud storage buckets add-iam-policy-binding gs://${bucket} --member=serviceAccount:<ours> --role=roles/storage.objectUser`,
      ),
  ...(canSign === undefined
    ? []
    : [canSign ? good("Links to the bucket's objects can be signed.") : unsigned]),
];
