// Lists the documented routes except the named queries, in the order of the OpenAPI document. The
// description of a route is in a .docs.ts file beside the handler of the route.
import { accountDocs } from "../routes/accounts/accounts.docs.ts";
import { ownAccountDocs } from "../routes/accounts/own-account.docs.ts";
import { recoveryDocs } from "../routes/accounts/recovery.docs.ts";
import { appDocs } from "../routes/operator/apps.docs.ts";
import { businessDocs } from "../routes/operator/businesses.docs.ts";
import { docsDocs } from "../docs/routes.docs.ts";
import { downloadDocs } from "../routes/library/downloads.docs.ts";
import { generationDocs } from "../routes/generations/generations.docs.ts";
import { generatorDocs } from "../routes/generations/generators.docs.ts";
import { generationStreamDocs } from "../routes/generations/generation-streams.docs.ts";
import { healthDocs } from "../routes/operator/health.docs.ts";
import { jobDocs } from "../routes/operator/jobs.docs.ts";
import { libraryDocs } from "../routes/library/library.docs.ts";
import { managedGenerationDocs } from "../routes/manage/generations.docs.ts";
import { keyHolderDocs } from "../routes/manage/me.docs.ts";
import { managedQueryDocs } from "../routes/manage/queries.docs.ts";
import { managedUserDocs } from "../routes/manage/users.docs.ts";
import { migrationDocs } from "../routes/operator/migrations.docs.ts";
import { mcpDocs } from "../mcp/mcp.docs.ts";
import { ownStreamDocs } from "../routes/streams/own-streams.docs.ts";
import { queryDocs } from "../routes/queries/queries.docs.ts";
import { verifyDocs } from "../routes/library/verify.docs.ts";
import { versionDocs } from "../routes/library/versions.docs.ts";
import { promotionDocs } from "../routes/operator/promotion.docs.ts";
import { overviewDocs } from "../routes/operator/overview.docs.ts";
import { previewDocs } from "../routes/operator/previews.docs.ts";
import { previewQueryDocs } from "../routes/queries/preview-queries.docs.ts";
import { sharingDocs } from "../routes/sharing/sharing.docs.ts";
import { usageDocs } from "../routes/usage/usage.docs.ts";
import { webhookDocs } from "../routes/webhooks/webhooks.docs.ts";
import type { DocumentedRoute } from "./operation.ts";

export const documentedRoutes: readonly DocumentedRoute[] = [
  ...accountDocs,
  ...recoveryDocs,
  ...ownAccountDocs,
  ...generationDocs,
  ...generatorDocs,
  ...generationStreamDocs,
  ...versionDocs,
  ...downloadDocs,
  ...verifyDocs,
  ...libraryDocs,
  ...sharingDocs,
  ...ownStreamDocs,
  ...queryDocs,
  ...previewQueryDocs,
  ...mcpDocs,
  ...usageDocs,
  ...webhookDocs,
  ...keyHolderDocs,
  ...managedGenerationDocs,
  ...managedUserDocs,
  ...managedQueryDocs,
  ...businessDocs,
  ...previewDocs,
  ...migrationDocs,
  ...promotionDocs,
  ...overviewDocs,
  ...appDocs,
  ...jobDocs,
  ...healthDocs,
  ...docsDocs,
];
