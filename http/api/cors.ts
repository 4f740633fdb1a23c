import { isAllowedOrigin } from "../websocket.ts";

/** What a page of another origin may do with an answer. */
export type CorsDecision =
  | {
    readonly kind: "allowed";
    /** To be added to the answer. */
    readonly headers: Readonly<Record<string, string>>;
  }
  | { readonly kind: "refused" };

/**
 * Decides whether a page may use the administrative interface: one of this
 * server, or of an origin that is listed; `*` lists all.
 *
 * Others are refused, and not only kept from reading the answer: browsers send
 * along passwords that they have learnt.
 */
export function decideOrigin(
  request: Request,
  allowed: readonly string[],
): CorsDecision {
  const origin = request.headers.get("Origin");
  if (origin === null) return { kind: "allowed", headers: {} };
  if (!allowed.includes("*") && !isAllowedOrigin(request, allowed)) {
    return { kind: "refused" };
  }
  return {
    kind: "allowed",
    headers: {
      "Access-Control-Allow-Origin": origin,
      "Access-Control-Expose-Headers": "ETag, Location",
      "Vary": "Origin",
    },
  };
}

/** What answers a preflight request besides that. */
export function preflightHeaders(
  methods: readonly string[],
): Readonly<Record<string, string>> {
  return {
    "Access-Control-Allow-Methods": methods.join(", "),
    "Access-Control-Allow-Headers":
      "Authorization, Content-Type, If-Match, If-None-Match",
  };
}
