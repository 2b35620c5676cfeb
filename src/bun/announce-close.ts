// Adds "Connection: close" to the last response on a connection (RFC 9112, section 9.6), because Bun closes the
// connection without sending this header.

type Fetch<Rest extends readonly unknown[]> = (
  request: Request,
  ...rest: Rest
) => Response | Promise<Response>;

/**
 * Adds the header if the request has "Connection: close", or if the server is shutting down when the response is ready.
 * `isEnding` returns whether the server is shutting down.
 */
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
    const asksForClose = asked !== null && /\bclose\b/i.test(asked);
    // `isEnding` is called when the response is ready, because the shutdown can begin after the request has arrived.
    const announced = (response: Response): Response =>
      asksForClose || isEnding() ? announce(response) : response;
    const answer = fetch(request, ...rest);
    return answer instanceof Promise ? answer.then(announced) : announced(answer);
  };
}
