// Shows the keys of a business, and creates, replaces and revokes them.
import { createSignal, Show } from "solid-js";
import { noticeError } from "../../shell/notices.ts";
import { call } from "../client.ts";
import { confirmByName } from "../parts/confirm.tsx";
import { Checks, Field, Form, type Values } from "../parts/form.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Secret } from "../parts/secret.tsx";
import { Table } from "../parts/table.tsx";
import { day, time } from "../parts/words.ts";
import type { OfBusiness } from "./business.ts";
import { t } from "../../i18n/translate.ts";

interface Key {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
  readonly expiresAt: string | null;
  readonly scopes: readonly string[] | null;
}

const scopes = ["tokens", "queries", "streams", "webhooks", "usage", "users"] as const;
const OVERLAP_SECONDS = 7 * 86_400;

export default function Keys(props: OfBusiness) {
  const path = () => `/v1/businesses/${props.of}/keys`;
  const list = createReading(() => call<{ items: readonly Key[] }>("GET", path()));
  const [made, setMade] = createSignal("");
  const [chosen, setChosen] = createSignal<readonly string[]>([]);

  async function create({ name = "" }: Values) {
    const limited = chosen().length > 0 ? { scopes: chosen() } : {};
    setMade((await call<{ key: string }>("POST", path(), { name, ...limited })).key);
    setChosen([]);
    await list.again();
  }
  async function rotate({ id }: Key) {
    const fresh = await call<{ key: string }>("POST", `${path()}/${id}/rotate`, {
      overlapSeconds: OVERLAP_SECONDS,
    }).catch(noticeError);
    if (fresh) setMade(fresh.key);
    await list.again();
  }
  const revoke = ({ id, name }: Key) =>
    confirmByName({
      title: t("Revoke this key?"),
      text: t(
        "The key and every token that it issued are refused within five seconds. Nothing can undo this.",
      ),
      name: name || t("unnamed"),
      does: t("Revoke the key"),
      act: () => call("DELETE", `${path()}/${id}`).then(list.again),
    });
  const isOpen = ({ revokedAt, expiresAt }: Key) =>
    revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > Date.now());

  return (
    <section aria-labelledby="keys">
      <h3 id="keys">{t("Keys")}</h3>
      <Form does={t("Make a key")} send={create}>
        <Field label={t("What the key is for")} name="name" maxlength={200} />
        <Checks
          label={t("Allowed uses (if none is chosen: all)")}
          of={scopes}
          chosen={chosen()}
          onChange={(all) => setChosen(all)}
        />
      </Form>
      <Show when={made()}>
        <Secret says={t("The key is shown only now:")} value={made()} />
      </Show>
      <Loaded of={list}>
        {(found) => (
          <Table
            caption={t("Keys")}
            rows={found().items}
            empty={t("The business has no keys.")}
            columns={[
              { head: t("Key"), cell: ({ name }) => name || t("unnamed") },
              {
                head: t("Uses"),
                cell: (one) => (one.scopes ? <code>{one.scopes.join(", ")}</code> : t("all")),
              },
              { head: t("Made"), cell: ({ createdAt }) => day(createdAt) },
              {
                head: t("Last used"),
                cell: ({ lastUsedAt }) => (lastUsedAt === null ? t("never") : time(lastUsedAt)),
              },
              { head: t("State"), cell: stateOf },
              {
                head: t("Actions"),
                cell: (one) => (
                  <Show when={isOpen(one)}>
                    <Show when={one.expiresAt === null}>
                      <button class="link" type="button" onClick={() => void rotate(one)}>
                        {t("Replace")}
                      </button>
                    </Show>
                    <button class="link danger" type="button" onClick={() => revoke(one)}>
                      {t("Revoke…")}
                    </button>
                  </Show>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      <p class="empty">{t("After a replacement, the old key stays valid for another seven days.")}</p>
    </section>
  );
}

function stateOf({ revokedAt, expiresAt }: Key): string {
  if (revokedAt !== null) return t("revoked on {day}", { day: day(revokedAt) });
  if (expiresAt === null) return t("valid");
  return Date.parse(expiresAt) > Date.now()
    ? t("replaced, valid until {time}", { time: time(expiresAt) })
    : t("replaced and expired");
}
