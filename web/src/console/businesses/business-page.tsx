// The page of one business for the operator, with a view for each subject.
import { type Component, createMemo, lazy, Suspense } from "solid-js";
import { Dynamic } from "solid-js/web";
import { hrefOf, parts } from "../address.ts";
import { call } from "../client.ts";
import { Loaded } from "../parts/loaded.tsx";
import { type Tab, Tabs } from "../parts/tabs.tsx";
import { createReading } from "../parts/reading.ts";
import type { Business, OfBusiness } from "./business.ts";
import { t } from "../../i18n/translate.ts";

const views: readonly (Tab & { readonly view: Component<OfBusiness> })[] = [
  { at: "", name: () => t("Overview"), view: lazy(() => import("./overview.tsx")) },
  {
    at: "generations",
    name: () => t("Generations"),
    view: lazy(() => import("../generations/generations.tsx")),
  },
  { at: "users", name: () => t("Users"), view: lazy(() => import("../users/users.tsx")) },
  { at: "usage", name: () => t("Usage"), view: lazy(() => import("../usage/usage.tsx")) },
  { at: "keys", name: () => t("Keys"), view: lazy(() => import("./keys.tsx")) },
  { at: "limits", name: () => t("Limits"), view: lazy(() => import("./limits.tsx")) },
  { at: "generators", name: () => t("Generators"), view: lazy(() => import("./generator-keys.tsx")) },
  { at: "queries", name: () => t("Queries"), view: lazy(() => import("../queries/queries.tsx")) },
  { at: "app", name: () => t("Tables and app"), view: lazy(() => import("./app.tsx")) },
  { at: "database", name: () => t("Database"), view: lazy(() => import("./database.tsx")) },
  { at: "webhooks", name: () => t("Webhooks"), view: lazy(() => import("../webhooks/webhooks.tsx")) },
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
          {t("All businesses")}
        </a>
      </p>
      <h2>
        <bdi>{props.slug}</bdi>
      </h2>
      <Tabs
        isInner
        label={t("Views of {name}", { name: props.slug })}
        of={views}
        shown={shown()}
        hrefOf={({ at }) => hrefOf("businesses", props.slug, ...(at ? [at] : []))}
      />
      <Loaded of={business}>
        {(found) => (
          <Suspense fallback={<p class="empty">{t("Loading…")}</p>}>
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
