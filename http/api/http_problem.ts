/**
 * A request to the administrative interface cannot be fulfilled. Thrown where
 * that is found, caught in one place, which answers with it.
 */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";

  /** Makes it; `message` is the answer's text. */
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** What was asked for does not exist. */
export function notFound(): HttpProblem {
  return new HttpProblem(404, "Not found");
}

/** Something else has changed it, or it is there, or it is not. */
export function preconditionFailed(): HttpProblem {
  return new HttpProblem(412, "Precondition failed");
}

/** The request's body is not what it should be. */
export function badRequest(text: string): HttpProblem {
  return new HttpProblem(400, text);
}
