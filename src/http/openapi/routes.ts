// Every route that is not a named query. Each description is in a .docs.ts file beside its handler; this is their order on the page.
import { accountDocs } from "../routes/accounts.docs.ts";
import { businessDocs } from "../routes/businesses.docs.ts";
import { docsDocs } from "../docs/routes.docs.ts";
import { downloadDocs } from "../routes/downloads.docs.ts";
import { generationDocs } from "../routes/generations.docs.ts";
import { generationStreamDocs } from "../routes/generation-streams.docs.ts";
import { healthDocs } from "../routes/health.docs.ts";
import { jobDocs } from "../routes/jobs.docs.ts";
import { libraryDocs } from "../routes/library.docs.ts";
import { mcpDocs } from "../mcp/mcp.docs.ts";
import { ownStreamDocs } from "../routes/own-streams.docs.ts";
import { queryDocs } from "../routes/queries.docs.ts";
import { verifyDocs } from "../routes/verify.docs.ts";
import { versionDocs } from "../routes/versions.docs.ts";
import type { DocumentedRoute } from "./operation.ts";

export const documentedRoutes: readonly DocumentedRoute[] = [
  ...accountDocs,
  ...generationDocs,
  ...generationStreamDocs,
  ...versionDocs,
  ...downloadDocs,
  ...verifyDocs,
  ...libraryDocs,
  ...ownStreamDocs,
  ...queryDocs,
  ...mcpDocs,
  ...businessDocs,
  ...jobDocs,
  ...healthDocs,
  ...docsDocs,
];
