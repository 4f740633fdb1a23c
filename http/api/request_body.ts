import { HttpProblem } from "./http_problem.ts";

/** The most bytes that a request may bring along. */
const MAX_BODY_BYTES = 1 << 20;

/**
 * Reads a request's body as text.
 *
 * @param type the media type that it has to have; parameters do not matter
 * @throws {HttpProblem} 415 if it has another one, 413 if it is too long
 */
export async function readBody(
  request: Request,
  type: string,
): Promise<string> {
  const [given = ""] = (request.headers.get("Content-Type") ?? "").split(";");
  if (given.trim().toLowerCase() !== type) {
    throw new HttpProblem(415, `Send it as ${type}`, { "Accept": type });
  }
  const decoder = new TextDecoder();
  let text = "";
  let left = MAX_BODY_BYTES;
  for await (const chunk of request.body ?? []) {
    left -= chunk.length;
    if (left < 0) throw new HttpProblem(413, "Request body too large");
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
