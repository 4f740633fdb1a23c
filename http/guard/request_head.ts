/** What a request's head says of the bytes after it. */
export type RequestHead =
  | { readonly kind: "body"; readonly length: number }
  | { readonly kind: "chunks" }
  /** A WebSocket's handshake: frames come next (RFC 6455 §4.1). */
  | { readonly kind: "frames" }
  /** Not what a server of ours should see; the reason is for the log. */
  | { readonly kind: "refused"; readonly reason: string };

/**
 * Reads the head of a request, as far as one must to know what comes after it.
 * Stricter than RFC 9112 allows, so that this reading and that of the server
 * behind can never differ about where a request ends (§11.2, smuggling).
 *
 * @param text the head with the empty line at its end, a character for each byte
 */
export function parseRequestHead(text: string): RequestHead {
  const [first = "", ...lines] = text.slice(0, -4).split("\r\n");
  if (/[\r\n\0]/.test(first + lines.join(""))) return refused("stray line end");
  const [, method] = /^([A-Z]+) \S+ HTTP\/1\.[01]$/.exec(first) ?? [];
  if (method === undefined || method === "CONNECT") {
    return refused("not an HTTP/1.1 request");
  }
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ""] = /^([!#-'*+\-.^-z|~\w]+):[ \t]*(.*?)[ \t]*$/
      .exec(line) ?? [];
    if (name === undefined) return refused("malformed field");
    const key = name.toLowerCase();
    const before = fields.get(key);
    if (before !== undefined && IS_SINGLE.has(key)) {
      return refused(`more than one ${key}`);
    }
    fields.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return toFraming(method, fields);
}

/** Fields of which two would be two opinions. */
const IS_SINGLE: ReadonlySet<string> = new Set([
  "content-length",
  "host",
  "transfer-encoding",
]);

function toFraming(
  method: string,
  fields: ReadonlyMap<string, string>,
): RequestHead {
  const length = fields.get("content-length");
  const encoding = fields.get("transfer-encoding");
  if (length !== undefined && !/^\d{1,15}$/.test(length)) {
    return refused("malformed content-length");
  }
  if (encoding !== undefined) {
    return length === undefined && encoding.toLowerCase() === "chunked"
      ? { kind: "chunks" }
      : refused("unknown transfer-encoding");
  }
  const size = Number(length ?? 0);
  const upgrade = fields.get("upgrade")?.toLowerCase();
  if (upgrade === undefined) return { kind: "body", length: size };
  // Deno takes any list with this in it for a handshake; so must we.
  if (!upgrade.includes("websocket")) return { kind: "body", length: size };
  return method === "GET" && size === 0
    ? { kind: "frames" }
    : refused("handshake with a body");
}

function refused(reason: string): RequestHead {
  return { kind: "refused", reason };
}
