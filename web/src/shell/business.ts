// Reads the data of the business that this page belongs to. The server writes this data into the HTML, so that the
// first paint already shows the name of the business and its example prompts.

import type { Language } from "../i18n/translate.ts";

export interface Business {
  readonly slug: string;
  readonly name: string;
  /** The beginning of the addresses of its page, such as /b/acme, if it has no host of its own. */
  readonly base?: string;
  /** The languages of its page. The first one is for browsers with none of these languages. */
  readonly languages: readonly Language[];
  /** Example prompts by language. */
  readonly ideas: { readonly [language in Language]?: readonly string[] };
  /** The address of its logo. */
  readonly logo?: string;
  /** The address of its own sign-in, if it has one. */
  readonly signIn?: string;
  /** Its legal pages, such as an imprint. */
  readonly links?: readonly {
    readonly text: { readonly [language in Language]?: string };
    readonly url: string;
  }[];
}

export const business = JSON.parse(document.getElementById("business")!.textContent) as Business;
