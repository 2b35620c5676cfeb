// Every route that is not a named query, as the OpenAPI document tells it.
import { accountRoutes } from "./routes-accounts.ts";
import { hearingRoutes } from "./routes-hearing.ts";
import { libraryRoutes } from "./routes-library.ts";
import { makingRoutes } from "./routes-making.ts";
import { operatorRoutes } from "./routes-operator.ts";
import { queryRoutes } from "./routes-queries.ts";
import { serverRoutes } from "./routes-server.ts";
import { streamRoutes } from "./routes-streams.ts";
import type { DocumentedRoute } from "./operation.ts";

export const documentedRoutes: readonly DocumentedRoute[] = [
  ...accountRoutes,
  ...makingRoutes,
  ...hearingRoutes,
  ...libraryRoutes,
  ...streamRoutes,
  ...queryRoutes,
  ...operatorRoutes,
  ...serverRoutes,
];
