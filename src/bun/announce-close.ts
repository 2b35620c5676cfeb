// Adds "Connection: close" to the last answer of a connection (RFC 9112, section 9.6): Bun closes the connection without the header.

type Fetch<Rest extends readonly unknown[]> = (
  request: Request,
  ...rest: Rest
) => Response | Promise<Response>;

/** `isEnding`: whether the server accepts no further request. */
export function announceClose<Rest extends readonly unknown[]>(
  fetch: Fetch<Rest>,
  isEnding: () => boolean = () => false,
): Fetch<Rest> {
  const announce = (response: Response): Response => {
    response.headers.set("connection", "close");
    return response;
  };
  return (request, ...rest) => {
    const asked = request.headers.get("connection");
    const answer = fetch(request, ...rest);
    if (!isEnding() && (asked === null || !/\bclose\b/i.test(asked))) return answer;
    return answer instanceof Promise ? answer.then(announce) : announce(answer);
  };
}
