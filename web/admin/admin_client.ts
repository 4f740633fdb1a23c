import { BASE_PATH } from "../pages/base_path.ts";
import { toBasicAuthorization } from "../pages/basic_authorization.ts";
import type { Parser } from "./documents.ts";
import { type Refusal, toRefusal } from "./refusal.ts";

/** What came of a request. */
export type Answer<T> =
  | {
    readonly kind: "done";
    readonly value: T;
    /** Its entity tag (RFC 9110 §8.8.3); empty if it has none. */
    readonly tag: string;
    /** Where it has been put, if the server chose that; else empty. */
    readonly location: string;
  }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** A change that is asked for. */
export interface Change {
  readonly method: "PUT" | "POST" | "DELETE";
  /** What is sent, and its media type; JSON if that is not given. */
  readonly body?: string;
  readonly type?: string;
  /** Only if this is still its entity tag. */
  readonly ifMatch?: string;
  /** Only if there is none yet. */
  readonly onlyNew?: boolean;
}

/** Speaks to the administrative interface as one administrator. */
export class AdminClient {
  /** Lives as long as the page: it is the password. */
  readonly #authorization: string;

  /** Asks for nothing yet. */
  constructor(username: string, password: string) {
    this.#authorization = toBasicAuthorization(username, password);
  }

  /** Reads something, as JSON. */
  async read<T>(path: string, parse: Parser<T>): Promise<Answer<T>> {
    const answer = await this.#ask(path, { method: "GET", headers: {} });
    if (answer.kind === "refused") return answer;
    const value = parse(parseJson(answer.value));
    if (value !== undefined) return { ...answer, value };
    const text = answer.value.slice(0, 200);
    return refused({ kind: "unexpected", status: 200, text });
  }

  /** Changes something; the answer's text is not worth reading. */
  change(path: string, change: Change): Promise<Answer<string>> {
    const { method, body, type = "application/json", ifMatch, onlyNew } =
      change;
    return this.#ask(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "Content-Type": type }),
        ...(ifMatch ? { "If-Match": ifMatch } : {}),
        ...(onlyNew ? { "If-None-Match": "*" } : {}),
      },
      ...(body === undefined ? {} : { body }),
    });
  }

  async #ask(
    path: string,
    init: RequestInit & { headers: Record<string, string> },
  ): Promise<Answer<string>> {
    try {
      const response = await fetch(`${BASE_PATH}/galene-api/v0/${path}`, {
        ...init,
        headers: { ...init.headers, "Authorization": this.#authorization },
        // The browser shall neither add nor ask for a password of its own.
        credentials: "omit",
        cache: "no-store",
      });
      const value = await response.text();
      if (!response.ok) return refused(toRefusal(response.status, value));
      const { headers } = response;
      return {
        kind: "done",
        value,
        tag: headers.get("ETag") ?? "",
        location: headers.get("Location") ?? "",
      };
    } catch {
      return refused({ kind: "unreachable" }); // TypeError: no network.
    }
  }
}

function refused(
  refusal: Refusal,
): { readonly kind: "refused"; readonly refusal: Refusal } {
  return { kind: "refused", refusal };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // SyntaxError: something between us is no Nereid.
  }
}
