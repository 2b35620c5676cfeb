// Reads the data of the business that this page belongs to. The server writes this data into the
// HTML, so that the first paint already shows the name of the business and its example prompts.
// Without this data in the HTML, the import of this file throws.

import type { Language } from "../i18n/translate.ts";

export interface Business {
  readonly slug: string;
  readonly name: string;
  /**
   * The beginning of the page's addresses, such as /b/acme. Absent if the business has its own
   * host.
   */
  readonly base?: string;
  /** The languages of the page. If a browser has none of these languages, the page uses the first one. */
  readonly languages: readonly Language[];
  /** Example prompts by language. */
  readonly ideas: { readonly [language in Language]?: readonly string[] };
  /** The address of the logo of the business. */
  readonly logo?: string;
  /** The address of the business's own sign-in page. Absent if the page uses Rondo's sign-in. */
  readonly signIn?: string;
  /** The legal pages of the business, such as an imprint. */
  readonly links?: readonly {
    readonly text: { readonly [language in Language]?: string };
    readonly url: string;
  }[];
}

export const business = JSON.parse(document.getElementById("business")!.textContent) as Business;
