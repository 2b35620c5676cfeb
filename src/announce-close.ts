// Says in the answer that its connection is closed after it (RFC 9112, section 9.6): Bun closes it, and says nothing.

type Fetch<Rest extends readonly unknown[]> = (
  request: Request,
  ...rest: Rest
) => Response | Promise<Response>;

/** `isEnding`: no further request is taken. */
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
