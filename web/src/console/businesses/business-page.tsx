// The page of one business for the operator, with a view for each subject.
import { type Component, createMemo, lazy, Suspense } from "solid-js";
import { Dynamic } from "solid-js/web";
import { hrefOf, parts } from "../address.ts";
import { call } from "../client.ts";
import { Loaded } from "../parts/loaded.tsx";
import { type Tab, Tabs } from "../parts/tabs.tsx";
import { createReading } from "../parts/reading.ts";
import type { Business, OfBusiness } from "./business.ts";

const views: readonly (Tab & { readonly view: Component<OfBusiness> })[] = [
  { at: "", name: "Overview", view: lazy(() => import("./overview.tsx")) },
  { at: "generations", name: "Generations", view: lazy(() => import("../generations/generations.tsx")) },
  { at: "users", name: "Users", view: lazy(() => import("../users/users.tsx")) },
  { at: "usage", name: "Usage", view: lazy(() => import("../usage/usage.tsx")) },
  { at: "keys", name: "Keys", view: lazy(() => import("./keys.tsx")) },
  { at: "limits", name: "Limits", view: lazy(() => import("./limits.tsx")) },
  { at: "generators", name: "Generators", view: lazy(() => import("./generator-keys.tsx")) },
  { at: "queries", name: "Queries", view: lazy(() => import("../queries/queries.tsx")) },
  { at: "app", name: "Tables and app", view: lazy(() => import("./app.tsx")) },
  { at: "database", name: "Database", view: lazy(() => import("./database.tsx")) },
  { at: "webhooks", name: "Webhooks", view: lazy(() => import("../webhooks/webhooks.tsx")) },
];

export function BusinessPage(props: { readonly slug: string }) {
  const business = createReading(() =>
    call<Business>("GET", `/v1/businesses/${encodeURIComponent(props.slug)}`),
  );
  const shown = createMemo(() => views.find(({ at }) => at === (parts()[2] ?? "")) ?? views[0]!);
  return (
    <>
      <p>
        <a class="link" href={hrefOf("businesses")}>
          All businesses
        </a>
      </p>
      <h2>{props.slug}</h2>
      <Tabs
        isInner
        label={`Views of ${props.slug}`}
        of={views}
        shown={shown()}
        hrefOf={({ at }) => hrefOf("businesses", props.slug, ...(at ? [at] : []))}
      />
      <Loaded of={business}>
        {(found) => (
          <Suspense fallback={<p class="empty">Loading…</p>}>
            <Dynamic
              component={shown().view}
              of={props.slug}
              business={found()}
              onChange={() => business.again()}
            />
          </Suspense>
        )}
      </Loaded>
    </>
  );
}
