// Makes the addresses of the page and of the API, which begin with a path such as /b/acme if the business has no host
// of its own.

/** The JSON about the business that the server wrote into the HTML. Undefined if the HTML has no such element. */
const described = document.getElementById("business")?.textContent;
const { base = "" } = JSON.parse(described ?? "{}") as { base?: string };

/** Returns the address of a path such as /albums. */
export const at = (path: string): string => base + path;
