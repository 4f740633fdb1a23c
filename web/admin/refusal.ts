/** Why the server has not done what an administrator asked for. */
export type Refusal =
  | {
    readonly kind:
      | "password"
      | "pause"
      | "readOnly"
      | "missing"
      | "conflict"
      | "exists"
      | "busy"
      | "unreachable";
  }
  | { readonly kind: "origin" | "invalid"; readonly text: string }
  | {
    readonly kind: "unexpected";
    readonly status: number;
    readonly text: string;
  };

/** The most of the server's text that is shown, in characters. */
const MAX_TEXT = 400;

/** What an answer that is no success means; see `http/api/`. */
export function toRefusal(status: number, body: string): Refusal {
  const text = body.trim().slice(0, MAX_TEXT);
  switch (status) {
    case 400:
    case 413:
    case 415:
      return { kind: "invalid", text };
    case 401:
      return { kind: "password" };
    case 403:
      return text.includes("writable")
        ? { kind: "readOnly" }
        : { kind: "origin", text };
    case 404:
      return { kind: "missing" };
    case 409:
      return { kind: "exists" };
    case 412:
      return { kind: "conflict" };
    case 429:
      return { kind: "pause" };
    case 503:
      return { kind: "busy" };
    default:
      return { kind: "unexpected", status, text };
  }
}
