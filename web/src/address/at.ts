// Makes the addresses of the page and of the API. If the business has no host of its own, these
// addresses begin with a path such as /b/acme.

/** The JSON about the business that the server wrote into the HTML. Undefined if the HTML has no such element. */
const described = document.getElementById("business")?.textContent;
const { base = "" } = JSON.parse(described ?? "{}") as { base?: string };

/** Returns the address of a path such as /albums. */
export const at = (path: string): string => base + path;
